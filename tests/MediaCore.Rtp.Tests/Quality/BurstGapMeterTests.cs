using FsCheck.Xunit;
using MediaCore.Rtp.Quality;

namespace MediaCore.Rtp.Tests.Quality;

public sealed class BurstGapMeterTests
{
    // The example of RFC 3611 §4.7.2 (a 1 came, a 0 and an X did not); the drawing has 63 packets.
    [Fact]
    public void Example_OfTheRfc()
    {
        BurstGapMeter meter = Measure("11110111111111111111111X111X1011110111111111111111111X111111111");
        Assert.Equal((1, 12, 4), (meter.Bursts, meter.BurstPackets, meter.BurstLost));
        Assert.Equal((2, 51, 2), (meter.Gaps, meter.GapPackets, meter.GapLost));
        Assert.Equal(84, (int)(meter.BurstDensity * 256) - 1);
        Assert.Equal(10, (int)(meter.GapDensity * 256));
    }

    [Theory]
    [InlineData("", 0, 0, 0, 0, 0)]
    [InlineData("1111", 0, 0, 0, 4, 0)]
    [InlineData("0", 0, 0, 0, 1, 1)]
    [InlineData("1101111", 0, 0, 0, 7, 1)]
    [InlineData("110011", 1, 2, 2, 4, 0)]
    [InlineData("0111111111111111" + "0", 1, 17, 2, 0, 0)]
    [InlineData("01111111111111111" + "0", 0, 0, 0, 18, 2)]
    public void Stream_IsCutIntoBurstsAndGaps(string packets, int bursts, int burstPackets, int burstLost, int gapPackets, int gapLost)
    {
        BurstGapMeter meter = Measure(packets);
        Assert.Equal((bursts, burstPackets, burstLost, gapPackets, gapLost), ((int)meter.Bursts, (int)meter.BurstPackets, (int)meter.BurstLost, (int)meter.GapPackets, (int)meter.GapLost));
    }

    [Property]
    public bool EveryPacket_IsInABurstOrAGap(bool[] came)
    {
        BurstGapMeter meter = Measure(string.Concat(came.Select(static c => c ? '1' : '0')));
        long lost = came.Count(static c => !c);
        return meter.BurstPackets + meter.GapPackets == came.Length && meter.BurstLost + meter.GapLost == lost && meter.BurstRatio >= 1;
    }

    [Fact]
    public void BurstRatio_IsOneForLonelyLosses_AndGrowsWithTheRuns()
    {
        string lonely = string.Concat(Enumerable.Repeat("0" + new string('1', 99), 20));
        string runs = string.Concat(Enumerable.Repeat("00000" + new string('1', 495), 20));
        Assert.Equal(1, Measure(lonely).BurstRatio);
        Assert.InRange(Measure(runs).BurstRatio, 4.9, 5);
    }

    private static BurstGapMeter Measure(string packets)
    {
        BurstGapMeter meter = default;
        int received = 0;
        foreach (char packet in packets)
        {
            if (packet == '1')
            {
                received++;
                continue;
            }

            meter.Lose(received);
            received = 0;
        }

        meter.Finish(received);
        return meter;
    }
}
