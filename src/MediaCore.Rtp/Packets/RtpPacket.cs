using System.Buffers.Binary;

namespace MediaCore.Rtp.Packets;

/// <summary>
/// An RTP packet seen in place, RFC 3550 §5.1 with the header extension of §5.3.1. It is a view on the datagram: nothing is copied and no
/// length in the packet is believed before it was compared with the bytes that are there.
/// </summary>
public readonly ref struct RtpPacket
{
    private readonly ReadOnlySpan<byte> _datagram;
    private readonly int _payloadLength;
    private readonly int _extensionStart;

    private RtpPacket(ReadOnlySpan<byte> datagram, int headerLength, int payloadLength, int extensionStart)
    {
        _datagram = datagram;
        HeaderLength = headerLength;
        _payloadLength = payloadLength;
        _extensionStart = extensionStart;
    }

    /// <summary>Always 2 in a packet that parsed.</summary>
    public byte Version => (byte)(_datagram[0] >> 6);

    /// <summary>Whether the P bit was set; the padding is already left out of <see cref="Payload"/>.</summary>
    public bool Padding => (_datagram[0] & 0x20) != 0;

    /// <summary>Whether a header extension is there.</summary>
    public bool HasExtension => (_datagram[0] & 0x10) != 0;

    /// <summary>The marker bit.</summary>
    public bool Marker => (_datagram[1] & 0x80) != 0;

    /// <summary>Payload type, 0–127.</summary>
    public byte PayloadType => (byte)(_datagram[1] & 0x7f);

    /// <summary>Sequence number.</summary>
    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_datagram[2..]);

    /// <summary>RTP timestamp in units of the payload's clock.</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_datagram[4..]);

    /// <summary>Synchronisation source.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_datagram[8..]);

    /// <summary>Number of contributing sources, 0–15.</summary>
    public int CsrcCount => _datagram[0] & 0x0f;

    /// <summary>Bytes before the payload: fixed header, CSRC list, extension.</summary>
    public int HeaderLength { get; }

    /// <summary>The payload without padding; may be empty.</summary>
    public ReadOnlySpan<byte> Payload => _datagram.Slice(HeaderLength, _payloadLength);

    /// <summary>The 16 bits that name the extension's profile (0xBEDE for RFC 8285 one-byte elements), 0 without an extension.</summary>
    public ushort ExtensionProfile => HasExtension ? BinaryPrimitives.ReadUInt16BigEndian(_datagram[_extensionStart..]) : (ushort)0;

    /// <summary>The extension's words after its four-byte header; empty without an extension.</summary>
    public ReadOnlySpan<byte> Extension => HasExtension ? _datagram[(_extensionStart + 4)..HeaderLength] : default;

    /// <summary>A contributing source.</summary>
    /// <param name="index">0 to <see cref="CsrcCount"/> − 1.</param>
    public uint GetCsrc(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)CsrcCount, nameof(index));
        return BinaryPrimitives.ReadUInt32BigEndian(_datagram[(RtpHeader.MinBytes + (index * 4))..]);
    }

    /// <summary>
    /// Looks at a datagram. False (and an unusable <paramref name="p"/>) when it is no RTP packet: another version, shorter than its fixed header,
    /// its CSRC list or its extension, or padding that is empty or longer than what follows the header (the checks of RFC 3550 §A.1 that need no session).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket p)
    {
        p = default;
        if (datagram.Length < RtpHeader.MinBytes || (datagram[0] >> 6) != RtpHeader.Version)
        {
            return false;
        }

        int extensionStart = RtpHeader.MinBytes + ((datagram[0] & 0x0f) * 4);
        int headerLength = extensionStart;
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < extensionStart + 4)
            {
                return false;
            }

            headerLength += 4 + (BinaryPrimitives.ReadUInt16BigEndian(datagram[(extensionStart + 2)..]) * 4);
        }

        int payloadLength = datagram.Length - headerLength;
        if (payloadLength < 0)
        {
            return false;
        }

        if ((datagram[0] & 0x20) != 0)
        {
            // The last byte counts the padding, itself included, so 0 cannot be; with no payload bytes at all there is no last byte to read.
            int padding = payloadLength == 0 ? 0 : datagram[^1];
            if (padding == 0 || padding > payloadLength)
            {
                return false;
            }

            payloadLength -= padding;
        }

        p = new RtpPacket(datagram, headerLength, payloadLength, extensionStart);
        return true;
    }
}
