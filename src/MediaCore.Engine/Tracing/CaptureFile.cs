using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tracing;

/// <summary>
/// Writes a trace as a capture (pcapng, draft-ietf-opsawg-pcapng) of raw IP packets: each message in one UDP datagram between the addresses that it went by, whatever its transport
/// was; that stands in the packet's comment. The checksums are right.
/// </summary>
public static class CaptureFile
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const ushort LinkTypeRaw = 101;
    private const ushort OptionEnd = 0;
    private const ushort OptionComment = 1;
    private const int Ipv4HeaderBytes = 20;
    private const int Ipv6HeaderBytes = 40;
    private const int UdpHeaderBytes = 8;
    private const byte UdpProtocol = 17;

    /// <summary>Writes a whole capture.</summary>
    public static byte[] Write(CallTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArrayBufferWriter<byte> output = new();
        byte[] section = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(section, 0x1A2B3C4D);
        BinaryPrimitives.WriteUInt16LittleEndian(section.AsSpan(4), 1);
        BinaryPrimitives.WriteInt64LittleEndian(section.AsSpan(8), -1);
        WriteBlock(output, SectionHeader, section);
        byte[] description = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(description, LinkTypeRaw);
        WriteBlock(output, InterfaceDescription, description);
        foreach (TracedMessage message in trace.Messages)
        {
            WritePacket(output, trace.CallId, message);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WritePacket(ArrayBufferWriter<byte> output, string callId, TracedMessage message)
    {
        byte[] packet = MakePacket(message);
        byte[] comment = Encoding.UTF8.GetBytes($"{callId}-{message.LegIndex} {(message.IsSent ? "sent" : "received")} by {message.Transport}");
        byte[] body = new byte[20 + Pad(packet.Length) + 4 + Pad(comment.Length) + 4];
        ulong microseconds = (ulong)((message.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(4), (uint)(microseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), (uint)microseconds);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(12), packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(16), packet.Length);
        packet.CopyTo(body, 20);
        Span<byte> options = body.AsSpan(20 + Pad(packet.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(options, OptionComment);
        BinaryPrimitives.WriteUInt16LittleEndian(options[2..], (ushort)comment.Length);
        comment.CopyTo(options[4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(options[(4 + Pad(comment.Length))..], OptionEnd);
        WriteBlock(output, EnhancedPacket, body);
    }

    private static byte[] MakePacket(TracedMessage message)
    {
        (NetworkEndpoint from, NetworkEndpoint to) = message.IsSent ? (message.Local, message.Remote) : (message.Remote, message.Local);
        byte[] source = from.ToIPAddress().GetAddressBytes();
        byte[] destination = to.ToIPAddress().GetAddressBytes();
        bool isIpv6 = source.Length == 16;
        int header = isIpv6 ? Ipv6HeaderBytes : Ipv4HeaderBytes;
        int length = UdpHeaderBytes + message.Bytes.Length;
        byte[] packet = new byte[header + length];
        Span<byte> udp = packet.AsSpan(header);
        BinaryPrimitives.WriteUInt16BigEndian(udp, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)length);
        message.Bytes.CopyTo(udp[UdpHeaderBytes..]);

        // RFC 768: the sum goes over the addresses, the protocol and the length as well.
        uint sum = Sum(source) + Sum(destination) + UdpProtocol + (uint)length + Sum(udp);
        ushort checksum = Fold(sum);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xffff : checksum);
        if (isIpv6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)length);
            packet[6] = UdpProtocol;
            packet[7] = 64;
            source.CopyTo(packet, 8);
            destination.CopyTo(packet, 24);
        }
        else
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            packet[8] = 64;
            packet[9] = UdpProtocol;
            source.CopyTo(packet, 12);
            destination.CopyTo(packet, 16);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Fold(Sum(packet.AsSpan(0, Ipv4HeaderBytes))));
        }

        return packet;
    }

    private static void WriteBlock(ArrayBufferWriter<byte> output, uint type, ReadOnlySpan<byte> body)
    {
        int length = 12 + body.Length;
        Span<byte> block = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        body.CopyTo(block[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(block[(length - 4)..], length);
        output.Advance(length);
    }

    private static int Pad(int length) => (length + 3) & ~3;

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        }

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
