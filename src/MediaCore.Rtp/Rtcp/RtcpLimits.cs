namespace MediaCore.Rtp.Rtcp;

/// <summary>Bounds of what RTCP can make us read or write.</summary>
public static class RtcpLimits
{
    /// <summary>Bytes of the common header, RFC 3550 §6.4.1.</summary>
    public const int HeaderBytes = 4;

    /// <summary>Bytes of one report block, RFC 3550 §6.4.1.</summary>
    public const int ReportBlockBytes = 24;

    /// <summary>Most report blocks, chunks or sources in one packet: the count has five bits (RFC 3550 §6.4.1).</summary>
    public const int MaxCount = 31;

    /// <summary>Longest SDES item or BYE reason: its length has eight bits (RFC 3550 §6.5).</summary>
    public const int MaxTextBytes = 255;

    /// <summary>
    /// Most packets read from one compound. RFC 3550 sets none; a datagram of 65,507 bytes could hold 16,376 empty ones. Real compounds have
    /// two to five, so 64 leaves room and keeps one datagram from costing more than a microsecond or so.
    /// </summary>
    public const int MaxPacketsPerCompound = 64;
}
