using System.Runtime.InteropServices;
using MediaCore.Audio.Opus;

namespace MediaCore.Audio.Tests.Opus;

public sealed unsafe partial class OpusPacketTests
{
    // RFC 6716 table 2, by configuration: milliseconds, mode, bandwidth.
    private static readonly (double Milliseconds, OpusMode Mode, OpusBandwidth Bandwidth)[] s_table =
    [
        .. Rows(OpusMode.Silk, OpusBandwidth.Narrow, 10, 20, 40, 60),
        .. Rows(OpusMode.Silk, OpusBandwidth.Medium, 10, 20, 40, 60),
        .. Rows(OpusMode.Silk, OpusBandwidth.Wide, 10, 20, 40, 60),
        .. Rows(OpusMode.Hybrid, OpusBandwidth.SuperWide, 10, 20),
        .. Rows(OpusMode.Hybrid, OpusBandwidth.Full, 10, 20),
        .. Rows(OpusMode.Celt, OpusBandwidth.Narrow, 2.5, 5, 10, 20),
        .. Rows(OpusMode.Celt, OpusBandwidth.Wide, 2.5, 5, 10, 20),
        .. Rows(OpusMode.Celt, OpusBandwidth.SuperWide, 2.5, 5, 10, 20),
        .. Rows(OpusMode.Celt, OpusBandwidth.Full, 2.5, 5, 10, 20),
    ];

    [Fact]
    public void EveryToc_IsReadAsTheTableSays()
    {
        for (int toc = 0; toc < 256; toc++)
        {
            int count = (toc & 3) switch { 0 => 1, 3 => 1, _ => 2 };
            byte[] payload = (toc & 3) switch { 2 => [(byte)toc, 1, 0, 0], 3 => [(byte)toc, 1, 0], _ => [(byte)toc, 0, 0] };
            Assert.True(OpusPacket.TryParse(payload, out OpusPacket packet, out OpusPacketError error), $"{toc}: {error}");
            (double milliseconds, OpusMode mode, OpusBandwidth bandwidth) = s_table[toc >> 3];
            Assert.Equal((toc >> 3, mode, bandwidth), (packet.Configuration, packet.Mode, packet.Bandwidth));
            Assert.Equal((int)(milliseconds * 48), packet.FrameUnits);
            Assert.Equal(count, packet.FrameCount);
            Assert.Equal((int)(milliseconds * 48) * count, packet.Units);
            Assert.Equal((int)(milliseconds * 8) * count, packet.SamplesAt(8000));
            Assert.Equal((toc & 4) == 0 ? 1 : 2, packet.Channels);
        }
    }

    [Theory]
    [InlineData("", OpusPacketError.Empty)]
    [InlineData("010000", OpusPacketError.None)]
    [InlineData("0100", OpusPacketError.UnevenFrames)]
    [InlineData("02", OpusPacketError.FrameLength)]
    [InlineData("02fc", OpusPacketError.FrameLength)]
    [InlineData("020200", OpusPacketError.FrameLength)]
    [InlineData("020100", OpusPacketError.None)]
    [InlineData("03", OpusPacketError.FrameCount)]
    [InlineData("0300", OpusPacketError.FrameCount)]
    [InlineData("030c", OpusPacketError.None)]
    [InlineData("030d", OpusPacketError.FrameCount)]
    [InlineData("0302000000", OpusPacketError.UnevenFrames)]
    [InlineData("0341", OpusPacketError.Padding)]
    [InlineData("0341ff", OpusPacketError.Padding)]
    [InlineData("034101", OpusPacketError.Padding)]
    [InlineData("03410100", OpusPacketError.None)]
    [InlineData("038205", OpusPacketError.FrameLength)]
    [InlineData("03c2010100", OpusPacketError.FrameLength)]
    [InlineData("03c201010000", OpusPacketError.None)]
    public void MalformedPackets_AreToldByTheirRule(string hex, OpusPacketError expected)
    {
        Assert.Equal(expected == OpusPacketError.None, OpusPacket.TryParse(Convert.FromHexString(hex), out _, out OpusPacketError error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(0, 1276, OpusPacketError.None)]
    [InlineData(0, 1277, OpusPacketError.FrameTooLong)]
    [InlineData(1, 2551, OpusPacketError.None)]
    [InlineData(1, 2553, OpusPacketError.FrameTooLong)]
    [InlineData(0, 8193, OpusPacketError.TooLong)]
    public void LongFrames_AreRefused(byte toc, int bytes, OpusPacketError expected)
    {
        byte[] payload = new byte[bytes];
        payload[0] = toc;
        Assert.Equal(expected == OpusPacketError.None, OpusPacket.TryParse(payload, out _, out OpusPacketError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void RandomPackets_AreJudgedAsLibopusJudgesThem()
    {
        Random random = new(6716);
        byte[] buffer = new byte[3000];
        Span<Range> ranges = stackalloc Range[OpusLimits.MaxFrames];
        byte** frames = stackalloc byte*[48];
        short* sizes = stackalloc short[48];
        int good = 0;
        int bad = 0;
        for (int round = 0; round < 60_000; round++)
        {
            Span<byte> payload = buffer.AsSpan(0, random.Next(4) == 0 ? random.Next(1, buffer.Length) : random.Next(1, 60));
            random.NextBytes(payload);
            if (random.Next(3) > 0)
            {
                payload[0] |= 3;
                if (payload.Length > 1 && random.Next(2) == 0)
                {
                    payload[1] = (byte)((payload[1] & 0xc0) | random.Next(1, 7));
                }
            }

            bool ours = OpusPacket.TryReadFrames(payload, ranges, out OpusPacket packet);
            byte toc;
            int theirs;
            fixed (byte* start = payload)
            {
                theirs = opus_packet_parse(start, payload.Length, &toc, frames, sizes, null);
                for (int i = 0; ours && i < theirs; i++)
                {
                    int at = (int)(frames[i] - start);
                    Assert.Equal(at..(at + sizes[i]), ranges[i]);
                }
            }

            Assert.True(ours ? theirs == packet.FrameCount : theirs < 0, $"{Convert.ToHexString(payload)}: ours {(ours ? packet.FrameCount : -1)}, libopus {theirs}");
            good += ours ? 1 : 0;
            bad += ours ? 0 : 1;
        }

        // Both kinds, so that agreement means something.
        Assert.True(good > 5000 && bad > 5000, $"{good} good, {bad} bad");
    }

    private static IEnumerable<(double, OpusMode, OpusBandwidth)> Rows(OpusMode mode, OpusBandwidth bandwidth, params double[] milliseconds) =>
        milliseconds.Select(value => (value, mode, bandwidth));

    [LibraryImport("libopus.so.0")]
    private static partial int opus_packet_parse(byte* data, int length, byte* toc, byte** frames, short* sizes, int* offset);
}
