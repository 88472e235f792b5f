using Grpc.Core;
using Grpc.Core.Interceptors;
using MediaCore.Control.Services;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Authentication;

/// <summary>
/// Ends streams whose token is revoked or has ended, with UNAUTHENTICATED: a stream is authenticated when it begins, and may go on for days. Tokens of open streams are looked at every
/// second, together; without streams under tokens nothing is. Unary calls are over before.
/// </summary>
public sealed class RevocationInterceptor : Interceptor, IDisposable
{
    /// <summary>How often tokens of open streams are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TokenStore _tokens;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly HashSet<Watch> _watches = [];

    /// <summary>Makes it.</summary>
    public RevocationInterceptor(TokenStore tokens, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        _tokens = tokens;
        _logger = loggers.CreateLogger("MediaCore.Control");
        _timer = time.CreateTimer(static state => ((RevocationInterceptor)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, guarded => continuation(request, responseStream, guarded));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, guarded => continuation(requestStream, responseStream, guarded));

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private async Task RunAsync(ServerCallContext context, Func<ServerCallContext, Task> run)
    {
        if (context.GetHttpContext().Features.Get<ControlToken>() is not { } token)
        {
            await run(context).ConfigureAwait(false);
            return;
        }

        using Watch watch = new(token, context.CancellationToken);
        Add(watch);
        try
        {
            await run(new RevocableCallContext(context, watch.Ended.Token)).ConfigureAwait(false);
        }
        catch (Exception) when (watch.IsRevoked && !context.CancellationToken.IsCancellationRequested)
        {
            // However the handler takes it that its call is cancelled; why it was is told below.
        }
        finally
        {
            Remove(watch);
        }

        if (watch.IsRevoked)
        {
            AuthenticationLog.StreamRevoked(_logger, context.Method, ControlIdentity.Of(context).Name);
            throw new RpcException(new Status(StatusCode.Unauthenticated, "The token that the stream was opened with does not hold any more."));
        }
    }

    private void Add(Watch watch)
    {
        lock (_gate)
        {
            if (_watches.Add(watch) && _watches.Count == 1)
            {
                _timer.Change(Interval, Interval);
            }
        }
    }

    private void Remove(Watch watch)
    {
        lock (_gate)
        {
            if (_watches.Remove(watch) && _watches.Count == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Look()
    {
        Watch[] watches;
        lock (_gate)
        {
            watches = [.. _watches];
        }

        foreach (Watch watch in watches)
        {
            if (!_tokens.Holds(watch.Token))
            {
                watch.Revoke();
            }
        }
    }

    private sealed class Watch(ControlToken token, CancellationToken cancellation) : IDisposable
    {
        private readonly Lock _ending = new();
        private bool _isOver;

        public ControlToken Token { get; } = token;

        public CancellationTokenSource Ended { get; } = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        public bool IsRevoked { get; private set; }

        public void Revoke()
        {
            lock (_ending)
            {
                if (_isOver || IsRevoked)
                {
                    return;
                }

                IsRevoked = true;
            }

            // Not under the lock: what is cancelled may come to its end within, and be disposed of.
            Cancel();
        }

        public void Dispose()
        {
            lock (_ending)
            {
                _isOver = true;
            }

            Ended.Dispose();
        }

        private void Cancel()
        {
            try
            {
                Ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The stream has ended by itself in this moment.
            }
        }
    }
}
