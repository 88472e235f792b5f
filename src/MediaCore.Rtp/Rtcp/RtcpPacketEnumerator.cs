using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>
/// Walks a compound RTCP datagram, RFC 3550 §6.1, without believing its lengths: a packet that says it is longer than the datagram ends the walk with
/// <see cref="IsMalformed"/> set. Use with <c>foreach</c> or with <see cref="MoveNext"/>. At most <see cref="RtcpLimits.MaxPacketsPerCompound"/> packets are read.
/// </summary>
public ref struct RtcpPacketEnumerator
{
    private ReadOnlySpan<byte> _rest;
    private RtcpPacket _current;
    private int _packets;

    /// <summary>Over one datagram, already decrypted.</summary>
    public RtcpPacketEnumerator(ReadOnlySpan<byte> datagram)
    {
        _rest = datagram;
        _current = default;
        _packets = 0;
        IsMalformed = false;
    }

    /// <summary>Whether the walk ended because of something no RTCP sender writes. What came before it was well formed.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The packet that the last <see cref="MoveNext"/> found.</summary>
    public readonly RtcpPacket Current => _current;

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RtcpPacketEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next packet; false at the end of the datagram, at a malformed packet and at the bound.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        // RFC 3550 §A.2: version 2 in every packet and lengths that add up to the datagram.
        if (_rest.Length < RtcpLimits.HeaderBytes || (_rest[0] >> 6) != 2 || _packets == RtcpLimits.MaxPacketsPerCompound)
        {
            return Fail();
        }

        int length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1);
        if (length > _rest.Length)
        {
            return Fail();
        }

        int bodyLength = length - RtcpLimits.HeaderBytes;
        if ((_rest[0] & 0x20) != 0)
        {
            // Padding only stands in the last packet (§6.4.1) and is a multiple of four.
            int padding = bodyLength == 0 ? 0 : _rest[length - 1];
            if (length != _rest.Length || padding == 0 || (padding & 3) != 0 || padding > bodyLength)
            {
                return Fail();
            }

            bodyLength -= padding;
        }

        _current = new RtcpPacket((RtcpPacketType)_rest[1], _rest[0] & 0x1f, _rest.Slice(RtcpLimits.HeaderBytes, bodyLength));
        _rest = _rest[length..];
        _packets++;
        return true;
    }

    private bool Fail()
    {
        _rest = default;
        _current = default;
        IsMalformed = true;
        return false;
    }
}
