namespace MediaCore.Sip.Transactions;

/// <summary>What <see cref="InviteOkRetransmission.HandleDeadline"/> asks for.</summary>
public enum InviteOkAction : byte
{
    /// <summary>Nothing is due.</summary>
    None,

    /// <summary>Send the 2xx again.</summary>
    Retransmit,

    /// <summary>No ACK came within 64·T1: the dialog is confirmed, but the session should be ended with a BYE (§13.3.1.4).</summary>
    GiveUp,
}
