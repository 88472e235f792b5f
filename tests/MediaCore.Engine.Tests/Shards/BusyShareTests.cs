using MediaCore.Engine.Shards;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Shards;

public sealed class BusyShareTests
{
    private Timestamp _now = Timestamp.FromMilliseconds(5_000);

    [Fact]
    public void Share_IsThatOfTheTimeThatWasNotWaited()
    {
        var share = new BusyShare(_now);
        Assert.Equal(0, share.Value);
        Pass(share, quarters: 40, waitedMilliseconds: 100);
        Assert.Equal(0.6, share.Value, 3);
    }

    [Fact]
    public void Share_FollowsWithinSeconds_AndNotAtOnce()
    {
        var share = new BusyShare(_now);
        Pass(share, quarters: 1, waitedMilliseconds: 0);
        Assert.Equal(0.25, share.Value, 3);
        Pass(share, quarters: 15, waitedMilliseconds: 0);
        Assert.InRange(share.Value, 0.98, 1);
        Pass(share, quarters: 4, waitedMilliseconds: 250);
        Assert.InRange(share.Value, 0.25, 0.4);
    }

    [Fact]
    public void SampleAfterALongTurn_IsAllThatCounts()
    {
        var share = new BusyShare(_now);
        _now += TimeSpan.FromSeconds(3);
        share.Sample(_now);
        Assert.Equal(1, share.Value);
    }

    [Fact]
    public void TwoSamplesAtOneMoment_AreOne()
    {
        var share = new BusyShare(_now);
        Pass(share, quarters: 1, waitedMilliseconds: 0);
        share.Sample(_now);
        Assert.Equal(0.25, share.Value, 3);
    }

    private void Pass(BusyShare share, int quarters, int waitedMilliseconds)
    {
        for (int i = 0; i < quarters; i++)
        {
            _now += TimeSpan.FromMilliseconds(250);
            share.NoteWait(TimeSpan.FromMilliseconds(waitedMilliseconds));
            share.Sample(_now);
        }
    }
}
