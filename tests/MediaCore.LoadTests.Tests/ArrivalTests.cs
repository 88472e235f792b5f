using MediaCore.LoadTests.Arrivals;

namespace MediaCore.LoadTests.Tests;

public sealed class ArrivalTests
{
    [Fact]
    public void Constant_SpacesCallsEvenly_AndBeginsAsManyAsTheRateSays()
    {
        double[] times = Times(new ArrivalPlan(ArrivalShape.Constant, 10, 10, 3));

        Assert.Equal(30, times.Length);
        Assert.All(times.Zip(times.Skip(1)), static pair => Assert.Equal(0.1, pair.Second - pair.First, 6));
        Assert.Equal(3, times[^1], 6);
    }

    [Fact]
    public void Ramp_BeginsTheMeanOfItsRates_CloserAndCloser()
    {
        double[] times = Times(new ArrivalPlan(ArrivalShape.Ramp, 10, 30, 10));

        Assert.Equal(200, times.Length);

        // Half of its time has 10 to 20 per second: 75 of the 200.
        Assert.Equal(75, times.Count(static t => t <= 5.0001));
        Assert.All(times.Zip(times.Skip(1), static (a, b) => b - a).Pairwise(), static gaps => Assert.True(gaps.After <= gaps.Before + 1e-6));
    }

    [Theory]
    [InlineData(ArrivalShape.Spike, 40, 100, 40)]
    [InlineData(ArrivalShape.Burst, 250, 50, 0)]
    public void PeaksLieWhereTheyAreSaidTo(object shape, int first, int second, int third)
    {
        double[] times = Times(new ArrivalPlan((ArrivalShape)shape, 10, 50, 10));
        int[] seen = (ArrivalShape)shape == ArrivalShape.Spike
            ? [times.Count(static t => t <= 4.0001), times.Count(static t => t is > 4.0001 and <= 6.0001), times.Count(static t => t > 6.0001)]
            : [times.Count(static t => t <= 5.0001), times.Count(static t => t > 5.0001), 0];

        Assert.Equal([first, second, third], seen);
    }

    [Fact]
    public void Poisson_HasItsRateOnTheMean_GapsThatVaryAsTheyShould_AndTheSameTimesForTheSameSeed()
    {
        ArrivalPlan plan = new(ArrivalShape.Poisson, 100, 100, 200);
        double[] times = Times(plan);

        // 20000 on the mean, with a standard deviation of 141; exponential gaps vary by as much as their mean.
        Assert.InRange(times.Length, 19_400, 20_600);
        double[] gaps = [.. times.Zip(times.Skip(1), static (a, b) => b - a)];
        double mean = gaps.Average();
        Assert.InRange(Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean))) / mean, 0.95, 1.05);
        Assert.Equal(times, Times(plan));
    }

    [Fact]
    public void OpenLoop_DoesNotWaitForWhatIsUp_APopulationDoes()
    {
        OpenLoop open = new ArrivalPlan(ArrivalShape.Constant, 10, 10, 1).Start(1);
        Population closed = new(5, 10);

        Assert.Equal(open.Due(0), open.Due(1_000_000));
        Assert.Equal(TimeSpan.Zero, closed.Due(4));
        Assert.Equal(TimeSpan.MaxValue, closed.Due(5));
        closed.Take(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3.1), closed.Due(4));
    }

    private static double[] Times(ArrivalPlan plan)
    {
        OpenLoop arrivals = plan.Start(1);
        List<double> times = [];
        while (arrivals.Due(0) is { } due)
        {
            times.Add(due.TotalSeconds);
            arrivals.Take(due);
        }

        return [.. times];
    }
}
