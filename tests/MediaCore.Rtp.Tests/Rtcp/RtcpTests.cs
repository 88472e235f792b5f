using System.Text;
using FsCheck.Xunit;
using MediaCore.Rtp.Rtcp;
using MediaCore.Rtp.Tests.Captures;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Rtcp;

public sealed class RtcpTests(ITestOutputHelper output)
{
    private static readonly ReportBlock Block = new(0x11223344, 64, -5, 0x0001_ffff, 160, 0xaabbccdd, 65536);

    [Fact]
    public void Compound_OfSrSdesBye_IsReadAsWritten()
    {
        byte[] datagram = Write(blocks: 2, "us@203.0.113.1", "done");
        RtcpPacketEnumerator packets = new(datagram);

        Assert.True(packets.MoveNext());
        Assert.True(SenderReport.TryParse(packets.Current, out SenderReport sr));
        Assert.Equal(0xcafebabe, sr.Ssrc);
        Assert.Equal(0x0123_4567_89ab_cdefUL, sr.NtpTimestamp);
        Assert.Equal(0x4567_89abu, sr.NtpMiddle);
        Assert.Equal(8000u, sr.RtpTimestamp);
        Assert.Equal(50u, sr.PacketCount);
        Assert.Equal(8000u, sr.OctetCount);
        Assert.Equal(2, sr.BlockCount);
        Assert.Equal(Block, sr.GetBlock(0));
        Assert.Equal(Block with { Ssrc = 1 }, sr.GetBlock(1));

        Assert.True(packets.MoveNext());
        Assert.True(Sdes.TryParse(packets.Current, out Sdes sdes));
        Assert.True(sdes.TryReadNext(out uint ssrc, out ReadOnlySpan<byte> cname));
        Assert.Equal(0xcafebabe, ssrc);
        Assert.Equal("us@203.0.113.1", Encoding.ASCII.GetString(cname));
        Assert.False(sdes.TryReadNext(out _, out _));
        Assert.False(sdes.IsMalformed);

        Assert.True(packets.MoveNext());
        Assert.True(Bye.TryParse(packets.Current, out Bye bye));
        Assert.Equal(1, bye.SourceCount);
        Assert.Equal(0xcafebabe, bye.GetSource(0));
        Assert.Equal("done", Encoding.ASCII.GetString(bye.Reason));

        Assert.False(packets.MoveNext());
        Assert.False(packets.IsMalformed);
    }

    [Property]
    public void Cname_OfEveryLength_IsReadAsWritten(byte length)
    {
        byte[] text = Enumerable.Repeat((byte)'x', length).ToArray();
        byte[] buffer = new byte[1024];
        RtcpWriter writer = new(buffer);
        Assert.True(writer.TryWriteReceiverReport(1, []));
        Assert.True(writer.TryWriteCname(2, text));
        Assert.True(writer.TryWriteBye(2, text));
        Assert.Equal(0, writer.Length % 4);
        RtcpPacketEnumerator packets = new(buffer.AsSpan(0, writer.Length));
        Assert.True(packets.MoveNext());
        Assert.True(ReceiverReport.TryParse(packets.Current, out ReceiverReport rr));
        Assert.Equal(0, rr.BlockCount);
        Assert.True(packets.MoveNext());
        Assert.True(Sdes.TryParse(packets.Current, out Sdes sdes));
        Assert.True(sdes.TryReadNext(out _, out ReadOnlySpan<byte> cname));
        Assert.Equal(text, cname.ToArray());
        Assert.True(packets.MoveNext());
        Assert.True(Bye.TryParse(packets.Current, out Bye bye));
        Assert.Equal(text, bye.Reason.ToArray());
        Assert.False(packets.MoveNext());
        Assert.False(packets.IsMalformed);
    }

    [Fact]
    public void Writer_WithoutRoom_WritesNothing()
    {
        byte[] full = Write(blocks: 2, "c", "r");
        for (int room = 0; room < full.Length; room++)
        {
            RtcpWriter writer = new(new byte[room]);
            bool all = writer.TryWriteSenderReport(1, 2, 3, 4, 5, [Block, Block]) & writer.TryWriteCname(1, "c"u8) & writer.TryWriteBye(1, "r"u8);
            Assert.False(all);
            Assert.InRange(writer.Length, 0, room);
        }
    }

    [Fact]
    public void Writer_PastFiveBitsOfBlocks_OrEightBitsOfText_Refuses()
    {
        RtcpWriter writer = new(new byte[4096]);
        Assert.False(writer.TryWriteReceiverReport(1, new ReportBlock[32]));
        Assert.True(writer.TryWriteReceiverReport(1, new ReportBlock[31]));
        Assert.False(writer.TryWriteCname(1, new byte[256]));
        Assert.False(writer.TryWriteBye(1, new byte[256]));
    }

    [Theory]
    [InlineData("80c90000", "RR without its SSRC: the four octets of AST-2017-008")]
    [InlineData("81c9000100000001", "RR of one block, none there")]
    [InlineData("9fc9000700000001000000020000000000000000000000000000000000000000", "RR of 31 blocks, one there")]
    [InlineData("80c8000100000001", "SR without sender information")]
    public void Report_ShorterThanItsCount_IsRefused(string hex, string why)
    {
        foreach (RtcpPacket packet in new RtcpPacketEnumerator(Convert.FromHexString(hex)))
        {
            Assert.False(SenderReport.TryParse(packet, out _), why);
            Assert.False(ReceiverReport.TryParse(packet, out _), why);
        }
    }

    [Theory]
    [InlineData("80c9", "half a header")]
    [InlineData("80c90001", "says two words, has one")]
    [InlineData("80c9ffff00000000", "says 65536 words")]
    [InlineData("40c9000100000001", "version 1")]
    [InlineData("a0c9000100000001", "padding of 1")]
    [InlineData("a0c9000100000000", "padding of 0")]
    [InlineData("a0c9000100000008", "padding longer than the body")]
    [InlineData("a0c90000", "padding without a body")]
    [InlineData("a0c900020000000100000004" + "80c9000100000001", "padding before the last packet")]
    public void Compound_WithLengthsThatLie_EndsMalformed(string hex, string why)
    {
        RtcpPacketEnumerator packets = new(Convert.FromHexString(hex));
        while (packets.MoveNext())
        {
        }

        Assert.True(packets.IsMalformed, why);
    }

    [Fact]
    public void Compound_WithPaddingInTheLastPacket_LeavesItOut()
    {
        RtcpPacketEnumerator packets = new(Convert.FromHexString("a0c900020000000100000004"));
        Assert.True(packets.MoveNext());
        Assert.Equal(4, packets.Current.Body.Length);
        Assert.False(packets.MoveNext());
        Assert.False(packets.IsMalformed);
    }

    [Fact]
    public void Compound_OfManyEmptyPackets_StopsAtTheBound()
    {
        byte[] datagram = new byte[65504];
        for (int i = 0; i < datagram.Length; i += 4)
        {
            datagram[i] = 0x80;
            datagram[i + 1] = 203;
        }

        int count = 0;
        RtcpPacketEnumerator packets = new(datagram);
        while (packets.MoveNext())
        {
            count++;
        }

        Assert.Equal(RtcpLimits.MaxPacketsPerCompound, count);
        Assert.True(packets.IsMalformed);
    }

    [Theory]
    [InlineData("81ca000100000001", "no item list")]
    [InlineData("81ca00020000000101ff4142", "item runs past the packet")]
    [InlineData("82ca0002000000010000" + "0000", "second chunk missing")]
    [InlineData("81ca00020000000101024142", "list without an end")]
    public void Sdes_Malformed_EndsMalformed(string hex, string why)
    {
        RtcpPacketEnumerator packets = new(Convert.FromHexString(hex));
        Assert.True(packets.MoveNext(), why);
        Assert.True(Sdes.TryParse(packets.Current, out Sdes sdes));
        while (sdes.TryReadNext(out _, out _))
        {
        }

        Assert.True(sdes.IsMalformed, why);
    }

    [Property(MaxTest = 2000)]
    public void RTCP_AnyOctets_AreWalkedWithoutAnException(byte[] octets)
    {
        Walk(octets);
        if (octets.Length >= 4)
        {
            octets[0] = (byte)(0x80 | (octets[0] & 0x3f));
            octets[1] = (byte)(200 + (octets[1] % 8));
            octets[2] = 0;
            octets[3] = (byte)((octets.Length / 4) - 1);
            Walk(octets);
        }
    }

    [Fact]
    public void RTCP_Corpus_NeverThrows_AtAnyLength()
    {
        int cases = 0;
        foreach (string file in Corpus.Files(output, "rtcp-1meetecho", "rtcp-2webrtc", "rtcp-pion", "rtcp-pjsip", "rtp-1meetecho", "stun-pjsip"))
        {
            byte[] datagram = File.ReadAllBytes(file);
            for (int length = 0; length <= datagram.Length; length++)
            {
                Walk(datagram.AsSpan(0, length));
            }

            if (file.EndsWith(".rtcp", StringComparison.Ordinal) && file.Contains("rtcp-1meetecho", StringComparison.Ordinal))
            {
                Assert.False(Walk(datagram), $"{file} is a valid compound.");
            }

            cases++;
        }

        output.WriteLine($"{cases} files read.");
    }

    private static byte[] Write(int blocks, string cname, string reason)
    {
        byte[] buffer = new byte[1024];
        RtcpWriter writer = new(buffer);
        ReadOnlySpan<ReportBlock> all = [Block, Block with { Ssrc = 1 }];
        Assert.True(writer.TryWriteSenderReport(0xcafebabe, 0x0123_4567_89ab_cdef, 8000, 50, 8000, all[..blocks]));
        Assert.True(writer.TryWriteCname(0xcafebabe, Encoding.ASCII.GetBytes(cname)));
        Assert.True(writer.TryWriteBye(0xcafebabe, Encoding.ASCII.GetBytes(reason)));
        return buffer[..writer.Length];
    }

    private static bool Walk(ReadOnlySpan<byte> datagram)
    {
        RtcpPacketEnumerator packets = new(datagram);
        while (packets.MoveNext())
        {
            _ = packets.Current.Ssrc;
            if (SenderReport.TryParse(packets.Current, out SenderReport sr))
            {
                for (int i = 0; i < sr.BlockCount; i++)
                {
                    _ = sr.GetBlock(i);
                }
            }

            if (ReceiverReport.TryParse(packets.Current, out ReceiverReport rr))
            {
                for (int i = 0; i < rr.BlockCount; i++)
                {
                    _ = rr.GetBlock(i);
                }
            }

            if (Bye.TryParse(packets.Current, out Bye bye))
            {
                for (int i = 0; i < bye.SourceCount; i++)
                {
                    _ = bye.GetSource(i);
                }
            }

            if (Sdes.TryParse(packets.Current, out Sdes sdes))
            {
                int chunks = 0;
                while (sdes.TryReadNext(out _, out _))
                {
                    chunks++;
                }

                Assert.InRange(chunks, 0, RtcpLimits.MaxCount);
            }
        }

        return packets.IsMalformed;
    }
}
