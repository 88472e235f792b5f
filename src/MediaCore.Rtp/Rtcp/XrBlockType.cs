namespace MediaCore.Rtp.Rtcp;

/// <summary>Block types of an XR packet, RFC 3611 §4. Other values reach the reader as they are.</summary>
public enum XrBlockType : byte
{
    /// <summary>No block type.</summary>
    None = 0,

    /// <summary>RFC 3611 §4.1.</summary>
    LossRle = 1,

    /// <summary>RFC 3611 §4.2.</summary>
    DuplicateRle = 2,

    /// <summary>RFC 3611 §4.3.</summary>
    PacketReceiptTimes = 3,

    /// <summary>RFC 3611 §4.4.</summary>
    ReceiverReferenceTime = 4,

    /// <summary>RFC 3611 §4.5.</summary>
    DelaySinceLastReceiverReport = 5,

    /// <summary>RFC 3611 §4.6.</summary>
    StatisticsSummary = 6,

    /// <summary>RFC 3611 §4.7.</summary>
    VoipMetrics = 7,
}
