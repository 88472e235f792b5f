using MediaCore.Primitives;
using MediaCore.Transport.Polling;

namespace MediaCore.Transport.Tests.Polling;

public sealed class ShortSleepTests
{
    [Fact]
    public void Sleep_LastsAtLeastItsTime()
    {
        ShortSleep.MakePrecise();
        Timestamp before = MonotonicClock.Now;

        // A signal may end one early, not ten in a row.
        for (int i = 0; i < 10; i++)
        {
            ShortSleep.For(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(MonotonicClock.Now - before >= TimeSpan.FromMilliseconds(9));
    }

    [Fact]
    public void Sleep_OfNothing_ReturnsAtOnce_AndALongOneIsRefused()
    {
        ShortSleep.For(TimeSpan.Zero);
        ShortSleep.For(TimeSpan.FromSeconds(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShortSleep.For(TimeSpan.FromSeconds(2)));
    }
}
