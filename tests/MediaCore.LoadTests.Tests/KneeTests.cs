using MediaCore.LoadTests.Calls;
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

        Assert.Equal(2, KneeRun.Recovery(level, [Second(8, 50), Second(9, 50), Second(10, 0), Second(11, 3), Second(12, 0), Second(13, 0)], 10));
        Assert.Equal(0, KneeRun.Recovery(level, [Second(9, 50), Second(10, 0)], 10));
        Assert.Equal(double.NaN, KneeRun.Recovery(level, [Second(9, 50), Second(10, 50)], 10));
        Assert.Equal(double.NaN, KneeRun.Recovery(level, [Second(9, 0)], 10));
    }

    [Fact]
    public void Recovery_CountsCallsThatNobodyAnswered_InTheSecondInWhichTheyBegan()
    {
        ServiceLevel level = new(100, 0.01, 0.001);

        // The server fell silent after the burst: no time of an answer is known, and the calls fail, if at all, when nobody looks any more.
        BegunCalls unanswered = new(10, 100, 0, 0, new LatencySummary(0, 0, 0, 0, 0));

        Assert.Equal(double.NaN, KneeRun.Recovery(level, [Second(9, 0), unanswered, unanswered with { Second = 11 }], 10));
        Assert.Equal(1, KneeRun.Recovery(level, [Second(9, 0), unanswered with { Failed = 100 }, Second(11, 0)], 10));
    }

    [Fact]
    public void Goodput_OfARateThatHolds_IsTheRate_HoweverLongCallsLast()
    {
        // Calls of three seconds: those of the last three end when no more begin.
        LoadResult result = LoadResultTests.Result(new CallTotals { Started = 1000, Ended = 1000 }) with { Begun = [.. Enumerable.Range(0, 10).Select(static at => Second(at, 0))] };

        Assert.Equal(100, KneeRun.Goodput(result, 10));
    }

    [Theory]
    [InlineData(0, 7, false)]
    [InlineData(7, 7, true)]
    [InlineData(7, 0, true)]
    public void AKnee_IsOfThePorts_WhereTheyRanOutAtTheLowestRateThatBroke(double atTheLowest, double beyond, bool isOfPorts)
    {
        KneeStep Step(double rate, string broken, double ports) => new(rate, broken, 1, LoadResultTests.Result(new CallTotals()) with { PortsRefused = ports });
        KneeResult result = new(100, false, [Step(100, "", 0), Step(200, "p99", beyond), Step(110, "p99", atTheLowest)], [], 0);

        Assert.Equal(isOfPorts, result.IsOfPorts);
    }

    private static BegunCalls Second(int at, long failed) => new(at, 100, 100 - failed, failed, new LatencySummary(100 - failed, 1, 1, 1, 1));
}
