using MediaCore.Transport.Native;

namespace MediaCore.Transport.Polling;

/// <summary>
/// An epoll set with an eventfd to be woken by: what one shard's loop sleeps on. Level-triggered, so that a reader which leaves something
/// behind is told again. Owned by the thread that calls <see cref="Wait(Span{ReadyEvent}, int)"/>; only <see cref="Wake"/> may be called by others.
/// </summary>
public sealed partial class EventPoller : IDisposable
{
    /// <summary>Most events of one wait; the rest follow at the next one, in turn (epoll rotates its ready list).</summary>
    public const int MaxEventsPerWait = 256;

    /// <summary>The token that owners may not use: the poller's own eventfd carries it.</summary>
    public const ulong ReservedToken = ulong.MaxValue;

    private int _wakePending;

    /// <summary>Watches a descriptor for reading.</summary>
    /// <param name="descriptor">A non-blocking descriptor; closing it ends the watch.</param>
    /// <param name="token">Comes back in <see cref="ReadyEvent.Token"/>; anything but <see cref="ReservedToken"/>.</param>
    /// <exception cref="IOException">The system refused; the message says why.</exception>
    public void Add(int descriptor, ulong token) => Add(descriptor, token, PollInterest.Read);

    /// <summary>Watches a descriptor.</summary>
    /// <exception cref="IOException">The system refused; the message says why.</exception>
    public void Add(int descriptor, ulong token, PollInterest interest) => Control(NativeSocketConstants.PollAdd, descriptor, token, interest);

    /// <summary>Changes what a watched descriptor is watched for.</summary>
    /// <exception cref="IOException">The system refused; the message says why.</exception>
    public void Modify(int descriptor, ulong token, PollInterest interest) => Control(NativeSocketConstants.PollModify, descriptor, token, interest);

    /// <summary>
    /// Waits until something is ready, somebody calls <see cref="Wake"/>, or the time is over. A wake-up is no event: the caller looks into
    /// its mailboxes after every return anyway.
    /// </summary>
    /// <param name="events">Filled from the start; at most <see cref="MaxEventsPerWait"/>.</param>
    /// <param name="timeoutMilliseconds">-1 waits without end, 0 does not wait.</param>
    /// <returns>How many events there are; 0 after a wake-up, a signal or a time-out.</returns>
    public int Wait(Span<ReadyEvent> events, int timeoutMilliseconds) =>
        WaitCore(events, timeoutMilliseconds < 0 ? -1 : timeoutMilliseconds * 1_000_000L);

    /// <summary>
    /// As <see cref="Wait(Span{ReadyEvent}, int)"/>, to the nanosecond where the kernel can (epoll_pwait2, Linux 5.11), else rounded up to
    /// the next millisecond so that a deadline is never met early.
    /// </summary>
    /// <param name="events">Filled from the start; at most <see cref="MaxEventsPerWait"/>.</param>
    /// <param name="timeout">Negative (<see cref="Timeout.InfiniteTimeSpan"/>) waits without end.</param>
    public int Wait(Span<ReadyEvent> events, TimeSpan timeout) =>
        WaitCore(events, timeout < TimeSpan.Zero || timeout.Ticks > long.MaxValue / 100 ? -1 : timeout.Ticks * 100);

    /// <summary>
    /// Makes the present or the next wait return. Any thread; calls between two waits cost one system call together. After
    /// <see cref="Dispose"/> there is nobody to wake and nothing happens.
    /// </summary>
    public void Wake()
    {
        // The exchange is a full fence on both sides (here and in the wait): whoever finds the flag set has written its work before the
        // waiter clears it, and the waiter looks for work after that.
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            SignalWake();
        }
    }
}
