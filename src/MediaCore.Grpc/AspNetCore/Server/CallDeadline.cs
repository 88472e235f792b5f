using Grpc.Protocol;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>The time that a client gives a call: a timer, and a token that is cancelled when it is over or the client goes away.</summary>
internal sealed class CallDeadline : IDisposable
{
    // Without a timer or a linked token of its own, a source needs no disposal; disposing it could meet a callback that is about to cancel it.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _abortion;
    private readonly ITimer? _timer;
    private readonly ILogger _logger;
    private readonly string _method;

    public CallDeadline(TimeSpan timeout, TimeProvider time, CancellationToken aborted, ILogger logger, string method)
    {
        _logger = logger;
        _method = method;
        DateTime now = time.GetUtcNow().UtcDateTime;
        At = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        _abortion = aborted.UnsafeRegister(static state => ((CallDeadline)state!).Cancel(), this);
        if (timeout <= GrpcLimits.MaxTimer)
        {
            // Started only when it is stored: it may be over at once.
            _timer = time.CreateTimer(static state => ((CallDeadline)state!).Pass(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>When it is over, UTC.</summary>
    public DateTime At { get; }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Completes when it is over.</summary>
    public Task Passed => _passed.Task;

    public void Dispose()
    {
        _timer?.Dispose();
        _abortion.Dispose();
    }

    private void Pass()
    {
        _passed.TrySetResult();
        Cancel();
    }

    private void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException e)
        {
            // A handler's callback threw; on a timer's thread that would end the process.
            GrpcServerLog.CancellationCallbackThrew(_logger, _method, e);
        }
    }
}
