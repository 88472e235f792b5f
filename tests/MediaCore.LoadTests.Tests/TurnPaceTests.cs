using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Tests;

public sealed class TurnPaceTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(4);

    [Fact]
    public void AFewTurnsInARow_WaitForNothing()
    {
        TurnPace pace = new(s_interval, 16);
        Timestamp now = Timestamp.FromMilliseconds(1000);

        Assert.All(Enumerable.Range(0, 16), _ => Assert.Equal(TimeSpan.Zero, pace.Take(now)));
        Assert.Equal(s_interval, pace.Take(now));
    }

    [Fact]
    public void ManyTurns_ComeToOneInTheInterval()
    {
        TurnPace pace = new(s_interval, 16);
        Timestamp now = Timestamp.FromMilliseconds(1000);
        int turns = 0;
        for (Timestamp end = now + TimeSpan.FromSeconds(1); now < end; turns++)
        {
            TimeSpan pause = pace.Take(now);
            now += pause > TimeSpan.Zero ? pause : TimeSpan.FromTicks(10);
        }

        Assert.InRange(turns, 250, 250 + 17);
    }

    [Fact]
    public void APauseByItself_MakesTheNextTurnsPromptAgain()
    {
        TurnPace pace = new(s_interval, 2);
        Timestamp now = Timestamp.FromMilliseconds(1000);
        while (pace.Take(now) == TimeSpan.Zero)
        {
        }

        now += TimeSpan.FromSeconds(1);

        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero, s_interval), (pace.Take(now), pace.Take(now), pace.Take(now)));
    }

    [Fact]
    public void WithoutAnInterval_NothingWaits()
    {
        TurnPace pace = new(TimeSpan.Zero, 16);
        Timestamp now = Timestamp.FromMilliseconds(1000);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(TimeSpan.Zero, pace.Take(now)));
    }
}
