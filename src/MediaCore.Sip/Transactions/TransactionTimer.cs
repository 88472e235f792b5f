namespace MediaCore.Sip.Transactions;

/// <summary>The timers of RFC 3261 §17 (table 4 of its appendix A), with L and M of RFC 6026.</summary>
public enum TransactionTimer : byte
{
    /// <summary>No timer runs.</summary>
    None,

    /// <summary>INVITE request retransmission, unreliable transports: T1, doubling (§17.1.1.2).</summary>
    A,

    /// <summary>INVITE client transaction timeout: 64·T1 (§17.1.1.2).</summary>
    B,

    /// <summary>Proxy's wait for a final response (§16.6 step 11). It belongs to the proxy core: no machine here arms it.</summary>
    C,

    /// <summary>Wait for retransmissions of a 300–699 response to INVITE (§17.1.1.2).</summary>
    D,

    /// <summary>Non-INVITE request retransmission, unreliable transports: T1, doubling up to T2 (§17.1.2.2).</summary>
    E,

    /// <summary>Non-INVITE client transaction timeout: 64·T1 (§17.1.2.2).</summary>
    F,

    /// <summary>Retransmission of a 300–699 response to INVITE, unreliable transports: T1, doubling up to T2 (§17.2.1).</summary>
    G,

    /// <summary>Wait for the ACK to a 300–699 response: 64·T1 (§17.2.1).</summary>
    H,

    /// <summary>Wait for ACK retransmissions: T4 on unreliable transports (§17.2.1).</summary>
    I,

    /// <summary>Wait for retransmissions of a non-INVITE request: 64·T1 on unreliable transports (§17.2.2).</summary>
    J,

    /// <summary>Wait for retransmissions of a response to a non-INVITE request: T4 on unreliable transports (§17.1.2.2).</summary>
    K,

    /// <summary>Wait for INVITE retransmissions after a 2xx was sent: 64·T1 on every transport (RFC 6026 §7.1).</summary>
    L,

    /// <summary>Wait for further 2xx responses to INVITE: 64·T1 on every transport (RFC 6026 §7.2).</summary>
    M,
}
