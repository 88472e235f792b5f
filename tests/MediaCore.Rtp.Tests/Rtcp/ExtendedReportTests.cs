using FsCheck.Xunit;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Rtp.Tests.Rtcp;

public sealed class ExtendedReportTests
{
    [Fact]
    public void Blocks_AreReadAsWritten()
    {
        VoipMetrics metrics = new(0x11223344)
        {
            LossRate = 12, DiscardRate = 13, BurstDensity = 84, GapDensity = 10, BurstMilliseconds = 120, GapMilliseconds = 520, RoundTripMilliseconds = 80, EndSystemMilliseconds = 60,
            RFactor = 88, ListeningMos = 43, ConversationalMos = 41, ReceiverConfiguration = 0xb0, JitterBufferMilliseconds = 40, JitterBufferMaxMilliseconds = 200, JitterBufferAbsoluteMaxMilliseconds = 400,
        };
        byte[] buffer = new byte[128];
        RtcpWriter writer = new(buffer);
        Assert.True(writer.TryWriteExtendedReport(7, metrics, 0x0123_4567_89ab_cdef, (9, 0xaabbccdd, 65536)));
        Assert.Equal(4 + 4 + 12 + 16 + 36, writer.Length);

        RtcpPacketEnumerator packets = new(buffer.AsSpan(0, writer.Length));
        Assert.True(packets.MoveNext());
        Assert.True(ExtendedReport.TryParse(packets.Current, out ExtendedReport report));
        Assert.Equal(7u, report.Ssrc);
        Assert.True(report.TryReadNext());
        Assert.True(report.TryGetReferenceTime(out ulong time));
        Assert.Equal(0x0123_4567_89ab_cdefUL, time);
        Assert.False(report.TryGetDelay(9, out _, out _));
        Assert.True(report.TryReadNext());
        Assert.False(report.TryGetReferenceTime(out _));
        Assert.False(report.TryGetDelay(8, out _, out _));
        Assert.True(report.TryGetDelay(9, out uint last, out uint delay));
        Assert.Equal((0xaabbccddu, 65536u), (last, delay));
        Assert.True(report.TryReadNext());
        Assert.Equal(XrBlockType.VoipMetrics, report.Type);
        Assert.True(VoipMetrics.TryParse(report.Block, out VoipMetrics read));
        Assert.Equal(metrics, read);
        Assert.Equal((16, 127, 127), (read.Gmin, read.SignalLevel, read.ExternalRFactor));
        Assert.False(report.TryReadNext());
        Assert.False(report.IsMalformed);
    }

    [Fact]
    public void WithoutBlocks_OrRoom_NothingIsWritten()
    {
        RtcpWriter writer = new(new byte[20]);
        Assert.False(writer.TryWriteExtendedReport(1, null, null, null));
        Assert.False(writer.TryWriteExtendedReport(1, new VoipMetrics(2), null, null));
        Assert.Equal(0, writer.Length);
        Assert.True(writer.TryWriteExtendedReport(1, null, 5, null));
    }

    [Theory]
    [InlineData("80cf000100000001" + "", 0, false)]
    [InlineData("80cf000200000001" + "04000000", 1, false)]
    [InlineData("80cf000200000001" + "04000002", 0, true)]
    [InlineData("80cf000200000001" + "07ffffff", 0, true)]
    [InlineData("80cf0000", -1, false)]
    public void Blocks_WithLengthsThatLie_EndTheWalk(string hex, int blocks, bool malformed)
    {
        RtcpPacketEnumerator packets = new(Convert.FromHexString(hex));
        Assert.True(packets.MoveNext());
        if (!ExtendedReport.TryParse(packets.Current, out ExtendedReport report))
        {
            Assert.Equal(-1, blocks);
            return;
        }

        int count = 0;
        while (report.TryReadNext())
        {
            count++;
            Assert.False(report.TryGetReferenceTime(out _));
            Assert.False(VoipMetrics.TryParse(report.Block, out _));
        }

        Assert.Equal((blocks, malformed), (count, report.IsMalformed));
    }

    [Property(MaxTest = 2000)]
    public void XR_AnyOctets_AreWalkedWithoutAnException(byte[] octets)
    {
        byte[] datagram = new byte[8 + (octets.Length & ~3)];
        datagram[0] = 0x80;
        datagram[1] = 207;
        datagram[3] = (byte)((datagram.Length / 4) - 1);
        octets.AsSpan(0, octets.Length & ~3).CopyTo(datagram.AsSpan(8));
        foreach (RtcpPacket packet in new RtcpPacketEnumerator(datagram))
        {
            Assert.True(ExtendedReport.TryParse(packet, out ExtendedReport report));
            int blocks = 0;
            while (report.TryReadNext())
            {
                blocks++;
                Assert.Equal(report.Type == XrBlockType.ReceiverReferenceTime && report.Block.Length == 8, report.TryGetReferenceTime(out _));
                Assert.True(!report.TryGetDelay(1, out _, out _) || report.Block.Length >= 12);
                Assert.Equal(report.Block.Length == VoipMetrics.ContentBytes, VoipMetrics.TryParse(report.Block, out _));
            }

            Assert.InRange(blocks, 0, octets.Length / 4);
        }
    }

    [Property]
    public bool Interval_IsWithinTheBoundsOfTheRfc(uint random)
    {
        TimeSpan interval = RtcpInterval.Next(random);
        return interval >= RtcpInterval.Minimum * (0.5 / 1.2183) && interval <= RtcpInterval.Longest;
    }

    [Fact]
    public void NtpTime_CountsFrom1900()
    {
        Assert.Equal(0x83aa_7e80_0000_0000UL, NtpTime.From(DateTimeOffset.UnixEpoch));
        Assert.Equal(0x83aa_7e80_8000_0000UL, NtpTime.From(DateTimeOffset.UnixEpoch.AddMilliseconds(500)));
        Assert.Equal(0x83aa_7e7f_8000_0000UL, NtpTime.From(DateTimeOffset.UnixEpoch.AddMilliseconds(-500)));
        Assert.Equal(0x7e80_8000u, NtpTime.Middle(NtpTime.From(DateTimeOffset.UnixEpoch.AddMilliseconds(500))));
        Assert.Equal(65536u, NtpTime.ToShort(TimeSpan.FromSeconds(1)));
        Assert.Equal((0u, uint.MaxValue), (NtpTime.ToShort(TimeSpan.FromSeconds(-1)), NtpTime.ToShort(TimeSpan.FromDays(1))));
        Assert.Equal(TimeSpan.FromMilliseconds(1500), NtpTime.FromShort(98304));
    }
}
