using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>
/// Writes a compound RTCP datagram into a caller's buffer, RFC 3550 §6.1: begin with <see cref="TryWriteSenderReport"/> or
/// <see cref="TryWriteReceiverReport"/>, then <see cref="TryWriteCname"/>, then <see cref="TryWriteBye"/> when leaving. A part that does not fit
/// writes nothing and returns false.
/// </summary>
public ref struct RtcpWriter
{
    private readonly Span<byte> _destination;

    /// <summary>Writes from the start of <paramref name="destination"/>.</summary>
    public RtcpWriter(Span<byte> destination)
    {
        _destination = destination;
        Length = 0;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Appends an SR. Blocks past <see cref="RtcpLimits.MaxCount"/> do not fit.</summary>
    /// <param name="ssrc">Our source.</param>
    /// <param name="ntpTimestamp">Wall-clock time, 32.32 seconds since 1900.</param>
    /// <param name="rtpTimestamp">The same instant on our RTP clock.</param>
    /// <param name="packetCount">Packets sent since the start, modulo 2³².</param>
    /// <param name="octetCount">Payload octets sent since the start, modulo 2³².</param>
    /// <param name="blocks">What we heard from others.</param>
    public bool TryWriteSenderReport(uint ssrc, ulong ntpTimestamp, uint rtpTimestamp, uint packetCount, uint octetCount, scoped ReadOnlySpan<ReportBlock> blocks)
    {
        int length = RtcpLimits.HeaderBytes + SenderReport.SenderInfoBytes + (blocks.Length * RtcpLimits.ReportBlockBytes);
        if (blocks.Length > RtcpLimits.MaxCount || !TryReserve(RtcpPacketType.SenderReport, blocks.Length, length, out Span<byte> packet))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(packet[8..], ntpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], rtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[20..], packetCount);
        BinaryPrimitives.WriteUInt32BigEndian(packet[24..], octetCount);
        WriteBlocks(packet[28..], blocks);
        return true;
    }

    /// <summary>Appends an RR; no blocks make the empty RR that has to open a compound of someone who heard nothing.</summary>
    public bool TryWriteReceiverReport(uint ssrc, scoped ReadOnlySpan<ReportBlock> blocks)
    {
        int length = RtcpLimits.HeaderBytes + 4 + (blocks.Length * RtcpLimits.ReportBlockBytes);
        if (blocks.Length > RtcpLimits.MaxCount || !TryReserve(RtcpPacketType.ReceiverReport, blocks.Length, length, out Span<byte> packet))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        WriteBlocks(packet[8..], blocks);
        return true;
    }

    /// <summary>Appends an SDES of one chunk with a CNAME of at most 255 bytes (§6.5.1); every compound has to carry one.</summary>
    public bool TryWriteCname(uint ssrc, scoped ReadOnlySpan<byte> cname)
    {
        // Header, SSRC, item type and length, text, then one to four zero bytes.
        int length = (RtcpLimits.HeaderBytes + 4 + 2 + cname.Length + 4) & ~3;
        if (cname.Length > RtcpLimits.MaxTextBytes || !TryReserve(RtcpPacketType.SourceDescription, 1, length, out Span<byte> packet))
        {
            return false;
        }

        packet[4..].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        packet[8] = 1;
        packet[9] = (byte)cname.Length;
        cname.CopyTo(packet[10..]);
        return true;
    }

    /// <summary>Appends a BYE of one source, with a reason of at most 255 bytes or none.</summary>
    public bool TryWriteBye(uint ssrc, scoped ReadOnlySpan<byte> reason = default)
    {
        int length = RtcpLimits.HeaderBytes + 4 + (reason.IsEmpty ? 0 : (1 + reason.Length + 3) & ~3);
        if (reason.Length > RtcpLimits.MaxTextBytes || !TryReserve(RtcpPacketType.Goodbye, 1, length, out Span<byte> packet))
        {
            return false;
        }

        packet[4..].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        if (!reason.IsEmpty)
        {
            packet[8] = (byte)reason.Length;
            reason.CopyTo(packet[9..]);
        }

        return true;
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<ReportBlock> blocks)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i].Write(destination[(i * RtcpLimits.ReportBlockBytes)..]);
        }
    }

    private bool TryReserve(RtcpPacketType type, int count, int length, out Span<byte> packet)
    {
        packet = default;
        if (length > _destination.Length - Length)
        {
            return false;
        }

        packet = _destination.Slice(Length, length);
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((length / 4) - 1));
        Length += length;
        return true;
    }
}
