namespace MediaCore.Sip.Transactions;

/// <summary>
/// What a server transaction does to the world. Every call is made from within a call of the machine, after the machine has taken its new
/// state, so a sink whose <see cref="SendResponse"/> fails at once may call <c>HandleTransportError</c> from there.
/// <see cref="Terminated"/> is the last call of a transaction's life.
/// </summary>
public interface IServerTransactionSink
{
    /// <summary>Sends the response that was last handed in: the first time, for a retransmitted request, or for timer G.</summary>
    void SendResponse();

    /// <summary>Passes an ACK to a 2xx to the transaction user (RFC 6026 §7.1): the one that stops <see cref="InviteOkRetransmission"/>.</summary>
    void PassAck();

    /// <summary>A response could not be sent. The transaction stays as it is (RFC 6026 §8.8), so that retransmitted requests are still absorbed.</summary>
    void NotifyTransportError();

    /// <summary>
    /// Timer H fired: a 300–699 to INVITE was never acknowledged. An unacknowledged 2xx is reported by
    /// <see cref="InviteOkRetransmission"/> instead, since the 2xx and its ACK are the user's (§13.3.1.4).
    /// </summary>
    void NotifyAckTimeout();

    /// <summary>The transaction is over and its machine may be used again.</summary>
    void Terminated();
}
