using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>
/// INVITE client transaction, RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2. Owned by its shard; reusable after
/// <see cref="IClientTransactionSink.Terminated"/>; allocates nothing after construction.
/// </summary>
/// <remarks>
/// While Proceeding no timer runs: how long to let a phone ring is the transaction user's decision (§9.1, §13.2.1), which ends it with CANCEL
/// and, 64·T1 after that at the latest, with <see cref="Reset"/>.
/// </remarks>
public sealed class InviteClientTransaction
{
    private TransactionTimers _timers = TransactionTimers.Default;
    private RetransmissionSchedule _timerA;
    private Timestamp _lastDeadline = Timestamp.Never;
    private TransactionTimer _lastTimer;
    private bool _reliable;

    /// <summary>A machine at rest.</summary>
    public InviteClientTransaction() => Reset();

    /// <summary>Where it stands: Calling, Proceeding, Accepted, Completed or Terminated.</summary>
    public TransactionState State { get; private set; }

    /// <summary>How it ended.</summary>
    public TransactionEnd End { get; private set; }

    /// <summary>When to call <see cref="HandleDeadline"/>; <see cref="Timestamp.Never"/> when no timer runs.</summary>
    public Timestamp NextDeadline => Timestamp.Min(_timerA.Deadline, _lastDeadline);

    /// <summary>The timer behind <see cref="NextDeadline"/>: A, B, D, M or None.</summary>
    public TransactionTimer NextDeadlineReason => _timerA.Deadline < _lastDeadline ? TransactionTimer.A : _lastTimer;

    /// <summary>Abandons whatever runs without a word to any sink: for returning to a pool and for the end of a cancelled INVITE.</summary>
    public void Reset()
    {
        State = TransactionState.Terminated;
        End = TransactionEnd.None;
        StopTimers();
    }

    /// <summary>Sends the INVITE and enters Calling.</summary>
    /// <param name="now">The time of sending.</param>
    /// <param name="timers">Timer values.</param>
    /// <param name="reliable">Whether the transport is reliable (TCP, TLS, WebSocket): then nothing is retransmitted.</param>
    /// <param name="sink">Receives the actions.</param>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public void Start<TSink>(Timestamp now, TransactionTimers timers, bool reliable, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        TransactionMisuse.ThrowIfRunning(State);
        _timers = timers;
        _reliable = reliable;
        End = TransactionEnd.None;
        State = TransactionState.Calling;
        SetLast(TransactionTimer.B, now + timers.TimerB);
        if (reliable)
        {
            _timerA.Stop();
        }
        else
        {
            _timerA.Start(now, timers.T1);
        }

        sink.SendRequest();
    }

    /// <summary>Takes a response that matches this transaction (§17.1.3). Codes outside 100–699 are ignored.</summary>
    public void HandleResponse<TSink>(Timestamp now, int statusCode, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        if (!StatusClass.IsStatusCode(statusCode))
        {
            return;
        }

        switch (State)
        {
            case TransactionState.Calling or TransactionState.Proceeding when StatusClass.IsProvisional(statusCode):
                State = TransactionState.Proceeding;
                StopTimers();
                sink.PassResponse(statusCode);
                break;

            case TransactionState.Calling or TransactionState.Proceeding when StatusClass.IsSuccess(statusCode):
                State = TransactionState.Accepted;
                _timerA.Stop();
                SetLast(TransactionTimer.M, now + _timers.TimerM);
                sink.PassResponse(statusCode);
                break;

            case TransactionState.Calling or TransactionState.Proceeding:
                Complete(now, statusCode, ref sink);
                break;

            // Every 2xx goes up, retransmissions and other forks alike: each needs an ACK of the user's (RFC 6026 §7.2).
            case TransactionState.Accepted when StatusClass.IsSuccess(statusCode):
                sink.PassResponse(statusCode);
                break;

            case TransactionState.Completed when statusCode >= 300:
                sink.SendAck();
                break;
        }
    }

    /// <summary>Lets time pass; does nothing before <see cref="NextDeadline"/>.</summary>
    public void HandleDeadline<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        if (now >= _lastDeadline)
        {
            bool timedOut = _lastTimer == TransactionTimer.B;
            Finish(timedOut ? TransactionEnd.TimedOut : TransactionEnd.Normal);
            if (timedOut)
            {
                sink.NotifyTimeout();
            }

            sink.Terminated();
        }
        else if (now >= _timerA.Deadline)
        {
            // Timer A has no upper bound but B (§17.1.1.2).
            _timerA.Advance(now, TimeSpan.MaxValue);
            sink.SendRequest();
        }
    }

    /// <summary>
    /// The transport could not send the INVITE or the ACK (§17.1.4). Ignored in Proceeding and Accepted, where this transaction has nothing
    /// to send and the peer may answer over a new connection.
    /// </summary>
    public void HandleTransportError<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        if (State is TransactionState.Calling or TransactionState.Completed)
        {
            Finish(TransactionEnd.TransportError);
            sink.NotifyTransportError();
            sink.Terminated();
        }
    }

    private void Complete<TSink>(Timestamp now, int statusCode, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        State = TransactionState.Completed;
        _timerA.Stop();
        SetLast(TransactionTimer.D, _reliable ? now : now + _timers.TimerD);

        // The ACK goes first: a user that answers a 401 or 302 with a new INVITE must not overtake it.
        sink.SendAck();
        if (State != TransactionState.Completed)
        {
            return;
        }

        sink.PassResponse(statusCode);
        if (_reliable && State == TransactionState.Completed)
        {
            Finish(TransactionEnd.Normal);
            sink.Terminated();
        }
    }

    private void SetLast(TransactionTimer timer, Timestamp deadline)
    {
        _lastTimer = timer;
        _lastDeadline = deadline;
    }

    private void StopTimers()
    {
        _timerA.Stop();
        SetLast(TransactionTimer.None, Timestamp.Never);
    }

    private void Finish(TransactionEnd end)
    {
        State = TransactionState.Terminated;
        End = end;
        StopTimers();
    }
}
