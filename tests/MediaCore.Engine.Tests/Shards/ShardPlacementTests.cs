using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Tests.Shards;

public sealed class ShardPlacementTests
{
    private readonly ShardStatistics[] _shards = [new(), new(), new()];
    private readonly ShardPlacement _placement;

    public ShardPlacementTests()
    {
        _placement = new ShardPlacement(CallPlacement.Packed, _shards);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    public void WithoutLoad_EveryCallGoesWhereTheFirstOneCame(int first, int expected)
    {
        Assert.Equal(expected, Place(first));
        for (int i = 0; i < 99; i++)
        {
            Assert.Equal(expected, Place(here: i % 3));
            Report();
        }
    }

    [Fact]
    public void CallsThatAreOverAtOnce_StayWhereTheyCome()
    {
        // One carrier's socket is always the same shard's: nothing is passed on.
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(2, Place(here: 2));
            End(2);
            Report(0.01);
        }
    }

    [Fact]
    public void FullShard_GetsNoCallUntilItsLoadHasClearlyFallen()
    {
        Report(0.66);
        Assert.Equal(1, _placement.Choose(here: 0));
        Report(0.6);
        Assert.Equal(1, _placement.Choose(here: 0));
        Report(0.51);
        Assert.Equal(1, _placement.Choose(here: 0));
        Report(0.49);
        Assert.Equal(0, _placement.Choose(here: 0));

        // From below it is open up to the higher bound.
        Report(0.64);
        Assert.Equal(0, _placement.Choose(here: 0));
    }

    [Fact]
    public void WithNoShardOpen_TheLeastBusyOneGetsTheCall()
    {
        Report(0.9, 0.7, 0.8);
        Assert.Equal(1, _placement.Choose(here: 0));

        // One that has hardly more keeps what arrives there.
        Report(0.9, 0.7, 0.73);
        Assert.Equal(2, _placement.Choose(here: 2));
        Assert.Equal(1, _placement.Choose(here: -1));
    }

    [Fact]
    public void WithNoShardOpen_CallsBetweenTwoReportsAreShared()
    {
        Report(0.8, 0.8, 0.8);
        int[] placed = new int[3];
        for (int i = 0; i < 300; i++)
        {
            placed[Place(here: -1)]++;
        }

        Assert.All(placed, static calls => Assert.InRange(calls, 90, 110));
    }

    [Fact]
    public void Burst_BeforeAnythingIsMeasured_FillsNoShardBeyondItsBound()
    {
        // Three thousand INVITEs at once; none of them has become a call at its shard yet, let alone been answered.
        int[] placed = new int[3];
        for (int i = 0; i < 3_000; i++)
        {
            placed[_placement.Choose(here: 0)]++;
        }

        int bound = (int)(ShardPlacement.FullAt / ShardPlacement.LeastCallCost);
        Assert.All(placed, calls => Assert.InRange(calls, bound, 3_000 - (2 * bound)));
        Assert.InRange(placed.Max() - placed.Min(), 0, 60);
    }

    [Fact]
    public void RingingCalls_CountWithWhatTheyWillCost()
    {
        // They have been there for long, and nothing is to be measured of them.
        _shards[0].CallsStarted = _shards[0].ActiveCalls = 660;
        Report(0.01);
        Report(0.01);
        Report(0.01);
        Assert.Equal(1, _placement.Choose(here: 0));
    }

    [Fact]
    public void ShortCallsOneAfterTheOther_AreNotCountedTwice()
    {
        // 700 calls in a quarter second, each over at once: that they make the shard 30 % busy is measured, and no more is to come of them.
        for (int quarter = 0; quarter < 20; quarter++)
        {
            for (int i = 0; i < 700; i++)
            {
                Assert.Equal(0, Place(here: 0));
                End(0);
            }

            Report(0.3);
        }
    }

    [Fact]
    public void DearCalls_AreLearned()
    {
        // 60 calls that take a hundredth of a processor each, as transcoded ones do.
        _shards[0].CallsStarted = _shards[0].ActiveCalls = 60;
        for (int quarter = 0; quarter < 400; quarter++)
        {
            Report(0.6);
        }

        Assert.Equal(0.01, _placement.CallCost, 3);
        int[] placed = new int[3];
        for (int i = 0; i < 100; i++)
        {
            placed[Place(here: 0)]++;
        }

        // 5 more make the first one full, 65 the next.
        Assert.InRange(placed[0], 4, 6);
        Assert.InRange(placed[1], 62, 67);
    }

    [Fact]
    public void SettingUpManyCalls_DoesNotMakeThemLookDear()
    {
        // A second of it, in which the shard does nothing else.
        _shards[0].CallsStarted = _shards[0].ActiveCalls = 20;
        for (int quarter = 0; quarter < 4; quarter++)
        {
            Report(1);
        }

        Assert.InRange(_placement.CallCost, ShardPlacement.LeastCallCost, 2.5 * ShardPlacement.LeastCallCost);
    }

    [Fact]
    public void PlacesThatAreTaken_CountAsLoad()
    {
        _placement.Report(0, new ShardReport(0.1, Taken: 0.6, TakenPerCall: 0.02));
        Assert.Equal(0, Place(here: 0));
        Assert.Equal(0, Place(here: 0));
        Assert.Equal(0, Place(here: 0));
        Assert.Equal(1, Place(here: 0));
    }

    [Fact]
    public void WithEveryPlaceHereTaken_ACallGoesWhereThereIsOne()
    {
        _placement.Report(0, new ShardReport(0.1, Taken: 1, TakenPerCall: 0.02));
        _placement.Report(1, new ShardReport(0.1, Taken: 1, TakenPerCall: 0.02));
        _placement.Report(2, new ShardReport(0.1, Taken: 0.98, TakenPerCall: 0.02));
        Assert.Equal(2, Place(here: 0));

        // With none anywhere it is refused where it is; passing it on would only cost more.
        _placement.Report(2, new ShardReport(0.1, Taken: 1, TakenPerCall: 0));
        Assert.Equal(0, _placement.Choose(here: 0));
    }

    [Fact]
    public void ShardThatRefusesSome_IsPassedOver()
    {
        _shards[0].AdmittedPerMille = 900;
        Assert.Equal(1, _placement.Choose(here: 0));
        Report(0.1, 0.9, 0.9);
        Assert.Equal(1, _placement.Choose(here: 1));
    }

    [Fact]
    public void Spread_ByNumber_WhateverTheLoad()
    {
        var spread = new ShardPlacement(CallPlacement.Spread, _shards);
        _shards[0].ActiveCalls = 9;
        _shards[2].ActiveCalls = 4;
        spread.Report(1, new ShardReport(0.9, 0, 0));
        Assert.Equal(1, spread.Choose(here: 0));
        Assert.Equal(1, spread.Choose(here: -1));
        _shards[0].ActiveCalls = 8;
        Assert.Equal(0, spread.Choose(here: 0));
    }

    [Fact]
    public void Placing_AllocatesNothing()
    {
        _placement.Choose(here: 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            _placement.Choose(here: 1);
            _placement.Report(0, new ShardReport(0.5, 0.1, 0.001));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>A call is placed, and taken in at once.</summary>
    private int Place(int here)
    {
        int shard = _placement.Choose(here);
        _shards[shard].CallsStarted++;
        _shards[shard].ActiveCalls++;
        return shard;
    }

    private void End(int shard) => _shards[shard].ActiveCalls--;

    /// <summary>All shards report, with so much to do and plenty of places.</summary>
    private void Report(params double[] busy)
    {
        for (int i = 0; i < _shards.Length; i++)
        {
            _placement.Report(i, new ShardReport(i < busy.Length ? busy[i] : 0, 0, 0));
        }
    }
}
