namespace MediaCore.Sip.Transactions;

/// <summary>
/// What a client transaction does to the world. Every call is made from within a <c>Handle*</c> or <c>Start</c> call of the machine, after
/// the machine has taken its new state, so a sink whose <c>Send*</c> fails at once may call <c>HandleTransportError</c> from there.
/// <see cref="Terminated"/> is the last call of a transaction's life.
/// </summary>
public interface IClientTransactionSink
{
    /// <summary>Sends the request, the first time or again (timers A and E).</summary>
    void SendRequest();

    /// <summary>Sends the ACK to a 300–699 response (§17.1.1.3), built from the response now being handled; retransmitted responses ask again.</summary>
    void SendAck();

    /// <summary>Passes the response now being handled to the transaction user.</summary>
    /// <param name="statusCode">Its status code, 100–699.</param>
    void PassResponse(int statusCode);

    /// <summary>Timer B or F fired; the user treats it as a 408 (§8.1.3.1).</summary>
    void NotifyTimeout();

    /// <summary>The transport failed; the user treats it as a 503 (§8.1.3.1).</summary>
    void NotifyTransportError();

    /// <summary>The transaction is over and its machine may be used again.</summary>
    void Terminated();
}
