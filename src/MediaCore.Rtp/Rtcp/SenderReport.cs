using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>An SR packet, RFC 3550 §6.4.1, as a view: sender information and report blocks.</summary>
public readonly ref struct SenderReport
{
    /// <summary>Bytes of SSRC and sender information in the body.</summary>
    public const int SenderInfoBytes = 24;

    private readonly ReadOnlySpan<byte> _blocks;

    private SenderReport(ReadOnlySpan<byte> body, int count)
    {
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        NtpTimestamp = BinaryPrimitives.ReadUInt64BigEndian(body[4..]);
        RtpTimestamp = BinaryPrimitives.ReadUInt32BigEndian(body[12..]);
        PacketCount = BinaryPrimitives.ReadUInt32BigEndian(body[16..]);
        OctetCount = BinaryPrimitives.ReadUInt32BigEndian(body[20..]);
        _blocks = body.Slice(SenderInfoBytes, count * RtcpLimits.ReportBlockBytes);
    }

    /// <summary>Who sent it.</summary>
    public uint Ssrc { get; }

    /// <summary>NTP time, 32.32 fixed point seconds since 1900.</summary>
    public ulong NtpTimestamp { get; }

    /// <summary>The middle 32 bits of <see cref="NtpTimestamp"/>, which a report block gives back as LSR.</summary>
    public uint NtpMiddle => (uint)(NtpTimestamp >> 16);

    /// <summary>The same instant in RTP timestamp units.</summary>
    public uint RtpTimestamp { get; }

    /// <summary>Packets sent so far.</summary>
    public uint PacketCount { get; }

    /// <summary>Payload octets sent so far.</summary>
    public uint OctetCount { get; }

    /// <summary>Number of report blocks, all of them present.</summary>
    public int BlockCount => _blocks.Length / RtcpLimits.ReportBlockBytes;

    /// <summary>A report block.</summary>
    public ReportBlock GetBlock(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)BlockCount, nameof(index));
        _ = ReportBlock.TryParse(_blocks[(index * RtcpLimits.ReportBlockBytes)..], out ReportBlock block);
        return block;
    }

    /// <summary>False when the packet is of another type or shorter than its count says.</summary>
    public static bool TryParse(RtcpPacket packet, out SenderReport report)
    {
        report = default;
        if (packet.Type != RtcpPacketType.SenderReport || packet.Body.Length < SenderInfoBytes + (packet.Count * RtcpLimits.ReportBlockBytes))
        {
            return false;
        }

        report = new SenderReport(packet.Body, packet.Count);
        return true;
    }
}
