using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>
/// Non-INVITE client transaction, RFC 3261 §17.1.2. Owned by its shard; reusable after
/// <see cref="IClientTransactionSink.Terminated"/>; allocates nothing after construction.
/// </summary>
public sealed class NonInviteClientTransaction
{
    private TransactionTimers _timers = TransactionTimers.Default;
    private RetransmissionSchedule _timerE;
    private Timestamp _lastDeadline = Timestamp.Never;
    private TransactionTimer _lastTimer;
    private bool _reliable;

    /// <summary>A machine at rest.</summary>
    public NonInviteClientTransaction() => Reset();

    /// <summary>Where it stands: Trying, Proceeding, Completed or Terminated.</summary>
    public TransactionState State { get; private set; }

    /// <summary>How it ended.</summary>
    public TransactionEnd End { get; private set; }

    /// <summary>When to call <see cref="HandleDeadline"/>; <see cref="Timestamp.Never"/> when no timer runs.</summary>
    public Timestamp NextDeadline => Timestamp.Min(_timerE.Deadline, _lastDeadline);

    /// <summary>The timer behind <see cref="NextDeadline"/>: E, F, K or None.</summary>
    public TransactionTimer NextDeadlineReason => _timerE.Deadline < _lastDeadline ? TransactionTimer.E : _lastTimer;

    /// <summary>Abandons whatever runs without a word to any sink: for returning to a pool.</summary>
    public void Reset()
    {
        State = TransactionState.Terminated;
        End = TransactionEnd.None;
        StopTimers();
    }

    /// <summary>Sends the request and enters Trying.</summary>
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
        State = TransactionState.Trying;
        SetLast(TransactionTimer.F, now + timers.TimerF);
        if (reliable)
        {
            _timerE.Stop();
        }
        else
        {
            _timerE.Start(now, timers.T1);
        }

        sink.SendRequest();
    }

    /// <summary>Takes a response that matches this transaction (§17.1.3). Codes outside 100–699 are ignored.</summary>
    public void HandleResponse<TSink>(Timestamp now, int statusCode, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        if (!StatusClass.IsStatusCode(statusCode) || State is not (TransactionState.Trying or TransactionState.Proceeding))
        {
            return;
        }

        if (StatusClass.IsProvisional(statusCode))
        {
            // E and F go on: a provisional only slows the next retransmissions down to T2 (§17.1.2.2).
            State = TransactionState.Proceeding;
            sink.PassResponse(statusCode);
            return;
        }

        State = TransactionState.Completed;
        _timerE.Stop();
        SetLast(TransactionTimer.K, _reliable ? now : now + _timers.TimerK);
        sink.PassResponse(statusCode);
        if (_reliable && State == TransactionState.Completed)
        {
            Finish(TransactionEnd.Normal);
            sink.Terminated();
        }
    }

    /// <summary>Lets time pass; does nothing before <see cref="NextDeadline"/>.</summary>
    public void HandleDeadline<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        if (now >= _lastDeadline)
        {
            bool timedOut = _lastTimer == TransactionTimer.F;
            Finish(timedOut ? TransactionEnd.TimedOut : TransactionEnd.Normal);
            if (timedOut)
            {
                sink.NotifyTimeout();
            }

            sink.Terminated();
        }
        else if (now >= _timerE.Deadline)
        {
            if (State == TransactionState.Proceeding)
            {
                _timerE.Restart(now, _timers.T2);
            }
            else
            {
                _timerE.Advance(now, _timers.T2);
            }

            sink.SendRequest();
        }
    }

    /// <summary>The transport could not send the request (§17.1.4). Ignored in Completed, where nothing is sent.</summary>
    public void HandleTransportError<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IClientTransactionSink, allows ref struct
    {
        if (State is TransactionState.Trying or TransactionState.Proceeding)
        {
            Finish(TransactionEnd.TransportError);
            sink.NotifyTransportError();
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
        _timerE.Stop();
        SetLast(TransactionTimer.None, Timestamp.Never);
    }

    private void Finish(TransactionEnd end)
    {
        State = TransactionState.Terminated;
        End = end;
        StopTimers();
    }
}
