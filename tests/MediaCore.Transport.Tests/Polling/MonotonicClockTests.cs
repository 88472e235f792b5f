using MediaCore.Primitives;
using MediaCore.Transport.Polling;

namespace MediaCore.Transport.Tests.Polling;

public sealed class MonotonicClockTests
{
    [Fact]
    public void Now_NeverRunsBackwards()
    {
        Timestamp last = MonotonicClock.Now;
        for (int i = 0; i < 100_000; i++)
        {
            Timestamp now = MonotonicClock.Now;
            Assert.True(now >= last);
            last = now;
        }
    }

    [Theory]
    [InlineData(1_000_000_000, 1_000_000_000, 1_000_000_000)]
    [InlineData(10_000_000, 10_000_000, 1_000_000_000)]
    [InlineData(25, 10_000_000, 2_500)]
    [InlineData(1, 3, 333_333_333)]
    [InlineData(10_000_000L * 3600 * 24 * 365 * 200, 10_000_000, 1_000_000_000L * 3600 * 24 * 365 * 200)]
    [InlineData(2_999_999_999L * 1000, 3_000_000_000, 999_999_999_666)]
    public void Ticks_OfAnyFrequency_AreNanoseconds(long ticks, long frequency, long nanoseconds) =>
        Assert.Equal(nanoseconds, MonotonicClock.ToNanoseconds(ticks, frequency));
}
