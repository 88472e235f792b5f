using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// Who sent a request that belongs to no call's leg, or whose answer is not the leg's own business: a REGISTER or probe of a trunk, a MESSAGE, a NOTIFY, a
/// request passed on within a call. Told on the shard that sent it.
/// </summary>
/// <remarks>
/// An owner lives as long as its transactions, or forgets them by <see cref="ClientTransaction.Disown"/> before it goes back to a pool. A failed
/// <see cref="TransactionLayer.Start"/> tells <see cref="OnFailure"/> and <see cref="OnEnded"/> before it returns.
/// </remarks>
internal interface IRequestOwner
{
    /// <summary>A response: any number of provisional ones, then at most one final (for an INVITE also repeated 2xx, RFC 6026).</summary>
    void OnResponse(ClientTransaction transaction, SipMessage response);

    /// <summary>No final response came in time (timers B, F), or the transport failed (RFC 3261 §8.1.3.1: to be treated as 408 or 503).</summary>
    void OnFailure(ClientTransaction transaction, bool timedOut);

    /// <summary>The number of the next request of the same dialog or registration, when this one is sent again with credentials.</summary>
    uint NextCSeq(ClientTransaction transaction) => transaction.CSeq + 1;

    /// <summary>A trunk asked for credentials, and the request is sent again as <paramref name="repetition"/>; of the first nothing more is heard.</summary>
    void OnRepeated(ClientTransaction transaction, ClientTransaction repetition)
    {
    }

    /// <summary>The transaction is about to go back to the pool; always the last word of it.</summary>
    void OnEnded(ClientTransaction transaction);
}
