namespace MediaCore.Sip.Transactions;

/// <summary>The states of the four machines of RFC 3261 §17, with Accepted of RFC 6026. No machine has them all.</summary>
public enum TransactionState : byte
{
    /// <summary>INVITE client: the request is out, nothing has come back.</summary>
    Calling,

    /// <summary>Non-INVITE: the request is out (client) or with the transaction user (server), and no response has been seen.</summary>
    Trying,

    /// <summary>A provisional response has been seen; for the INVITE server also the first state.</summary>
    Proceeding,

    /// <summary>INVITE: a 2xx has been seen. Further ones belong to the transaction user (RFC 6026).</summary>
    Accepted,

    /// <summary>A final response has been seen (for INVITE: a 300–699); retransmissions are absorbed.</summary>
    Completed,

    /// <summary>INVITE server: the ACK to a 300–699 came; its retransmissions are absorbed.</summary>
    Confirmed,

    /// <summary>Over, or not yet started: every input is ignored.</summary>
    Terminated,
}
