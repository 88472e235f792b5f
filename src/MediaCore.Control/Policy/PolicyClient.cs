using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.Mapping;
using MediaCore.Engine.Questions;
using MediaCore.Primitives;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Policy;

/// <summary>
/// Asks a control plane over gRPC (policy.proto). What is asked on a shard is checked against breaker and bounds there, and goes on on the thread pool; every question ends in exactly one answer, with null where there is none of use. A
/// question that could not be delivered (UNAVAILABLE) is asked again within its deadline (<see cref="RetryDelay"/>); of any other failure nobody knows what it has done at the control plane, so it is not.
/// </summary>
public sealed class PolicyClient : IControlPlane, IAsyncDisposable
{
    /// <summary>Statistics and logs need not know of a control plane that is down more often than this.</summary>
    private static readonly TimeSpan s_logInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may take to come about: a target that swallows packets must not hold the way for later questions.</summary>
    private static readonly TimeSpan s_connectTime = TimeSpan.FromSeconds(5);

    /// <summary>A connection is made anew after so long, so that a name that leads elsewhere by now is followed.</summary>
    private static readonly TimeSpan s_connectionLife = TimeSpan.FromMinutes(5);

    private readonly PolicyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly GrpcChannel _channel;
    private readonly V1.Policy.PolicyClient _client;
    private readonly Metadata _headers = new();
    private readonly PolicyLine _route;
    private readonly PolicyLine _authenticate;
    private readonly PolicyLine _transfer;
    private readonly PolicyLine _message;
    private readonly PolicyMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly long _started;
    private long _nextLog;

    /// <summary>A client; it connects with the first question.</summary>
    public PolicyClient(PolicyOptions options, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _log) = (options, time, log);
        _started = time.GetTimestamp();
        _stopped = _stopping.Token;
        if (options.Token is { } token)
        {
            _headers.Add("authorization", "Bearer " + token);
        }

        // The handler is the channel's to dispose.
        _channel = GrpcChannel.ForAddress(options.Target, new GrpcChannelOptions { HttpHandler = CreateHandler(options), DisposeHttpClient = true, MaxReceiveMessageSize = ControlServiceLimits.MaxAnswerBytes });
        _client = new V1.Policy.PolicyClient(_channel);
        _route = new PolicyLine("route", options);
        _authenticate = new PolicyLine("authenticate", options);
        _transfer = new PolicyLine("transfer", options);
        _message = new PolicyLine("message", options);
        _metrics = new PolicyMetrics(Lines);
    }

    /// <inheritdoc/>
    public QuestionTerms Terms => _options.Terms;

    /// <summary>States of the breakers by question.</summary>
    public IReadOnlyDictionary<string, BreakerState> Breakers => Lines.ToDictionary(static line => line.Name, static line => line.Breaker.State, StringComparer.Ordinal);

    private PolicyLine[] Lines => [_route, _authenticate, _transfer, _message];

    /// <inheritdoc/>
    public IDisposable Ask(RouteQuestion question, Action<RouteDecision?> answered) =>
        Ask<V1.RouteQuestion, V1.RouteAnswer, RouteDecision>(_route, Terms.Route?.Deadline ?? default, () => PolicyMapping.Write(question), _client.RouteAsync, PolicyMapping.Read, answered);

    /// <inheritdoc/>
    public IDisposable Ask(AccountQuestion question, Action<AccountDecision?> answered) =>
        Ask<V1.AuthenticateQuestion, V1.AuthenticateAnswer, AccountDecision>(_authenticate, Terms.Accounts?.Deadline ?? default, () => PolicyMapping.Write(question), _client.AuthenticateAsync, PolicyMapping.Read, answered);

    /// <inheritdoc/>
    public IDisposable Ask(TransferQuestion question, Action<bool?> answered) =>
        Ask<V1.TransferQuestion, V1.TransferAnswer, bool?>(_transfer, Terms.Transfers?.Deadline ?? default, () => PolicyMapping.Write(question), _client.AuthorizeTransferAsync, static (answer, _) => answer.Allowed, answered);

    /// <inheritdoc/>
    public IDisposable Ask(MessageQuestion question, Action<MessageDecision?> answered) =>
        Ask<V1.MessageQuestion, V1.MessageAnswer, MessageDecision>(_message, Terms.Messages?.Deadline ?? default, () => PolicyMapping.Write(question), _client.OnMessageAsync, PolicyMapping.Read, answered);

    /// <summary>Ends what is under way; it gets no answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _channel.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private IDisposable Ask<TQuestion, TAnswer, TDecision>(
        PolicyLine line, TimeSpan deadline, Func<TQuestion> write, Func<TQuestion, CallOptions, AsyncUnaryCall<TAnswer>> send, Func<TAnswer, Problems, TDecision?> read, Action<TDecision?> answered)
    {
        PolicyOutcome refusal = PolicyOutcome.Open;
        if (!line.Breaker.TryEnter(Now, out int generation) || !TryEnter(line, generation, ref refusal))
        {
            _metrics.Refuse(line.Name, refusal);
            answered(default);
            return PendingAnswer.None;
        }

        _metrics.Begin(line.Name);
        var pending = new PendingAnswer();
        var question = new Question<TQuestion, TAnswer, TDecision>(line, generation, _time.GetTimestamp(), deadline, write, send, read, answered);
        _ = Task.Run(() => RunAsync(question, pending.Abandoned), CancellationToken.None);
        return pending;
    }

    private static bool TryEnter(PolicyLine line, int generation, ref PolicyOutcome refusal)
    {
        if (line.TryEnter())
        {
            return true;
        }

        line.Breaker.NoteNothing(generation);
        refusal = PolicyOutcome.Overloaded;
        return false;
    }

    private async Task RunAsync<TQuestion, TAnswer, TDecision>(Question<TQuestion, TAnswer, TDecision> question, CancellationToken abandoned)
    {
        PolicyLine line = question.Line;
        TDecision? decision = default;
        PolicyOutcome outcome = PolicyOutcome.Failed;
        string problem = "";
        bool hadTurn = false;
        using CancellationTokenSource limit = new(question.Deadline, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, abandoned, _stopped);
        try
        {
            await line.WaitAsync(either.Token).ConfigureAwait(false);
            hadTurn = true;
            Problems problems = new();
            decision = question.Read(await SendAsync(question, either.Token).ConfigureAwait(false), problems);
            outcome = problems.First is null && decision is not null ? PolicyOutcome.Answered : PolicyOutcome.Invalid;
            problem = problems.First ?? "";
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            outcome = PolicyOutcome.Timeout;
        }
        catch (RpcException exception)
        {
            outcome = either.IsCancellationRequested ? PolicyOutcome.Timeout : exception.StatusCode switch
            {
                StatusCode.DeadlineExceeded => PolicyOutcome.Timeout,
                StatusCode.Unavailable => PolicyOutcome.Unavailable,
                _ => PolicyOutcome.Failed,
            };

            // What the control plane says may have numbers and names in it; what our own side of the connection says has none.
            problem = exception.Status.DebugException is null ? $"{exception.StatusCode}, {new Pii<string>(exception.Status.Detail)}" : $"{exception.StatusCode}, {exception.Status.Detail}";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A defect of ours must not leave a caller without his default.
            problem = exception.ToString();
        }

        // An answer that came in time is one, even if the caller has gone in the same moment.
        outcome = outcome == PolicyOutcome.Timeout && (abandoned.IsCancellationRequested || _stopped.IsCancellationRequested) ? PolicyOutcome.Abandoned : outcome;
        line.Leave(hadTurn);
        _metrics.End(line.Name, outcome, _time.GetElapsedTime(question.Begun));
        Note(line, question.Generation, outcome, problem);
        question.Answered(outcome == PolicyOutcome.Answered ? decision : default);
    }

    private async Task<TAnswer> SendAsync<TQuestion, TAnswer, TDecision>(Question<TQuestion, TAnswer, TDecision> question, CancellationToken cancellation)
    {
        TQuestion message = question.Write();
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan remaining = question.Deadline - _time.GetElapsedTime(question.Begun);
            try
            {
                using AsyncUnaryCall<TAnswer> call = question.Send(message, new CallOptions(_headers, DateTime.UtcNow + remaining, cancellation));
                return await call.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException exception) when (
                exception.StatusCode == StatusCode.Unavailable && !cancellation.IsCancellationRequested
                && RetryDelay.TryGet(attempt, _options.Retries, question.Deadline - _time.GetElapsedTime(question.Begun), RandomNumberGenerator.GetInt32(1000) / 1000.0, out TimeSpan delay))
            {
                _metrics.Retry(question.Line.Name);
                await Task.Delay(delay, _time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private void Note(PolicyLine line, int generation, PolicyOutcome outcome, string problem)
    {
        switch (outcome)
        {
            case PolicyOutcome.Answered:
                if (line.Breaker.NoteAnswer(generation, Now))
                {
                    ControlLog.PolicyAnswersAgain(_log, line.Name);
                }

                return;
            case PolicyOutcome.Abandoned:
                line.Breaker.NoteNothing(generation);
                return;
            default:
                break;
        }

        if (line.Breaker.NoteFailure(generation, Now))
        {
            ControlLog.PolicyBreakerOpened(_log, line.Name, _options.Target, outcome, problem);
            return;
        }

        // A control plane that fails does so for every call: a line now and then says enough, the metrics count all.
        long now = _time.GetTimestamp();
        long next = Volatile.Read(ref _nextLog);
        if (now >= next && Interlocked.CompareExchange(ref _nextLog, now + (long)(s_logInterval.TotalSeconds * _time.TimestampFrequency), next) == next)
        {
            ControlLog.PolicyFailed(_log, line.Name, outcome, problem);
        }
    }

    private Timestamp Now => new((long)_time.GetElapsedTime(_started).TotalNanoseconds);

    private static SocketsHttpHandler CreateHandler(PolicyOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = s_connectTime,
            PooledConnectionLifetime = s_connectionLife,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

            // Finds out that nobody is there any more within seconds, while questions wait.
            KeepAlivePingDelay = s_connectTime,
            KeepAlivePingTimeout = s_connectTime,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (options.Certificate is { } certificate)
        {
            handler.SslOptions.ClientCertificateContext = certificate;
        }

        if (options.Authorities.Count > 0)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(options.Authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    private sealed record Question<TQuestion, TAnswer, TDecision>(
        PolicyLine Line, int Generation, long Begun, TimeSpan Deadline, Func<TQuestion> Write, Func<TQuestion, CallOptions, AsyncUnaryCall<TAnswer>> Send, Func<TAnswer, Problems, TDecision?> Read, Action<TDecision?> Answered);
}
