namespace MediaCore.Sip.Transactions;

/// <summary>Why a transaction ended.</summary>
public enum TransactionEnd : byte
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>It ran its course.</summary>
    Normal,

    /// <summary>Timer B, F or H fired: no response, or no ACK, came in time.</summary>
    TimedOut,

    /// <summary>A client could not hand its message to the transport (§17.1.4).</summary>
    TransportError,
}
