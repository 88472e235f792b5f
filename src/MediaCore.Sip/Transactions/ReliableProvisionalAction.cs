namespace MediaCore.Sip.Transactions;

/// <summary>What a deadline of <see cref="ReliableProvisionalRetransmission"/> asks for.</summary>
public enum ReliableProvisionalAction : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send the response again.</summary>
    Retransmit,

    /// <summary>No PRACK came for 64·T1: the INVITE is to be refused with a 5xx.</summary>
    GiveUp,
}
