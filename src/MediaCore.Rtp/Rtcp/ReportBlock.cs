using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>One report block of an SR or RR, RFC 3550 §6.4.1.</summary>
/// <param name="Ssrc">The source that the report is about.</param>
/// <param name="FractionLost">Loss since the previous report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the start, a signed number of 24 bits on the wire.</param>
/// <param name="ExtendedHighestSequence">Highest sequence number with its count of wraps in the upper half.</param>
/// <param name="Jitter">Interarrival jitter in RTP timestamp units.</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP time in the last SR from this source; 0 when none came.</param>
/// <param name="DelaySinceLastSenderReport">Delay since that SR came, in 1/65536 s.</param>
public readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint ExtendedHighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    private const int MaxCumulativeLost = 0x7f_ffff;
    private const int MinCumulativeLost = -0x80_0000;

    /// <summary>Reads one block; false when fewer than <see cref="RtcpLimits.ReportBlockBytes"/> bytes are there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> source, out ReportBlock block)
    {
        block = default;
        if (source.Length < RtcpLimits.ReportBlockBytes)
        {
            return false;
        }

        uint loss = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        block = new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(source),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(source[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[20..]));
        return true;
    }

    /// <summary>Writes <see cref="RtcpLimits.ReportBlockBytes"/> bytes; the cumulative loss is clamped to its 24 bits as RFC 3550 §A.3 says.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], DelaySinceLastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ExtendedHighestSequence);
        int lost = Math.Clamp(CumulativeLost, MinCumulativeLost, MaxCumulativeLost);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ((uint)FractionLost << 24) | ((uint)lost & 0xff_ffff));
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ssrc);
    }

    /// <summary>Longest round trip believed; a satellite hop is 0.6 s, so a minute is only ever a forged or broken report.</summary>
    public static TimeSpan MaxRoundTrip { get; } = TimeSpan.FromMinutes(1);
}
