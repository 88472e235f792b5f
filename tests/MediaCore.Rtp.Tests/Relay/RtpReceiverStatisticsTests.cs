using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Relay;
using MediaCore.Rtp.Rtcp;
using MediaCore.Rtp.Tests.Captures;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Relay;

public sealed class RtpReceiverStatisticsTests(ITestOutputHelper output)
{
    private const uint Ssrc = 0x1234;

    public static TheoryData<ushort> Origins => [0, 1, 32767, 32768, 65534, 65535];

    [Theory]
    [MemberData(nameof(Origins))]
    public void Sequence_WithoutLoss_LosesNothing(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, Enumerable.Range(0, 70_000));
        Assert.Equal(70_000, s.Packets);
        Assert.Equal(70_000, s.Expected);
        Assert.Equal(0, s.Lost);
        Assert.Equal(0, s.LossFraction);
        Assert.Equal(0, s.MaxLossBurstPackets);
        Assert.Equal((uint)origin + 69_999, s.ExtendedHighestSequence);
        Assert.Equal(70_000L * 160, s.Bytes);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public void Sequence_WithGaps_CountsLossAndTheLongestBurst(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, [0, 1, 2, 5, 6, 10, 11]);
        Assert.Equal(12, s.Expected);
        Assert.Equal(5, s.Lost);
        Assert.Equal(3, s.MaxLossBurstPackets);
        Assert.Equal(5.0 / 12, s.LossFraction, 6);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public void Sequence_Reordered_IsNotLost(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, [0, 2, 1, 3, 6, 4, 5, 7]);
        Assert.Equal(0, s.Lost);
        Assert.Equal(3, s.OutOfOrder);
        Assert.Equal(0, s.Duplicates);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public void Sequence_Duplicated_DoesNotMakeUpForLoss(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, [0, 1, 1, 1, 3, 0, 4, 4]);
        Assert.Equal(4, s.Duplicates);
        Assert.Equal(1, s.Lost);
        Assert.Equal(5, s.Expected);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public void Packet_FromBeforeTheFirst_IsNotCountedAgainstALoss(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, [10, 9, 8, 11, 13]);
        Assert.Equal(1, s.Lost);
        Assert.Equal(4, s.Expected);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public void SingleStray_FarAway_DoesNotMoveTheSequence(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, [0, 1, 20_000, 2, 3]);
        Assert.Equal(0, s.Lost);
        Assert.Equal(0, s.SequenceRestarts);
        Assert.Equal(5, s.Packets);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public void TwoInARow_FarAway_RestartTheSequence_AndKeepTheTotals(ushort origin)
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, origin, [0, 1, 3, 20_000, 20_001, 20_002, 20_004]);
        Assert.Equal(1, s.SequenceRestarts);
        Assert.Equal(2, s.Lost);
        Assert.Equal(4 + 5, s.Expected);
    }

    [Fact]
    public void NewSsrc_RestartsTheSequence_AndKeepsTheTotals()
    {
        RtpReceiverStatistics s = default;
        s.Update(10, 0, 1, 160, Ms(0), 8000);
        s.Update(12, 320, 1, 160, Ms(40), 8000);
        s.Update(60_000, 7, 2, 160, Ms(60), 8000);
        s.Update(60_003, 487, 2, 160, Ms(120), 8000);
        Assert.Equal(1, s.SsrcChanges);
        Assert.Equal(2u, s.Ssrc);
        Assert.Equal(1 + 2, s.Lost);
        Assert.Equal(3 + 4, s.Expected);
        Assert.Equal(4, s.Packets);
        Assert.Equal(0, s.JitterMilliseconds);
    }

    [Fact]
    public void SsrcStorm_NeverGivesNegativeOrWildFigures()
    {
        RtpReceiverStatistics s = default;
        Random random = new(7);
        for (int i = 0; i < 100_000; i++)
        {
            s.Update((ushort)random.Next(65536), (uint)random.NextInt64(uint.MaxValue), (uint)random.Next(3), 160, Ms(i), 8000);
            Assert.InRange(s.LossFraction, 0, 1);
            Assert.True(s.Lost >= 0 && s.Lost <= s.Expected && s.MaxJitterMilliseconds <= 160_000);
        }

        Assert.Equal(100_000, s.Packets);
    }

    /// <summary>RFC 3550 §A.8 by hand: transit differences of 0, 80 and 80 units give 0, 5 and 9.69 units.</summary>
    [Fact]
    public void Jitter_FollowsA8()
    {
        RtpReceiverStatistics s = default;
        s.Update(1, 1000, Ssrc, 160, Ms(0), 8000);
        s.Update(2, 1160, Ssrc, 160, Ms(20), 8000);
        Assert.Equal(0, s.JitterMilliseconds);
        s.Update(3, 1320, Ssrc, 160, Ms(50), 8000);
        Assert.Equal(80.0 / 16 / 8, s.JitterMilliseconds, 6);
        s.Update(4, 1480, Ssrc, 160, Ms(60), 8000);
        Assert.Equal((5 + ((80 - 5) / 16.0)) / 8, s.JitterMilliseconds, 2);
        Assert.Equal(s.JitterMilliseconds, s.MaxJitterMilliseconds);
        Assert.Equal(30, s.MaxArrivalGap.TotalMilliseconds);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 100)]
    [InlineData(0x7fff_ffffu)]
    public void Jitter_AcrossTheTimestampWrap_AndAfterDaysOfUptime_StaysZero(uint origin)
    {
        RtpReceiverStatistics s = default;
        for (int i = 0; i < 5000; i++)
        {
            s.Update((ushort)i, unchecked(origin + (uint)(i * 960)), Ssrc, 160, new Timestamp((400L * 86_400 * 1_000_000_000) + (i * 20_000_000L)), 48_000);
        }

        Assert.Equal(0, s.MaxJitterMilliseconds);
    }

    [Fact]
    public void Jitter_IgnoresThePacketsOfATelephoneEvent_AndATimestampRestart()
    {
        RtpReceiverStatistics s = default;
        s.Update(0, 0, Ssrc, 160, Ms(0), 8000);
        for (int i = 1; i < 8; i++)
        {
            s.Update((ushort)i, 160, Ssrc, 4, Ms(i * 20), 8000);
        }

        s.Update(8, 8 * 160, Ssrc, 160, Ms(160), 8000);
        Assert.Equal(0, s.MaxJitterMilliseconds);
        s.Update(9, 1_000_000_000, Ssrc, 160, Ms(180), 8000);
        s.Update(10, 1_000_000_160, Ssrc, 160, Ms(200), 8000);
        Assert.Equal(0, s.MaxJitterMilliseconds);
    }

    [Fact]
    public void ReportBlock_CarriesTheIntervalsFraction_AndTheWholeLoss()
    {
        RtpReceiverStatistics s = default;
        Assert.False(s.FillReportBlock(Ms(0), out _));
        Feed(ref s, 65530, [0, 1, 2, 3, 5, 6, 7, 8]);
        s.RecordSenderReport(Ssrc, 0xaabbccdd, Ms(1000));
        s.RecordSenderReport(99, 1, Ms(1000));
        Assert.True(s.FillReportBlock(Ms(1500), out ReportBlock first));
        Assert.Equal(Ssrc, first.Ssrc);
        Assert.Equal(1, first.CumulativeLost);
        Assert.Equal(256 / 9, first.FractionLost);
        Assert.Equal(0x0001_0002u, first.ExtendedHighestSequence);
        Assert.Equal(0xaabbccddu, first.LastSenderReport);
        Assert.Equal(32768u, first.DelaySinceLastSenderReport);
        Assert.True(s.FillReportBlock(Ms(2000), out ReportBlock second));
        Assert.Equal(0, second.FractionLost);
        Assert.Equal(1, second.CumulativeLost);
    }

    [Fact]
    public void ReportBlock_WhenLatePacketsMakeTheIntervalNegative_SaysZero()
    {
        RtpReceiverStatistics s = default;
        Feed(ref s, 0, [0, 1, 4]);
        Assert.True(s.FillReportBlock(Ms(0), out ReportBlock first));
        Assert.Equal(2 * 256 / 5, first.FractionLost);
        Feed(ref s, 0, [2, 3]);
        Assert.True(s.FillReportBlock(Ms(1), out ReportBlock second));
        Assert.Equal(0, second.FractionLost);
        Assert.Equal(0, second.CumulativeLost);
    }

    /// <summary>What rtpproxy's extractaudio says about the same captures (its .output files): packets, loss, sequence range, jitter in RTP units.</summary>
    /// <remarks>It computes jitter in floating point; whole units as in RFC 3550 §A.8 are within half a unit of that.</remarks>
    [Theory]
    [InlineData("c1.a.rtp", 0x00000000u, 1192, 0, 1343, 0.195235, 0.708600)]
    [InlineData("lost.a.rtp", 0x0A7328F3u, 244, 321, 964, 1.147930, 7.162877)]
    [InlineData("lost.o.rtp", 0xE0E9C816u, 246, 0, 245, 4.359029, 4.359029)]
    [InlineData("srtp1.a.rtp", 0xE7D56977u, 239, 0, 10495, 1.506022, 8.357472)]
    [InlineData("srtp1.o.rtp", 0x8557BACEu, 246, 0, 13148, 1.553118, 2.783576)]
    public void Capture_OfRtpproxy_GivesItsFigures(string file, uint ssrc, int packets, int lost, int maxSequence, double lastJitter, double maxJitter)
    {
        if (Corpus.TryReadCapture(output, "rtpproxy-analyze", file) is not { } capture)
        {
            return;
        }

        RtpReceiverStatistics s = Replay(capture, ssrc, 8000);
        output.WriteLine($"{file}: jitter {s.JitterMilliseconds * 8:F3} (rtpproxy {lastJitter}), max {s.MaxJitterMilliseconds * 8:F3} (rtpproxy {maxJitter})");
        Assert.Equal(packets, s.Packets);
        Assert.Equal(lost, s.Lost);
        Assert.Equal((uint)maxSequence, s.ExtendedHighestSequence);
        Assert.Equal(0, s.Duplicates);
        Assert.InRange(s.MaxJitterMilliseconds * 8, maxJitter - 0.5, maxJitter + 0.5);
        Assert.InRange(s.JitterMilliseconds * 8, lastJitter - 0.5, lastJitter + 0.5);
    }

    [Theory]
    [InlineData("asterisk", "fax-CARRIER_G711U.pcap", 0x17cb308cu, 800, 14, 0)]
    [InlineData("asterisk", "40msalaw.pcap", 0xd500ca81u, 826, 0, 0)]
    [InlineData("sipp", "dtmf_2833_5.pcap", 0x0e05384eu, 10, 0, 2)]
    [InlineData("sipp", "g711a.pcap", 0xdee0ee8fu, 236, 0, 0)]
    public void Capture_GivesTheFactsBesideIt(string folder, string file, uint ssrc, int packets, int lost, int duplicates)
    {
        if (Corpus.TryReadCapture(output, folder, file) is not { } capture)
        {
            return;
        }

        RtpReceiverStatistics s = Replay(capture, ssrc, 8000);
        Assert.Equal(packets, s.Packets);
        Assert.Equal(lost, s.Lost);
        Assert.Equal(duplicates, s.Duplicates);
    }

    private static RtpReceiverStatistics Replay(List<CapturedDatagram> capture, uint ssrc, uint clockRateHz)
    {
        RtpReceiverStatistics s = default;
        foreach (CapturedDatagram datagram in capture)
        {
            if (!RtpHeader.LooksLikeRtcp(datagram.Payload) && RtpPacket.TryParse(datagram.Payload, out RtpPacket p) && p.Ssrc == ssrc)
            {
                s.Update(p.SequenceNumber, p.Timestamp, p.Ssrc, p.Payload.Length, datagram.Time, clockRateHz);
            }
        }

        return s;
    }

    private static void Feed(ref RtpReceiverStatistics s, ushort origin, IEnumerable<int> steps)
    {
        foreach (int step in steps)
        {
            s.Update(unchecked((ushort)(origin + step)), unchecked((uint)step * 160), Ssrc, 160, Ms(step * 20L), 8000);
        }
    }

    private static Timestamp Ms(long milliseconds) => Timestamp.FromMilliseconds(milliseconds);
}
