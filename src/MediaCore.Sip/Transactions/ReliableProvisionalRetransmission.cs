using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>
/// The UAS core's retransmission of a reliable provisional response until its PRACK, RFC 3262 §3: after T1, doubling without a ceiling, given up
/// after 64·T1. It runs on every transport. Plain data; a default value is at rest.
/// </summary>
public struct ReliableProvisionalRetransmission
{
    private RetransmissionSchedule _schedule;
    private Timestamp _giveUp;

    /// <summary>Whether a response waits for its PRACK.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>When to call <see cref="HandleDeadline"/>; <see cref="Timestamp.Never"/> at rest.</summary>
    public readonly Timestamp NextDeadline => IsRunning ? Timestamp.Min(_schedule.Deadline, _giveUp) : Timestamp.Never;

    /// <summary>The response has been sent for the first time.</summary>
    public void Start(Timestamp now, TransactionTimers timers)
    {
        _schedule.Start(now, timers.T1);
        _giveUp = now + timers.Timeout;
        IsRunning = true;
    }

    /// <summary>Lets time pass; answers <see cref="ReliableProvisionalAction.None"/> before <see cref="NextDeadline"/>.</summary>
    public ReliableProvisionalAction HandleDeadline(Timestamp now)
    {
        if (now < NextDeadline || !IsRunning)
        {
            return ReliableProvisionalAction.None;
        }

        if (now >= _giveUp)
        {
            IsRunning = false;
            return ReliableProvisionalAction.GiveUp;
        }

        _schedule.Advance(now, TimeSpan.MaxValue / 4);
        return ReliableProvisionalAction.Retransmit;
    }

    /// <summary>The PRACK or the final response came: back to rest.</summary>
    public void Stop() => IsRunning = false;
}
