using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>
/// Non-INVITE server transaction, RFC 3261 §17.2.2. Owned by its shard; reusable after
/// <see cref="IServerTransactionSink.Terminated"/>; allocates nothing after construction.
/// </summary>
/// <remarks>
/// RFC 4320 §4 is the transaction user's: no provisional other than 100, that one not before timer E has reached T2, and no 408.
/// </remarks>
public sealed class NonInviteServerTransaction
{
    private TransactionTimers _timers = TransactionTimers.Default;
    private bool _reliable;

    /// <summary>A machine at rest.</summary>
    public NonInviteServerTransaction() => Reset();

    /// <summary>Where it stands: Trying, Proceeding, Completed or Terminated.</summary>
    public TransactionState State { get; private set; }

    /// <summary>How it ended.</summary>
    public TransactionEnd End { get; private set; }

    /// <summary>When to call <see cref="HandleDeadline"/>; <see cref="Timestamp.Never"/> when no timer runs.</summary>
    public Timestamp NextDeadline { get; private set; }

    /// <summary>The timer behind <see cref="NextDeadline"/>: J or None.</summary>
    public TransactionTimer NextDeadlineReason => NextDeadline.IsNever ? TransactionTimer.None : TransactionTimer.J;

    /// <summary>Abandons whatever runs without a word to any sink: for returning to a pool.</summary>
    public void Reset()
    {
        State = TransactionState.Terminated;
        End = TransactionEnd.None;
        NextDeadline = Timestamp.Never;
    }

    /// <summary>Enters Trying for a new request, which the caller passes to the transaction user itself.</summary>
    /// <param name="now">The time of arrival.</param>
    /// <param name="timers">Timer values.</param>
    /// <param name="reliable">Whether the transport is reliable (TCP, TLS, WebSocket): then no retransmission is waited for.</param>
    /// <param name="sink">Receives the actions; starting has none.</param>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public void Start<TSink>(Timestamp now, TransactionTimers timers, bool reliable, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        TransactionMisuse.ThrowIfRunning(State);
        _timers = timers;
        _reliable = reliable;
        End = TransactionEnd.None;
        State = TransactionState.Trying;
    }

    /// <summary>Takes a retransmission of the request: answered with the last response, absorbed while there is none.</summary>
    public void HandleRequest<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (State is TransactionState.Proceeding or TransactionState.Completed)
        {
            sink.SendResponse();
        }
    }

    /// <summary>The transaction user answers; after the final response anything more is dropped.</summary>
    /// <returns>Whether the response was taken and sent.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="statusCode"/> is not between 100 and 699.</exception>
    public bool SendResponse<TSink>(Timestamp now, int statusCode, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        TransactionMisuse.ThrowIfNotStatusCode(statusCode);
        if (State is not (TransactionState.Trying or TransactionState.Proceeding))
        {
            return false;
        }

        if (StatusClass.IsProvisional(statusCode))
        {
            State = TransactionState.Proceeding;
            sink.SendResponse();
            return true;
        }

        State = TransactionState.Completed;
        NextDeadline = _reliable ? now : now + _timers.TimerJ;
        sink.SendResponse();
        if (_reliable && State == TransactionState.Completed)
        {
            Finish();
            sink.Terminated();
        }

        return true;
    }

    /// <summary>Lets time pass; does nothing before <see cref="NextDeadline"/>.</summary>
    public void HandleDeadline<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (now >= NextDeadline)
        {
            Finish();
            sink.Terminated();
        }
    }

    /// <summary>
    /// The transport could not send a response: the user learns of it and the state stays. RFC 6026 §8.8 words this for every server
    /// transaction; ending here (figure 8 of RFC 3261) would let a retransmission run the request a second time.
    /// </summary>
    public void HandleTransportError<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, IServerTransactionSink, allows ref struct
    {
        if (State is TransactionState.Proceeding or TransactionState.Completed)
        {
            sink.NotifyTransportError();
        }
    }

    private void Finish()
    {
        State = TransactionState.Terminated;
        End = TransactionEnd.Normal;
        NextDeadline = Timestamp.Never;
    }
}
