using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>One packet of a compound, as a view on the datagram: its header fields and its body without padding.</summary>
public readonly ref struct RtcpPacket
{
    internal RtcpPacket(RtcpPacketType type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    /// <summary>Packet type.</summary>
    public RtcpPacketType Type { get; }

    /// <summary>The five bits after the padding bit: report blocks, chunks, sources or a feedback format. What the sender claims, not what is there.</summary>
    public int Count { get; }

    /// <summary>What follows the four-byte common header, padding left out.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>
    /// The first word of the body, which is the sender's SSRC in every type but SDES and BYE, where it is the first source's. 0 without a body.
    /// </summary>
    public uint Ssrc => Body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(Body) : 0;
}
