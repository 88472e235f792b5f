using MediaCore.Engine.Shards;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Shards;

public sealed class MediaPaceTests
{
    private MediaPace _pace;
    private Timestamp _now = Timestamp.FromMilliseconds(1000);

    [Theory]
    [InlineData(50, false)]
    [InlineData(2000, false)]
    [InlineData(7500, false)]
    [InlineData(8500, true)]
    [InlineData(20000, true)]
    public void Packets_GatherOnlyWhereSeveralComeWithinTheTime(int packetsPerSecond, bool gather)
    {
        TimeSpan last = Run(packetsPerSecond, packetsPerTurn: 1, TimeSpan.FromMilliseconds(100));

        Assert.Equal(gather ? MediaPace.Gathering : TimeSpan.Zero, last);
    }

    [Fact]
    public void FirstPackets_OfAnIdleShard_AreNotMadeToWait()
    {
        Run(packetsPerSecond: 20000, packetsPerTurn: 1, TimeSpan.FromMilliseconds(50));
        _now += TimeSpan.FromSeconds(1);

        // What came in the second before was nothing.
        Assert.Equal(TimeSpan.Zero, _pace.Note(1, _now));
    }

    [Fact]
    public void TurnWithMuchToDo_IsFollowedByTheNextAtOnce()
    {
        Run(packetsPerSecond: 20000, packetsPerTurn: 1, TimeSpan.FromMilliseconds(50));

        Assert.Equal(TimeSpan.Zero, _pace.Note(MediaPace.EnoughPackets, _now));
        Assert.Equal(MediaPace.Gathering, _pace.Note(MediaPace.EnoughPackets - 1, _now));
    }

    private TimeSpan Run(int packetsPerSecond, int packetsPerTurn, TimeSpan duration)
    {
        TimeSpan last = TimeSpan.Zero;
        for (Timestamp end = _now + duration; _now < end; _now += TimeSpan.FromSeconds(1) * packetsPerTurn / packetsPerSecond)
        {
            last = _pace.Note(packetsPerTurn, _now);
        }

        return last;
    }
}
