using MediaCore.LoadTests.Server;
using MediaCore.LoadTests.Soak;
using MediaCore.LoadTests.Soak.Chaos;

namespace MediaCore.LoadTests.Tests;

public sealed class SoakTests
{
    [Fact]
    public void Slope_IsThatOfMostPairs_WhateverAFewFiguresAre()
    {
        Assert.Equal(2, Trend.SlopeOf([10, 12, 14, 16, 18]));
        Assert.Equal(2, Trend.SlopeOf([10, 12, 14, 500, 18, 20, 22, 24, 26]));
        Assert.Equal(double.NaN, Trend.SlopeOf([1]));
    }

    [Fact]
    public void MemoryThatRisesAllTheTime_IsNotFlat_ThoughItsThirdsAreWithin15Percent()
    {
        // A soak of twenty minutes as it was: from 153 MiB, the median of the first third, to 171 of the last.
        double[] rising = [134.1, 139.6, 146.2, 153.2, 160.2, 166.0, 166.6, 166.8, 167.1, 162.1, 160.7, 167.0, 169.0, 167.0, 168.4, 168.7, 168.8, 170.6, 173.1, 178.1];
        double[] settled = [91.7, 91.7, 98.8, 101.0, 100.0, 100.6, 102.2, 103.6, 103.8, 101.2, 102.4, 103.2];
        double[] sawtooth = [134, 140, 146, 153, 160, 166, 167, 171, 160, 165, 170, 160, 166, 171, 161, 166, 170, 160, 165, 170];

        Assert.False(MemoryTrend.Judge(rising).Holds, MemoryTrend.Judge(rising).Seen);
        Assert.True(MemoryTrend.Judge(settled).Holds, MemoryTrend.Judge(settled).Seen);
        Assert.True(MemoryTrend.Judge(sawtooth).Holds, MemoryTrend.Judge(sawtooth).Seen);
    }

    [Fact]
    public void AShortSoak_SaysNothingOfTheSlope()
    {
        Finding finding = MemoryTrend.Judge([100, 120, 140]);

        Assert.True(finding.Holds);
        Assert.StartsWith("not judged", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallBetweenTwoReadings_IsNoMissingCall()
    {
        Queue<ServerFigures> looks = new([Figures(10, 4, 5), Figures(12, 5, 6), Figures(12, 6, 6)]);

        ServerFigures figures = await CallsAccount.LookAsync(() => Task.FromResult(looks.Dequeue()));

        Assert.Equal((0L, 0), (CallsAccount.Unaccounted(figures), looks.Count));
    }

    [Fact]
    public async Task ACallThatIsMissing_IsMissingInEachLook()
    {
        int looks = 0;

        ServerFigures figures = await CallsAccount.LookAsync(() => Task.FromResult(Figures(10 + ++looks, 4, 5 + looks)));

        Assert.Equal((1L, 5), (CallsAccount.Unaccounted(figures), looks));
    }

    [Fact]
    public void Chaos_KnowsAllItsNames_AndNoOther()
    {
        Assert.NotNull(ChaosSchedule.TryCreate(MediaLoss.Kind));
        Assert.Contains(MediaLoss.Kind, ChaosSchedule.Names);
        Assert.Null(ChaosSchedule.TryCreate("media"));
    }

    private static ServerFigures Figures(int started, int ended, int active) => new(
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["mediacore_calls_started_total"] = started,
            ["mediacore_calls_ended_total{reason=\"normal\"}"] = ended,
            ["mediacore_calls_active"] = active,
        },
        0,
        0);
}
