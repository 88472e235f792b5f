using MediaCore.LoadTests.Knee;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Tests;

public sealed class KneeTests
{
    [Theory]
    [InlineData(10, 437, 437)]
    [InlineData(10, 10, 10)]
    [InlineData(1000, 437, 437)]
    public void Search_EndsBelowTheTruth_AndWithinATenthOfIt(double first, double truth, double knee)
    {
        KneeSearch search = new(first, 10_000, 1.1);
        for (int tried = 0; search.Next is { } rate; tried++)
        {
            Assert.True(tried < 20);
            search.Add(rate, rate <= truth);
        }

        Assert.InRange(search.Held, knee / 1.1, knee);
    }

    [Fact]
    public void Search_TellsThatItCameToItsBound_OrThatNothingHolds()
    {
        KneeSearch bound = new(100, 350, 1.1);
        KneeSearch nothing = new(100, 1000, 1.1);
        while (bound.Next is { } rate)
        {
            bound.Add(rate, true);
        }

        while (nothing.Next is { } rate)
        {
            nothing.Add(rate, false);
        }

        Assert.Equal((350, false), (bound.Held, bound.HasBroken));
        Assert.Equal((0, true), (nothing.Held, nothing.HasBroken));
    }

    [Fact]
    public void Level_IsBrokenByFailuresDelaysAndLoss()
    {
        ServiceLevel level = new(100, 0.01, 0.001);

        Assert.Equal("", level.Broken(1000, 10, 100_000, 10_000, 10));
        Assert.Equal("11 of 1000 calls failed", level.Broken(1000, 11, 1, 0, 0));
        Assert.Equal("set-up p99 100.1 ms", level.Broken(1000, 0, 100_100, 0, 0));
        Assert.Equal("11 of 10000 packets lost", level.Broken(1000, 0, 1, 10_000, 11));
    }

    [Fact]
    public void Recovery_IsTheLastBadSecondAfterTheBurst()
    {
        ServiceLevel level = new(100, 0.01, 0.001);

        Assert.Equal(2, KneeRun.Recovery(level, [Second(9, 50), Second(10, 50), Second(11, 0), Second(12, 3), Second(13, 0), Second(14, 0)], 10));
        Assert.Equal(0, KneeRun.Recovery(level, [Second(10, 50), Second(11, 0)], 10));
        Assert.Equal(double.NaN, KneeRun.Recovery(level, [Second(10, 50), Second(11, 50)], 10));
    }

    private static LoadSecond Second(double at, long failed)
    {
        LatencySummary quick = new(100, 1, 1, 1, 1);
        return new LoadSecond(at, 100, 100 - failed, 100 - failed, failed, failed, 0, 0, 0, quick, quick, 0, 0, 0, 0, 0, 0);
    }
}
