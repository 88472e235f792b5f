using FsCheck.Xunit;

namespace MediaCore.Primitives.Tests;

public sealed class TimestampTests
{
    [Fact]
    public void Never_IsLaterThanEverything_AndStays()
    {
        Assert.True(Timestamp.Never.IsNever);
        Assert.True(Timestamp.Never > new Timestamp(long.MaxValue - 1));
        Assert.Equal(Timestamp.Never, Timestamp.Never + TimeSpan.FromSeconds(1));
        Assert.Equal(Timestamp.Never, Timestamp.Never + TimeSpan.FromSeconds(-1));
        Assert.Equal("never", Timestamp.Never.ToString());
    }

    [Theory]
    [InlineData(0, long.MaxValue)]
    [InlineData(1_000_000, long.MaxValue)]
    [InlineData(1, long.MaxValue / 100)]
    [InlineData(long.MaxValue - 1, 1)]
    [InlineData(0, (long.MaxValue / 100) + 1)]
    [InlineData(0, long.MaxValue / 10)]
    [InlineData(0, long.MaxValue / 3)]
    [InlineData(long.MaxValue / 2, long.MaxValue / 200 * 3)]
    public void SumPastTheEnd_SaturatesAtNever(long nanoseconds, long ticks)
    {
        Timestamp sum = new Timestamp(nanoseconds) + new TimeSpan(ticks);
        Int128 exact = (Int128)nanoseconds + ((Int128)ticks * 100);
        Assert.Equal(exact >= long.MaxValue ? Timestamp.Never : new Timestamp((long)exact), sum);
    }

    [Property]
    public void Sum_IsExactOrSaturated(long nanoseconds, long ticks)
    {
        // FsCheck's numbers are small; the shifts reach the ends.
        foreach (int shift in (int[])[0, 20, 40, 56])
        {
            Timestamp start = new(nanoseconds << shift);
            TimeSpan span = new(ticks << shift);
            Int128 exact = (Int128)start.Nanoseconds + ((Int128)span.Ticks * 100);
            Timestamp expected = start.IsNever || exact >= long.MaxValue ? Timestamp.Never
                : exact < long.MinValue ? new Timestamp(long.MinValue)
                : new Timestamp((long)exact);
            Assert.Equal(expected, start + span);
        }
    }

    [Fact]
    public void Difference_IsTo100Nanoseconds_AndSaturates()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(20), Timestamp.FromMilliseconds(40) - Timestamp.FromMilliseconds(20));
        Assert.Equal(TimeSpan.FromMilliseconds(-20), Timestamp.FromMilliseconds(20) - Timestamp.FromMilliseconds(40));
        Assert.Equal(new TimeSpan(0), new Timestamp(99) - Timestamp.Zero);
        Assert.True(Timestamp.Never - new Timestamp(-5_000) > TimeSpan.FromDays(100_000));
    }

    [Fact]
    public void Order_IsThatOfTheNanoseconds()
    {
        Timestamp early = new(1);
        Timestamp late = new(2);
        Assert.True(early < late && late > early && early <= late && late >= early);
        Assert.True(early.CompareTo(late) < 0);
        Assert.Equal(early, Timestamp.Min(early, late));
        Assert.Equal(early, Timestamp.Min(late, early));
    }

    [Theory]
    [InlineData(0, "0.000 ms")]
    [InlineData(1_234_567, "1.234 ms")]
    [InlineData(999, "0.000 ms")]
    [InlineData(-1_500_000, "-1.500 ms")]
    [InlineData(-500_000, "-0.500 ms")]
    public void Text_IsMilliseconds(long nanoseconds, string text) => Assert.Equal(text, new Timestamp(nanoseconds).ToString());
}
