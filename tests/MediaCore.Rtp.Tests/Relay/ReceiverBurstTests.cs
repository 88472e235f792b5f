using FsCheck.Xunit;
using MediaCore.Primitives;
using MediaCore.Rtp.Quality;
using MediaCore.Rtp.Relay;

namespace MediaCore.Rtp.Tests.Relay;

/// <summary>Bursts and gaps as the receiver statistics find them: what is late within the window is no loss, what never comes is, and all wraps are crossed.</summary>
public sealed class ReceiverBurstTests
{
    [Property]
    public bool Losses_AreThoseOfTheStream_WhateverTheFirstNumber(bool[] came, ushort first)
    {
        // The first and the last packet came: what is missing at the ends nobody can know.
        bool[] all = [true, .. came, true];
        RtpReceiverStatistics statistics = default;
        BurstGapMeter expected = default;
        int run = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i])
            {
                Receive(ref statistics, unchecked((ushort)(first + i)), i);
                run++;
            }
            else
            {
                expected.Lose(run);
                run = 0;
            }
        }

        expected.Finish(run);
        return Figures(statistics.GetBursts()) == Figures(expected) && statistics.Lost == expected.BurstLost + expected.GapLost;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65500)]
    public void Reordered_WithinTheWindow_IsNoLoss(int first)
    {
        RtpReceiverStatistics statistics = default;
        for (int i = 0; i < 300; i++)
        {
            // Every pair of neighbours changes places.
            Receive(ref statistics, unchecked((ushort)(first + (i ^ 1))), i);
        }

        BurstGapMeter bursts = statistics.GetBursts();
        Assert.Equal((0, 0, 0), ((int)bursts.Bursts, (int)bursts.GapLost, (int)bursts.LossRuns));
        Assert.Equal(299, bursts.GapPackets);
    }

    [Fact]
    public void RunLongerThanTheWindow_IsOneBurst_AndRestartsKeepTheCount()
    {
        RtpReceiverStatistics statistics = default;
        Receive(ref statistics, 1, 0);
        Receive(ref statistics, 1002, 1);
        Assert.Equal((1, 1000), ((int)statistics.GetBursts().Bursts, (int)statistics.GetBursts().BurstLost));

        // Another source: its numbers have nothing to do with the old ones.
        for (int i = 0; i < 200; i++)
        {
            statistics.Update((ushort)(40000 + i), (uint)i * 160, 2, 160, Timestamp.FromMilliseconds(40 + (20 * i)), 8000);
        }

        BurstGapMeter bursts = statistics.GetBursts();
        Assert.Equal((1, 1000, 202), ((int)bursts.Bursts, (int)bursts.BurstLost, (int)bursts.GapPackets));
        Assert.Equal(1000, statistics.Lost);
    }

    [Fact]
    public void RtpTimestamp_GoesOnWithTheClock()
    {
        RtpReceiverStatistics statistics = default;
        Assert.Equal(0u, statistics.GetRtpTimestamp(Timestamp.FromMilliseconds(5)));
        Receive(ref statistics, 1, 1);
        Assert.Equal(160u + 800, statistics.GetRtpTimestamp(Timestamp.FromMilliseconds(120)));
    }

    private static (long, long, long, long, long, long) Figures(in BurstGapMeter meter) =>
        (meter.Bursts, meter.BurstPackets, meter.BurstLost, meter.GapPackets, meter.GapLost, meter.LossRuns);

    private static void Receive(ref RtpReceiverStatistics statistics, ushort number, int index) =>
        statistics.Update(number, (uint)index * 160, 1, 160, Timestamp.FromMilliseconds(20 * index), 8000);
}
