using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>
/// A BYE packet, RFC 3550 §6.6. It is only ever a hint: anyone who can reach the port can forge one, so a call never ends because of it.
/// </summary>
public readonly ref struct Bye
{
    private readonly ReadOnlySpan<byte> _sources;

    private Bye(ReadOnlySpan<byte> sources, ReadOnlySpan<byte> reason)
    {
        _sources = sources;
        Reason = reason;
    }

    /// <summary>Number of sources that leave, all of them present.</summary>
    public int SourceCount => _sources.Length / 4;

    /// <summary>Why, as UTF-8 of at most 255 bytes that nobody checked; empty when not given.</summary>
    public ReadOnlySpan<byte> Reason { get; }

    /// <summary>A leaving source.</summary>
    public uint GetSource(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SourceCount, nameof(index));
        return BinaryPrimitives.ReadUInt32BigEndian(_sources[(index * 4)..]);
    }

    /// <summary>False when the packet is of another type or shorter than its count or its reason's length says.</summary>
    public static bool TryParse(RtcpPacket packet, out Bye bye)
    {
        bye = default;
        int sources = packet.Count * 4;
        if (packet.Type != RtcpPacketType.Goodbye || packet.Body.Length < sources)
        {
            return false;
        }

        ReadOnlySpan<byte> tail = packet.Body[sources..];
        if (!tail.IsEmpty && tail[0] > tail.Length - 1)
        {
            return false;
        }

        bye = new Bye(packet.Body[..sources], tail.IsEmpty ? default : tail.Slice(1, tail[0]));
        return true;
    }
}
