using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>The CNAME items of an SDES packet, RFC 3550 §6.5: walk the chunks with <see cref="TryReadNext"/>.</summary>
public ref struct Sdes
{
    private const byte ItemEnd = 0;
    private const byte ItemCname = 1;

    private ReadOnlySpan<byte> _rest;
    private int _chunksLeft;

    private Sdes(ReadOnlySpan<byte> body, int chunks)
    {
        _rest = body;
        _chunksLeft = chunks;
        IsMalformed = false;
    }

    /// <summary>Whether a chunk ran past the packet.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False when the packet is of another type. The chunks are checked as they are read.</summary>
    public static bool TryParse(RtcpPacket packet, out Sdes sdes)
    {
        sdes = packet.Type == RtcpPacketType.SourceDescription ? new Sdes(packet.Body, packet.Count) : default;
        return packet.Type == RtcpPacketType.SourceDescription;
    }

    /// <summary>Reads the next chunk; the CNAME is empty when the chunk has none. False at the end and at a malformed chunk.</summary>
    public bool TryReadNext(out uint ssrc, out ReadOnlySpan<byte> cname)
    {
        ssrc = 0;
        cname = default;
        if (_chunksLeft == 0 || IsMalformed)
        {
            return false;
        }

        _chunksLeft--;
        if (_rest.Length < 4)
        {
            return Fail(out ssrc, out cname);
        }

        ssrc = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        int at = 4;
        while (true)
        {
            if (at >= _rest.Length)
            {
                return Fail(out ssrc, out cname);
            }

            byte item = _rest[at];
            if (item == ItemEnd)
            {
                // The list ends with one to four zero bytes up to the next word, counted from the chunk's start, which is aligned itself.
                int next = (at + 4) & ~3;
                if (next > _rest.Length)
                {
                    return Fail(out ssrc, out cname);
                }

                _rest = _rest[next..];
                return true;
            }

            if (at + 2 > _rest.Length || at + 2 + _rest[at + 1] > _rest.Length)
            {
                return Fail(out ssrc, out cname);
            }

            if (item == ItemCname)
            {
                cname = _rest.Slice(at + 2, _rest[at + 1]);
            }

            at += 2 + _rest[at + 1];
        }
    }

    private bool Fail(out uint ssrc, out ReadOnlySpan<byte> cname)
    {
        ssrc = 0;
        cname = default;
        IsMalformed = true;
        return false;
    }
}
