using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>
/// The blocks of an XR packet, RFC 3611 §2 and §3: walk them with <see cref="TryReadNext"/>, which does not believe their lengths. At most one block per four bytes of
/// the packet can be there, so the walk is bounded by the datagram.
/// </summary>
public ref struct ExtendedReport
{
    private ReadOnlySpan<byte> _rest;

    private ExtendedReport(ReadOnlySpan<byte> body)
    {
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        _rest = body[4..];
        Block = default;
        Type = XrBlockType.None;
        IsMalformed = false;
    }

    /// <summary>Who sent it.</summary>
    public uint Ssrc { get; }

    /// <summary>Type of the block that was read last.</summary>
    public XrBlockType Type { get; private set; }

    /// <summary>What follows that block's four-byte header.</summary>
    public ReadOnlySpan<byte> Block { get; private set; }

    /// <summary>Whether a block ran past the packet.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False when the packet is of another type or has no SSRC.</summary>
    public static bool TryParse(RtcpPacket packet, out ExtendedReport report)
    {
        bool isReport = packet.Type == RtcpPacketType.ExtendedReport && packet.Body.Length >= 4;
        report = isReport ? new ExtendedReport(packet.Body) : default;
        return isReport;
    }

    /// <summary>Reads the next block; false at the end and at a malformed one.</summary>
    public bool TryReadNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < 4)
        {
            return Fail();
        }

        int length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1);
        if (length > _rest.Length)
        {
            return Fail();
        }

        Type = (XrBlockType)_rest[0];
        Block = _rest[4..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>The reference time of an RRTR block (RFC 3611 §4.4).</summary>
    public readonly bool TryGetReferenceTime(out ulong ntpTimestamp)
    {
        bool found = Type == XrBlockType.ReceiverReferenceTime && Block.Length == 8;
        ntpTimestamp = found ? BinaryPrimitives.ReadUInt64BigEndian(Block) : 0;
        return found;
    }

    /// <summary>What a DLRR block says to one receiver (RFC 3611 §4.5): LRR and DLRR.</summary>
    public readonly bool TryGetDelay(uint receiver, out uint lastReceiverReport, out uint delay)
    {
        if (Type == XrBlockType.DelaySinceLastReceiverReport)
        {
            for (ReadOnlySpan<byte> sub = Block; sub.Length >= 12; sub = sub[12..])
            {
                if (BinaryPrimitives.ReadUInt32BigEndian(sub) == receiver)
                {
                    lastReceiverReport = BinaryPrimitives.ReadUInt32BigEndian(sub[4..]);
                    delay = BinaryPrimitives.ReadUInt32BigEndian(sub[8..]);
                    return true;
                }
            }
        }

        lastReceiverReport = delay = 0;
        return false;
    }

    private bool Fail()
    {
        _rest = default;
        Block = default;
        Type = XrBlockType.None;
        IsMalformed = true;
        return false;
    }
}
