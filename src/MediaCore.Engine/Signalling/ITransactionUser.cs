using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>The transaction user of RFC 3261 §5: what the transaction layer tells, and whom.</summary>
internal interface ITransactionUser
{
    /// <summary>A valid request that matches no transaction. The user answers it statelessly or opens a transaction for it.</summary>
    void OnRequest(SipMessage request, in Flow flow);

    /// <summary>The shard that a new call should live on: this one, unless others have clearly fewer.</summary>
    int ChooseShard();

    /// <summary>A CANCEL; <paramref name="invite"/> is the INVITE transaction it matches, if any (RFC 3261 §9.2).</summary>
    void OnCancel(SipMessage cancel, in Flow flow, ServerTransaction? invite);

    /// <summary>An ACK that no INVITE transaction absorbed: the one for a 2xx.</summary>
    void OnAck(SipMessage ack);

    /// <summary>A response to one of our requests, retransmitted 2xx included (RFC 6026).</summary>
    void OnResponse(ClientTransaction transaction, SipMessage response);

    /// <summary>No final response came in time (timers B, F), or the transport failed.</summary>
    void OnFailure(ClientTransaction transaction, bool timedOut);

    /// <summary>Whether a challenged request should be sent again, and with which CSeq number (RFC 3261 §22.2).</summary>
    bool TryGetNextCSeq(ClientTransaction transaction, out uint cseq);

    /// <summary>A challenged request is about to be sent again as <paramref name="repetition"/>, which takes its place.</summary>
    void OnRepeated(ClientTransaction transaction, ClientTransaction repetition);

    /// <summary>A client transaction is about to go back to the pool.</summary>
    void OnEnded(ClientTransaction transaction);

    /// <summary>A server transaction is about to go back to the pool.</summary>
    void OnEnded(ServerTransaction transaction);
}
