using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>
/// The UAS core's retransmission of its 2xx to INVITE until the ACK, RFC 3261 §13.3.1.4: after T1, doubling up to T2, given up after <see cref="TransactionTimers.AckTimeout"/>, 64·T1.
/// It runs on reliable transports too, since a hop further on may lose the ACK. Plain data; a default value is at rest.
/// </summary>
public struct InviteOkRetransmission
{
    private RetransmissionSchedule _schedule;
    private Timestamp _giveUp;
    private TimeSpan _longest;

    /// <summary>Whether a 2xx waits for its ACK.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>When to call <see cref="HandleDeadline"/>; <see cref="Timestamp.Never"/> at rest.</summary>
    public readonly Timestamp NextDeadline => IsRunning ? Timestamp.Min(_schedule.Deadline, _giveUp) : Timestamp.Never;

    /// <summary>The 2xx has been sent for the first time.</summary>
    public void Start(Timestamp now, TransactionTimers timers)
    {
        _schedule.Start(now, timers.T1);
        _giveUp = now + timers.AckTimeout;
        _longest = timers.T2;
        IsRunning = true;
    }

    /// <summary>Lets time pass; answers <see cref="InviteOkAction.None"/> before <see cref="NextDeadline"/>.</summary>
    public InviteOkAction HandleDeadline(Timestamp now)
    {
        if (now < NextDeadline || !IsRunning)
        {
            return InviteOkAction.None;
        }

        if (now >= _giveUp)
        {
            IsRunning = false;
            return InviteOkAction.GiveUp;
        }

        _schedule.Advance(now, _longest);
        return InviteOkAction.Retransmit;
    }

    /// <summary>The ACK came, or the dialog ended: back to rest.</summary>
    public void HandleAck() => IsRunning = false;
}
