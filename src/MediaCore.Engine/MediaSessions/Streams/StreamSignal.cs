using System.Threading.Tasks.Sources;

namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>
/// Wakes the one consumer of a stream: <see cref="Set"/> never blocks and runs nothing of the consumer's on the caller's thread, so a shard may call it. Signals while nobody waits become one.
/// </summary>
internal sealed class StreamSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private int _state;

    /// <summary>Lets the waiting consumer go on, or the next one that waits.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            Complete();
        }
    }

    /// <summary>Completes at the next <see cref="Set"/>, or at once when there was one since the last wait. One consumer at a time.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
        {
            return ValueTask.CompletedTask;
        }

        _core.Reset();
        ValueTask wait = new(this, _core.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static signal => ((StreamSignal)signal!).Set(), this);
        }

        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) != Idle)
        {
            // Set between the two steps.
            Interlocked.Exchange(ref _state, Idle);
            _core.SetResult(true);
        }

        return wait;
    }

    void IValueTaskSource.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    private void Complete()
    {
        Volatile.Write(ref _state, Idle);
        _core.SetResult(true);
    }
}
