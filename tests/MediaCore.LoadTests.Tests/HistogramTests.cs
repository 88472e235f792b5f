using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Tests;

public sealed class HistogramTests
{
    [Fact]
    public void Percentiles_AreWithinABucketOfTheTruth()
    {
        LatencyHistogram histogram = new();
        for (int microseconds = 1; microseconds <= 10_000; microseconds++)
        {
            histogram.Add(microseconds * 1000L);
        }

        LatencySummary summary = histogram.TakeAndClear();

        Assert.Equal(10_000, summary.Count);
        Assert.InRange(summary.P50, 5_000, 5_000 * 33 / 32.0);
        Assert.InRange(summary.P99, 9_900, 9_900 * 33 / 32.0);
        Assert.InRange(summary.Max, 10_000, 10_000 * 33 / 32.0);
        Assert.Equal(0, histogram.TakeAndClear().Count);
    }

    [Fact]
    public void Periods_AddUpToTheWhole()
    {
        LatencyHistogram period = new();
        LatencyHistogram whole = new();
        period.Add(1_000_000);
        Assert.Equal(1, period.MoveTo(whole).Count);
        period.Add(3_000_000);
        period.Add(5_000_000);
        Assert.Equal(2, period.MoveTo(whole).Count);

        LatencySummary summary = whole.TakeAndClear();
        Assert.Equal(3, summary.Count);
        Assert.InRange(summary.P50, 3_000, 3_100);
    }
}
