using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using MediaCore.Control.Authentication;
using MediaCore.Control.Services;
using MediaCore.Control.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Tests.Authentication;

/// <summary>One line for each changing command, of whichever service, with who and what and how it ended; and nothing that it must not say.</summary>
public sealed class AuditInterceptorTests
{
    private const string Number = "+12025550100";
    private static readonly string[] s_personal = [Number, "hush-hush", "1234#"];
    private readonly Lines _lines = new();

    /// <summary>Every unary method that changes something.</summary>
    public static TheoryData<string> Changing => [.. Methods().Where(static method => !method.IsClientStreaming && !method.IsServerStreaming).Select(PathOf).Where(MethodScopes.IsChanging)];

    /// <summary>Every one that does not.</summary>
    public static TheoryData<string> Reading => [.. Methods().Where(static method => !method.IsClientStreaming && !method.IsServerStreaming).Select(PathOf).Where(static path => !MethodScopes.IsChanging(path))];

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task ChangingMethod_HasOneLine_WithoutSecretsAndNumbers(string path)
    {
        await RunAsync(path, static response => response);
        string line = Assert.Single(_lines.Written);
        Assert.StartsWith($"ivr from 192.0.2.7: {path} ", line, StringComparison.Ordinal);
        Assert.EndsWith(": ok", line, StringComparison.Ordinal);
        Assert.DoesNotContain(s_personal, text => line.Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task ChangingMethod_ThatIsRefused_HasOneLineToo(string path)
    {
        await Assert.ThrowsAsync<RpcException>(() => RunAsync(path, static _ => throw new RpcException(new Status(StatusCode.NotFound, Number))));
        string line = Assert.Single(_lines.Written);
        Assert.EndsWith(": NotFound", line, StringComparison.Ordinal);
        Assert.DoesNotContain(s_personal, text => line.Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Reading))]
    public async Task ReadingMethod_HasNone(string path)
    {
        await RunAsync(path, static response => response);
        Assert.Empty(_lines.Written);
    }

    [Fact]
    public async Task Defect_IsALineToo()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("/mediacore.v1.CallControl/Hangup", static _ => throw new InvalidOperationException()));
        Assert.EndsWith(": failed", Assert.Single(_lines.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_IsNamedByTheServer_WhereItDoes()
    {
        await RunAsync("/mediacore.v1.CallControl/Originate", static _ => new CommandReply { CallId = "Xq7made" });
        Assert.Contains(" call=Xq7made command=", Assert.Single(_lines.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandsOfASession_HaveALineEach_WithTheirReply()
    {
        Queue<SessionRequest> requests = new([
            new SessionRequest { Open = new Open { Controller = "ivr" } },
            new SessionRequest { Command = new Command { SendDtmf = new SendDtmfRequest { Target = new Target { CallId = "Xq7made", CommandId = "c-1" }, Digits = "1234#" } } },
            new SessionRequest { Command = new Command { Hangup = new HangupRequest { Target = new Target { CallId = "Xq7other", CommandId = "c-2" } } } },
        ]);
        Context context = new("/mediacore.v1.CallControl/Session");
        await new AuditInterceptor(_lines).DuplexStreamingServerHandler<SessionRequest, SessionResponse>(new Reader<SessionRequest>(requests), new Writer<SessionResponse>(), context, async (reader, writer, _) =>
        {
            while (await reader.MoveNext(CancellationToken.None))
            {
            }

            await writer.WriteAsync(new SessionResponse { Reply = new CommandReply { CommandId = "c-1", CallId = "Xq7made", Status = CommandReply.Types.Status.Accepted } }, CancellationToken.None);
            await writer.WriteAsync(new SessionResponse { Event = new Event { CallId = "Xq7made" } }, CancellationToken.None);
            await writer.WriteAsync(new SessionResponse { Reply = new CommandReply { CommandId = "c-2", Status = CommandReply.Types.Status.NotFound } }, CancellationToken.None);
        });
        Assert.Equal(
            ["ivr from 192.0.2.7: Session/SendDtmf call=Xq7made command=c-1: ok", "ivr from 192.0.2.7: Session/Hangup call=Xq7other command=c-2: NotFound"],
            _lines.Written);
    }

    [Fact]
    public async Task AudioStream_HasALineWhenItBegins()
    {
        Queue<AudioRequest> requests = new([new AudioRequest { Start = new AudioStart { CallId = "Xq7made" } }, new AudioRequest { Clear = new AudioClear() }]);
        await new AuditInterceptor(_lines).DuplexStreamingServerHandler<AudioRequest, AudioResponse>(new Reader<AudioRequest>(requests), new Writer<AudioResponse>(), new Context("/mediacore.v1.AudioStreams/Connect"), async (reader, writer, _) =>
        {
            Assert.True(await reader.MoveNext(CancellationToken.None));
            await writer.WriteAsync(new AudioResponse { Started = new AudioStarted() }, CancellationToken.None);
            Assert.True(await reader.MoveNext(CancellationToken.None));
        });
        Assert.Equal(["ivr from 192.0.2.7: /mediacore.v1.AudioStreams/Connect call=Xq7made command=: ok"], _lines.Written);
    }

    [Theory]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("", "")]
    [InlineData("bob@example.net", null)]
    [InlineData("2025550100", null)]
    [InlineData("tel:1202", null)]
    public void Identifier_ThatMayBeSomebodys_IsHashed(string text, string? shown) => Assert.Equal(shown ?? $"pii:{AuditSubject.Show(text)[4..]}", AuditSubject.Show(text));

    [Fact]
    public void Identifier_IsCut() => Assert.Equal(64, AuditSubject.Show(new string('x', 1000)).Length);

    private static IEnumerable<MethodDescriptor> Methods() => typeof(Admin).Assembly.GetTypes()
        .Where(static type => type.Namespace == "MediaCore.Control.V1" && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(static type => (FileDescriptor)type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!)
        .SelectMany(static file => file.Services)
        .Where(static service => service.Name != "Policy")
        .SelectMany(static service => service.Methods);

    private static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>Calls a method with every text field full of what must not be told.</summary>
    private async Task RunAsync(string path, Func<IMessage, IMessage> handle)
    {
        MethodDescriptor method = Methods().Single(each => PathOf(each) == path);
        IMessage request = Fill(method.InputType.Parser.ParseFrom([]), depth: 0);
        await new AuditInterceptor(_lines).UnaryServerHandler<IMessage, IMessage>(request, new Context(path), (_, _) => Task.FromResult(handle(method.OutputType.Parser.ParseFrom([]))));
    }

    private static IMessage Fill(IMessage message, int depth)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder().Where(static field => !field.IsRepeated))
        {
            if (field.FieldType == FieldType.String)
            {
                field.Accessor.SetValue(message, field.Name switch { "digits" => "1234#", "json" or "merge_patch" => """{"password":"hush-hush"}""", _ => Number });
            }
            else if (field.FieldType == FieldType.Message && depth < 3)
            {
                field.Accessor.SetValue(message, Fill(field.MessageType.Parser.ParseFrom([]), depth + 1));
            }
        }

        return message;
    }

    private sealed class Reader<T>(Queue<T> messages) : IAsyncStreamReader<T>
    {
        public T Current { get; private set; } = default!;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            bool isThere = messages.TryDequeue(out T? next);
            Current = next!;
            return Task.FromResult(isThere);
        }
    }

    private sealed class Writer<T> : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) => Task.CompletedTask;

        public Task WriteAsync(T message, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Lines : ILoggerFactory, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            Assert.Equal(AuditInterceptor.Category, categoryName);
            return this;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private sealed class Context : ServerCallContext
    {
        private readonly string _method;

        public Context(string method)
        {
            _method = method;
            DefaultHttpContext http = new();
            http.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("192.0.2.7");
            http.Features.Set(new ControlIdentity("ivr", Controller: null, IsOperator: false));

            // As the host has it.
            UserStateCore = new Dictionary<object, object> { ["__HttpContext"] = http };
        }

        protected override string MethodCore => _method;

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => throw new NotSupportedException();

        protected override IDictionary<object, object> UserStateCore { get; }

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();
    }
}
