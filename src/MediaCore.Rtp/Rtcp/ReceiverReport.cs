using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>An RR packet, RFC 3550 §6.4.2, as a view.</summary>
public readonly ref struct ReceiverReport
{
    private readonly ReadOnlySpan<byte> _blocks;

    private ReceiverReport(ReadOnlySpan<byte> body, int count)
    {
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        _blocks = body.Slice(4, count * RtcpLimits.ReportBlockBytes);
    }

    /// <summary>Who sent it.</summary>
    public uint Ssrc { get; }

    /// <summary>Number of report blocks, all of them present; 0 in the empty RR that only opens a compound.</summary>
    public int BlockCount => _blocks.Length / RtcpLimits.ReportBlockBytes;

    /// <summary>A report block.</summary>
    public ReportBlock GetBlock(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)BlockCount, nameof(index));
        _ = ReportBlock.TryParse(_blocks[(index * RtcpLimits.ReportBlockBytes)..], out ReportBlock block);
        return block;
    }

    /// <summary>False when the packet is of another type or shorter than its count says.</summary>
    public static bool TryParse(RtcpPacket packet, out ReceiverReport report)
    {
        report = default;
        if (packet.Type != RtcpPacketType.ReceiverReport || packet.Body.Length < 4 + (packet.Count * RtcpLimits.ReportBlockBytes))
        {
            return false;
        }

        report = new ReceiverReport(packet.Body, packet.Count);
        return true;
    }
}
