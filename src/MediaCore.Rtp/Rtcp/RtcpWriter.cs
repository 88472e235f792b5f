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

    /// <summary>Appends a packet that somebody else made, as it is: its header with the padding left out and its body.</summary>
    public bool TryWritePacket(RtcpPacket packet)
    {
        if ((packet.Body.Length & 3) != 0 || !TryReserve(packet.Type, packet.Count, RtcpLimits.HeaderBytes + packet.Body.Length, out Span<byte> destination))
        {
            return false;
        }

        packet.Body.CopyTo(destination[RtcpLimits.HeaderBytes..]);
        return true;
    }

    /// <summary>Appends an XR packet (RFC 3611) with those of its blocks that are given; false when there are none.</summary>
    /// <param name="ssrc">Our source.</param>
    /// <param name="metrics">VoIP metrics (§4.7).</param>
    /// <param name="referenceTime">NTP time of a Receiver Reference Time block (§4.4).</param>
    /// <param name="delay">A DLRR block of one receiver (§4.5): its SSRC, LRR, DLRR.</param>
    public bool TryWriteExtendedReport(uint ssrc, VoipMetrics? metrics, ulong? referenceTime, (uint Receiver, uint LastReport, uint Delay)? delay)
    {
        int length = (metrics is null ? 0 : 4 + VoipMetrics.ContentBytes) + (referenceTime is null ? 0 : 12) + (delay is null ? 0 : 16);
        if (length == 0 || !TryReserve(RtcpPacketType.ExtendedReport, 0, RtcpLimits.HeaderBytes + 4 + length, out Span<byte> packet))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        Span<byte> rest = packet[8..];
        if (referenceTime is { } time)
        {
            BeginBlock(rest, XrBlockType.ReceiverReferenceTime, 8);
            BinaryPrimitives.WriteUInt64BigEndian(rest[4..], time);
            rest = rest[12..];
        }

        if (delay is { } since)
        {
            BeginBlock(rest, XrBlockType.DelaySinceLastReceiverReport, 12);
            BinaryPrimitives.WriteUInt32BigEndian(rest[4..], since.Receiver);
            BinaryPrimitives.WriteUInt32BigEndian(rest[8..], since.LastReport);
            BinaryPrimitives.WriteUInt32BigEndian(rest[12..], since.Delay);
            rest = rest[16..];
        }

        if (metrics is { } voip)
        {
            BeginBlock(rest, XrBlockType.VoipMetrics, VoipMetrics.ContentBytes);
            voip.Write(rest[4..]);
        }

        return true;
    }

    private static void BeginBlock(Span<byte> block, XrBlockType type, int contentBytes)
    {
        block[0] = (byte)type;
        block[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(block[2..], (ushort)(contentBytes / 4));
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
