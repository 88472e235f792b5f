using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MediaCore.Rtp.Packets;

/// <summary>
/// The fixed RTP header, RFC 3550 §5.1: writing one, changing one in place, and telling RTP from RTCP on a shared port. Nothing here keeps state or allocates.
/// </summary>
public static class RtpHeader
{
    /// <summary>Bytes of the fixed header, without CSRC list and extension.</summary>
    public const int MinBytes = 12;

    /// <summary>The only version there is, RFC 3550 §5.1.</summary>
    public const byte Version = 2;

    private const byte VersionBits = Version << 6;

    /// <summary>
    /// Writes a fixed header without padding, extension or CSRC list into the first <see cref="MinBytes"/> bytes of <paramref name="dest"/>.
    /// </summary>
    /// <param name="dest">At least <see cref="MinBytes"/> bytes.</param>
    /// <param name="pt">Payload type, 0–127; the top bit is dropped.</param>
    /// <param name="marker">The marker bit: for audio, the first packet after silence (RFC 3551 §4.1).</param>
    /// <param name="seq">Sequence number.</param>
    /// <param name="ts">RTP timestamp in units of the payload's clock.</param>
    /// <param name="ssrc">Synchronisation source.</param>
    public static void Write(Span<byte> dest, byte pt, bool marker, ushort seq, uint ts, uint ssrc)
    {
        BinaryPrimitives.WriteUInt32BigEndian(dest[8..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(dest[4..], ts);
        BinaryPrimitives.WriteUInt16BigEndian(dest[2..], seq);
        dest[1] = (byte)((pt & 0x7f) | (marker ? 0x80 : 0));
        dest[0] = VersionBits;
    }

    /// <summary>
    /// Whether a datagram on a port that carries both is RTCP, RFC 5761 §4: the second byte is a packet type of 192–223, which an RTP sender
    /// avoids by never using payload types 64–95. It looks at the first two bytes only; the RTCP parser still has to accept the rest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LooksLikeRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 2 && (datagram[0] & 0xc0) == VersionBits && (uint)(datagram[1] - 192) <= 31;

    /// <summary>
    /// Bytes of the header with CSRC list and extension, or −1 when this is no RTP packet or its header is longer than it. The payload is not looked at: it may be encrypted.
    /// </summary>
    public static int BytesOf(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < MinBytes || packet[0] >> 6 != Version)
        {
            return -1;
        }

        int bytes = MinBytes + ((packet[0] & 0x0f) * 4);
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < bytes + 4)
            {
                return -1;
            }

            bytes += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(bytes + 2)..]) * 4);
        }

        return bytes <= packet.Length ? bytes : -1;
    }

    /// <summary>Replaces the payload type and keeps the marker; the packet must hold a header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetPayloadType(Span<byte> packet, byte pt) => packet[1] = (byte)((packet[1] & 0x80) | (pt & 0x7f));
}
