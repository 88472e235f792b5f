using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>
/// INVITE server transaction, RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1. Owned by its shard; reusable after
/// <see cref="IServerTransactionSink.Terminated"/>; allocates nothing after construction.
/// </summary>
/// <remarks>
/// The 100 Trying that §17.2.1 asks for is handed in like any other response, right after <see cref="Start"/>. Retransmission of a 2xx
/// until its ACK is the UAS core's: see <see cref="InviteOkRetransmission"/>.
/// </remarks>
public sealed class InviteServerTransaction
{
    private TransactionTimers _timers = TransactionTimers.Default;
    private RetransmissionSchedule _timerG;
    private Timestamp _lastDeadline = Timestamp.Never;
    private TransactionTimer _lastTimer;
    private bool _reliable;
    private bool _hasResponse;

    /// <summary>A machine at rest.</summary>
    public InviteServerTransaction() => Reset();

    /// <summary>Where it stands: Proceeding, Accepted, Completed, Confirmed or Terminated.</summary>
    public TransactionState State { get; private set; }

    /// <summary>How it ended.</summary>
    public TransactionEnd End { get; private set; }

    /// <summary>When to call <see cref="HandleDeadline"/>; <see cref="Timestamp.Never"/> when no timer runs.</summary>
    public Timestamp NextDeadline => Timestamp.Min(_timerG.Deadline, _lastDeadline);

    /// <summary>The timer behind <see cref="NextDeadline"/>: G, H, I, L or None.</summary>
    public TransactionTimer NextDeadlineReason => _timerG.Deadline < _lastDeadline ? TransactionTimer.G : _lastTimer;

    /// <summary>Abandons whatever runs without a word to any sink: for returning to a pool.</summary>
    public void Reset()
    {
        State = TransactionState.Terminated;
        End = TransactionEnd.None;
        _hasResponse = false;
        StopTimers();
    }

    /// <summary>Enters Proceeding for a new INVITE, which the caller passes to the transaction user itself.</summary>
    /// <param name="now">The time of arrival.</param>
    /// <param name="timers">Timer values.</param>
    /// <param name="reliable">Whether the transport is reliable (TCP, TLS, WebSocket): then nothing is retransmitted.</param>
    /// <param name="sink">Receives the actions; starting has none.</param>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public void Start<TSink>(Timestamp now, TransactionTimers timers, bool reliable, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        TransactionMisuse.ThrowIfRunning(State);
        _timers = timers;
        _reliable = reliable;
        _hasResponse = false;
        End = TransactionEnd.None;
        State = TransactionState.Proceeding;
    }

    /// <summary>
    /// Takes a retransmission of the INVITE: answered with the last response in Proceeding and Completed, absorbed in Accepted and
    /// Confirmed.
    /// </summary>
    public void HandleRequest<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (_hasResponse && State is (TransactionState.Proceeding or TransactionState.Completed))
        {
            sink.SendResponse();
        }
    }

    /// <summary>Takes an ACK that matches this transaction (§17.2.3); in Accepted every one goes to the transaction user.</summary>
    public void HandleAck<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (State == TransactionState.Accepted)
        {
            sink.PassAck();
        }
        else if (State == TransactionState.Completed)
        {
            if (_reliable)
            {
                Finish(TransactionEnd.Normal);
                sink.Terminated();
                return;
            }

            State = TransactionState.Confirmed;
            _timerG.Stop();
            SetLast(TransactionTimer.I, now + _timers.TimerI);
        }
    }

    /// <summary>
    /// The transaction user answers. In Proceeding any response, in Accepted a further 2xx (its retransmission); at any other time the
    /// response is dropped.
    /// </summary>
    /// <returns>Whether the response was taken and sent.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="statusCode"/> is not between 100 and 699.</exception>
    public bool SendResponse<TSink>(Timestamp now, int statusCode, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        TransactionMisuse.ThrowIfNotStatusCode(statusCode);
        if (State == TransactionState.Proceeding)
        {
            _hasResponse = true;
            if (StatusClass.IsSuccess(statusCode))
            {
                State = TransactionState.Accepted;
                SetLast(TransactionTimer.L, now + _timers.TimerL);
            }
            else if (!StatusClass.IsProvisional(statusCode))
            {
                State = TransactionState.Completed;
                SetLast(TransactionTimer.H, now + _timers.TimerH);
                if (!_reliable)
                {
                    _timerG.Start(now, _timers.T1);
                }
            }
        }
        else if (State != TransactionState.Accepted || !StatusClass.IsSuccess(statusCode))
        {
            return false;
        }

        sink.SendResponse();
        return true;
    }

    /// <summary>Lets time pass; does nothing before <see cref="NextDeadline"/>.</summary>
    public void HandleDeadline<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (now >= _lastDeadline)
        {
            bool timedOut = _lastTimer == TransactionTimer.H;
            Finish(timedOut ? TransactionEnd.TimedOut : TransactionEnd.Normal);
            if (timedOut)
            {
                sink.NotifyAckTimeout();
            }

            sink.Terminated();
        }
        else if (now >= _timerG.Deadline)
        {
            _timerG.Advance(now, _timers.T2);
            sink.SendResponse();
        }
    }

    /// <summary>The transport could not send a response: the user learns of it and the state stays (RFC 6026 §8.8).</summary>
    public void HandleTransportError<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (State is TransactionState.Proceeding or TransactionState.Accepted or TransactionState.Completed)
        {
            sink.NotifyTransportError();
        }
    }

    private void SetLast(TransactionTimer timer, Timestamp deadline)
    {
        _lastTimer = timer;
        _lastDeadline = deadline;
    }

    private void StopTimers()
    {
        _timerG.Stop();
        SetLast(TransactionTimer.None, Timestamp.Never);
    }

    private void Finish(TransactionEnd end)
    {
        State = TransactionState.Terminated;
        End = end;
        StopTimers();
    }
}
