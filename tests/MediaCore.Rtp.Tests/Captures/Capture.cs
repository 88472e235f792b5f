using System.Buffers.Binary;
using MediaCore.Primitives;

namespace MediaCore.Rtp.Tests.Captures;

/// <summary>UDP datagrams of a classic pcap file over Ethernet, Linux cooked, null or raw links: just enough to replay the captures in the shared data.</summary>
internal static class Capture
{
    public static List<CapturedDatagram> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(file);
        bool nanoseconds = magic is 0xa1b23c4d or 0x4d3cb2a1;
        bool little = magic is 0xa1b2c3d4 or 0xa1b23c4d;
        Assert.True(little || magic is 0xd4c3b2a1 or 0x4d3cb2a1, $"{path} is no classic pcap file.");
        uint link = Word(file, 20, little);
        List<CapturedDatagram> datagrams = [];
        for (int at = 24; at + 16 <= file.Length;)
        {
            long seconds = Word(file, at, little);
            long fraction = Word(file, at + 4, little);
            int length = (int)Word(file, at + 8, little);
            ReadOnlySpan<byte> frame = file.AsSpan(at + 16, Math.Min(length, file.Length - at - 16));
            at += 16 + length;
            Timestamp time = new((seconds * 1_000_000_000) + (fraction * (nanoseconds ? 1 : 1000)));
            int header = link switch { 0 => 4, 1 => EthernetHeader(frame), 101 => 0, 113 => 16, _ => throw new InvalidDataException($"Link type {link}.") };
            if (frame.Length > header + 28 && (frame[header] >> 4) == 4 && frame[header + 9] == 17)
            {
                ReadOnlySpan<byte> udp = frame[(header + ((frame[header] & 15) * 4))..];
                int udpLength = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(udp[4..]), udp.Length);
                ushort port = BinaryPrimitives.ReadUInt16BigEndian(udp);
                datagrams.Add(new CapturedDatagram(time, NetworkEndpoint.FromBytes(frame.Slice(header + 12, 4), port), udp[8..udpLength].ToArray()));
            }
        }

        return datagrams;
    }

    private static int EthernetHeader(ReadOnlySpan<byte> frame) => frame.Length > 18 && frame[12] == 0x81 && frame[13] == 0 ? 18 : 14;

    private static uint Word(byte[] file, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
}
