using System.Diagnostics.Metrics;
using Grpc.Core;
using MediaCore.Control.Policy;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Engine.Questions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Tests.Policy;

/// <summary>The client against a control plane that is there, slow, dead, broken, or sends rubbish: each question ends in one answer, by its deadline.</summary>
public sealed class PolicyClientTests : IAsyncLifetime
{
    private static readonly RouteQuestion s_question = new() { CallId = "c1", Caller = "alice", Called = "+5000", Source = "192.0.2.1:5060" };
    private readonly Lines _lines = new();
    private readonly OutcomeListener _outcomes = new();
    private PolicyServer _server = null!;
    private PolicyClient? _client;

    public async Task InitializeAsync() => _server = await PolicyServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await _server.DisposeAsync();
        _outcomes.Dispose();
    }

    [Fact]
    public async Task EachQuestion_GetsItsAnswer_WithTokenAndDeadline()
    {
        Start(static o => o with { Token = "secret" });
        Assert.Equal("+1", Assert.IsType<NumberDecision>(await AskAsync()).Number);
        Assert.True(_server.Routes.TryDequeue(out (V1.RouteQuestion Question, string? Authorization, DateTime Deadline) asked));
        Assert.Equal(("c1", "+5000", "Bearer secret"), (asked.Question.CallId, asked.Question.Called, asked.Authorization));
        Assert.InRange(asked.Deadline - DateTime.UtcNow, TimeSpan.Zero, ControlHost.Patience);

        TaskCompletionSource<AccountDecision?> account = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client!.Ask(new AccountQuestion("7001", "realm", "192.0.2.1:5060", "REGISTER"), account.SetResult);
        Assert.Equal(32, (await account.Task.WaitAsync(ControlHost.Patience, CancellationToken.None))!.Secret!.Md5Ha1Hex.Length);
        TaskCompletionSource<bool?> transfer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.Ask(new TransferQuestion("c1", "c1-0", "+1", IsAttended: true), transfer.SetResult);
        Assert.True(await transfer.Task.WaitAsync(ControlHost.Patience, CancellationToken.None));
        TaskCompletionSource<MessageDecision?> message = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.Ask(new MessageQuestion { From = "a", To = "b", ContentType = "text/plain", Body = "hello"u8.ToArray() }, message.SetResult);
        Assert.Equal(405, (await message.Task.WaitAsync(ControlHost.Patience, CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task SlowAnswer_IsNone_AtTheDeadline_AndTheServerIsTold()
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.OnRoute = async context =>
        {
            await using CancellationTokenRegistration told = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            return new V1.RouteAnswer { Number = "+1" };
        };
        Start(deadline: TimeSpan.FromMilliseconds(300));
        Assert.Null(await AskAsync());
        await cancelled.Task.WaitAsync(ControlHost.Patience, CancellationToken.None);
        Assert.Equal(["timeout"], _outcomes.Of("route"));
    }

    [Fact]
    public async Task Question_ThatIsAbandoned_IsCancelledAtTheServer()
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.OnRoute = async context =>
        {
            await using CancellationTokenRegistration told = context.CancellationToken.Register(cancelled.SetResult);
            arrived.SetResult();
            await cancelled.Task;
            return new V1.RouteAnswer { Number = "+1" };
        };
        Start();
        TaskCompletionSource<RouteDecision?> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IDisposable asked = _client!.Ask(s_question, answered.SetResult);
        await arrived.Task.WaitAsync(ControlHost.Patience, CancellationToken.None);
        asked.Dispose();
        asked.Dispose();
        await cancelled.Task.WaitAsync(ControlHost.Patience, CancellationToken.None);
        Assert.Null(await answered.Task.WaitAsync(ControlHost.Patience, CancellationToken.None));
        Assert.Equal(["abandoned"], _outcomes.Of("route"));
        Assert.Equal(BreakerState.Closed, _client.Breakers["route"]);
    }

    [Fact]
    public async Task DeadServer_IsUnavailable_AndTheBreakerOpens_ThenNothingIsAsked()
    {
        Uri dead = _server.Address;
        await _server.DisposeAsync();
        Start(o => o with { Target = dead, Retries = 0, Breaker = new BreakerOptions { Failures = 3, OpenFor = TimeSpan.FromMinutes(10) } });
        for (int i = 0; i < 5; i++)
        {
            Assert.Null(await AskAsync());
        }

        Assert.Equal(["unavailable", "unavailable", "unavailable", "open", "open"], _outcomes.Of("route"));
        Assert.Equal((BreakerState.Open, BreakerState.Closed), (_client!.Breakers["route"], _client.Breakers["message"]));
    }

    [Fact]
    public async Task Breaker_TriesAgainAfterItsTime_AndCloses()
    {
        ManualTime time = new();
        _server.OnRoute = static _ => throw new RpcException(new Status(StatusCode.Internal, "broken"));
        Start(static o => o with { Breaker = new BreakerOptions { Failures = 2, OpenFor = TimeSpan.FromSeconds(5) } }, time: time);
        Assert.Null(await AskAsync());
        Assert.Null(await AskAsync());
        Assert.Null(await AskAsync());
        _server.OnRoute = static _ => Task.FromResult(new V1.RouteAnswer { Number = "+2" });
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.IsType<NumberDecision>(await AskAsync());
        Assert.Equal(BreakerState.Closed, _client!.Breakers["route"]);
        Assert.Equal(["failed", "failed", "open", "answered"], _outcomes.Of("route"));
    }

    [Fact]
    public async Task BrokenConnection_IsAskedAgain_AndAnswered()
    {
        int questions = 0;
        _server.OnRoute = context =>
        {
            if (Interlocked.Increment(ref questions) < 3)
            {
                PolicyServer.Break(context);
                throw new IOException("gone");
            }

            return Task.FromResult(new V1.RouteAnswer { Number = "+2" });
        };
        Start();
        Assert.IsType<NumberDecision>(await AskAsync());
        Assert.Equal(3, questions);
        Assert.Equal(["answered"], _outcomes.Of("route"));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 3, "unavailable")]
    [InlineData(StatusCode.Internal, 1, "failed")]
    [InlineData(StatusCode.PermissionDenied, 1, "failed")]
    [InlineData(StatusCode.Unimplemented, 1, "failed")]
    [InlineData(StatusCode.DeadlineExceeded, 1, "timeout")]
    public async Task WrongStatus_IsNoAnswer_OnlyUnavailableIsAskedAgain(StatusCode status, int questions, string outcome)
    {
        _server.OnRoute = _ => throw new RpcException(new Status(status, "+12025550100 is nobody's"));
        Start();
        Assert.Null(await AskAsync());
        Assert.Equal(questions, _server.Routes.Count);
        Assert.Equal([outcome], _outcomes.Of("route"));

        // The log has its status, and not its words, in which there may be numbers.
        string line = Assert.Single(_lines.Written);
        Assert.Contains(status.ToString(), line, StringComparison.Ordinal);
        Assert.DoesNotContain("2025550100", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("garbage")]
    [InlineData("huge")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("404")]
    public async Task Rubbish_IsNoAnswer(string what)
    {
        _server.Raw = async http =>
        {
            http.Response.ContentType = what == "text" ? "text/html" : "application/grpc";
            http.Response.StatusCode = what == "404" ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
            byte[] body = what switch
            {
                "garbage" => [0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff],
                "huge" => [0, 0x7f, 0xff, 0xff, 0xff, 1],
                "cut" => [0, 0, 0, 0, 9, 1],
                "text" => "<html>"u8.ToArray(),
                _ => [],
            };
            await http.Response.Body.WriteAsync(body, CancellationToken.None);
        };
        Start(static o => o with { Retries = 0 });
        Assert.Null(await AskAsync());
        Assert.Equal(["failed"], _outcomes.Of("route"));
    }

    [Fact]
    public async Task AnswerThatMeansNothing_IsNone()
    {
        _server.OnRoute = static _ => Task.FromResult(new V1.RouteAnswer());
        Start();
        Assert.Null(await AskAsync());
        Assert.Equal(["invalid"], _outcomes.Of("route"));
    }

    [Fact]
    public async Task QuestionsBeyondTheBound_GetNoneAtOnce_ThoseThatWaitGetTheirTurn()
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.OnRoute = async _ =>
        {
            await go.Task;
            return new V1.RouteAnswer { Number = "+1" };
        };
        Start(static o => o with { MaxConcurrent = 2, MaxWaiting = 3 });
        Task<RouteDecision?>[] asked = [.. Enumerable.Range(0, 5).Select(_ => AskAsync())];
        Task<RouteDecision?> refused = AskAsync();
        Assert.True(refused.IsCompleted);
        Assert.Null(await refused);
        go.SetResult();
        Assert.All(await Task.WhenAll(asked), Assert.NotNull);
        Assert.Equal(1, _outcomes.Of("route").Count(static o => o == "overloaded"));
        Assert.IsType<NumberDecision>(await AskAsync());
    }

    [Fact]
    public async Task SlowQuestions_OfOneKind_DoNotHoldUpAnother()
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.OnRoute = async _ =>
        {
            await go.Task;
            return new V1.RouteAnswer { Number = "+1" };
        };
        Start(static o => o with { MaxConcurrent = 1 });
        Task<RouteDecision?>[] asked = [.. Enumerable.Range(0, 3).Select(_ => AskAsync())];
        TaskCompletionSource<bool?> transfer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client!.Ask(new TransferQuestion("c1", "c1-0", "+1", IsAttended: true), transfer.SetResult);
        Assert.True(await transfer.Task.WaitAsync(ControlHost.Patience, CancellationToken.None));
        go.SetResult();
        Assert.All(await Task.WhenAll(asked), Assert.NotNull);
    }

    private async Task<RouteDecision?> AskAsync()
    {
        TaskCompletionSource<RouteDecision?> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client!.Ask(s_question, answered.SetResult);
        return await answered.Task.WaitAsync(ControlHost.Patience, CancellationToken.None);
    }

    private void Start(Func<PolicyOptions, PolicyOptions>? change = null, TimeSpan? deadline = null, TimeProvider? time = null)
    {
        TimeSpan limit = deadline ?? ControlHost.Patience;
        PolicyOptions options = new()
        {
            Target = _server.Address,
            Terms = new QuestionTerms
            {
                Route = new RouteTerms(limit, new NextStepDecision()),
                Accounts = new AccountTerms(limit, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30)),
                Transfers = new TransferTerms(limit, AllowsByDefault: false),
                Messages = new MessageTerms(limit, MessageDecision.Deliver),
            },
        };
        _client = new PolicyClient(change?.Invoke(options) ?? options, time ?? TimeProvider.System, _lines);
        _outcomes.Watch();
    }

    private sealed class Lines : ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));
    }

    /// <summary>The outcomes that the client counts; only this class has clients, and its tests run one after the other.</summary>
    private sealed class OutcomeListener : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<(string Question, string Outcome)> _counted = [];

        public void Watch()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "MediaCore.Control.Policy", Name: "mediacore.policy.questions" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                if (count == 0)
                {
                    return;
                }

                lock (_counted)
                {
                    _counted.Add(((string)tags[0].Value!, (string)tags[1].Value!));
                }
            });
            _listener.Start();
        }

        public string[] Of(string question)
        {
            lock (_counted)
            {
                return [.. _counted.Where(c => c.Question == question).Select(static c => c.Outcome)];
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
