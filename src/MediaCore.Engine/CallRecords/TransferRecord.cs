namespace MediaCore.Engine.CallRecords;

/// <summary>How a call came to another party.</summary>
public enum TransferKind : byte
{
    /// <summary>REFER to a number (RFC 3515).</summary>
    Blind,

    /// <summary>REFER to another call of the one who transfers (Replaces in Refer-To, RFC 3891).</summary>
    Attended,

    /// <summary>An INVITE with Replaces took the place of a party (RFC 3891).</summary>
    Replaced,
}

/// <summary>One transfer of a call.</summary>
public sealed record TransferRecord
{
    /// <summary>When it was decided.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What kind.</summary>
    public TransferKind Kind { get; init; }

    /// <summary><see cref="LegRecord.LegId"/> of the party that transferred, or was replaced.</summary>
    public string By { get; init; } = "";

    /// <summary>What the call was transferred to: user part of Refer-To, or the replacing party's leg.</summary>
    public string To { get; init; } = "";

    /// <summary>Final SIP status of the attempt; 200 when the call is with the new party.</summary>
    public int Status { get; init; }
}
