using System.Buffers.Binary;
using MediaCore.Primitives;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// The STUN keep-alive of phones with outbound flows over UDP (RFC 5626 §4.4.2, §8): a Binding request on the SIP port is answered with the address it came
/// from (RFC 5389 §15.2), by which the phone sees that its NAT has not changed it. Nothing else of STUN is here.
/// </summary>
internal static class StunKeepAlive
{
    /// <summary>Longest answer: header, XOR-MAPPED-ADDRESS of IPv6.</summary>
    public const int MaxResponseBytes = HeaderBytes + 24;

    /// <summary>
    /// Longest request answered. Clients add at most SOFTWARE and FINGERPRINT; with the answer below 50 bytes, a spoofed sender gains little.
    /// </summary>
    public const int MaxRequestBytes = 548;

    private const int HeaderBytes = 20;
    private const uint MagicCookie = 0x2112A442;

    /// <summary>Whether a datagram is a Binding request: two zero bits, type 1, the cookie, and a length that is its own.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> datagram) =>
        datagram.Length is >= HeaderBytes and <= MaxRequestBytes
        && datagram[0] == 0 && datagram[1] == 1
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie
        && BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) == datagram.Length - HeaderBytes;

    /// <summary>Writes the success response; the bytes written.</summary>
    public static int WriteResponse(Span<byte> destination, ReadOnlySpan<byte> request, in NetworkEndpoint source)
    {
        // The transaction identifier and the cookie before it are the request's.
        request[..HeaderBytes].CopyTo(destination);
        destination[0] = 1;
        destination[1] = 1;
        Span<byte> attribute = destination[HeaderBytes..];
        int length = source.CopyAddressTo(attribute[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(8 + length));
        BinaryPrimitives.WriteUInt16BigEndian(attribute, 0x0020);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)(4 + length));
        attribute[4] = 0;
        attribute[5] = length == 16 ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteUInt16BigEndian(attribute[6..], (ushort)(source.Port ^ (MagicCookie >> 16)));
        for (int i = 0; i < length; i++)
        {
            // XOR with cookie and transaction identifier, which stand one after the other (§15.2).
            attribute[8 + i] ^= request[4 + i];
        }

        return HeaderBytes + 8 + length;
    }
}
