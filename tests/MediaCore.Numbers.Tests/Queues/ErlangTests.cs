using MediaCore.Numbers.Queues.Staffing;

namespace MediaCore.Numbers.Tests.Queues;

public sealed class ErlangTests
{
    [Theory]
    [InlineData(200, 180, 14, 0.1741, 0.8884, 7.84, 0.714)]
    [InlineData(200, 180, 12, 0.4494, 0.6402, 40.44, 0.833)]
    [InlineData(120, 240, 10, 0.4092, 0.6536, 49.10, 0.8)]
    [InlineData(30, 300, 4, 0.3199, 0.7106, 63.97, 0.625)]
    public void ErlangC_MeetsTheVectors(double calls, double handling, int agents, double waiting, double level, double wait, double occupancy)
    {
        StaffingFigures figures = Erlang.Patient(calls, TimeSpan.FromSeconds(handling), agents, TimeSpan.FromSeconds(20));
        Assert.Equal(waiting, figures.Waiting, 4);
        Assert.Equal(level, figures.ServiceLevel, 4);
        Assert.Equal(wait, figures.MeanWait.TotalSeconds, 2);
        Assert.Equal(occupancy, figures.Occupancy, 0.0005);
    }

    [Fact]
    public void ErlangB_MeetsTheVector() => Assert.Equal(0.0568, Erlang.Blocking(10, 14), 4);

    [Theory]
    [InlineData(10, 0.4969, 0.1375, 0.6399, 16.50, 0.8625)]
    [InlineData(12, 0.2798, 0.0616, 0.8256, 7.39, 0.782)]
    public void ErlangA_MeetsTheVectors(int agents, double waiting, double abandoned, double level, double wait, double occupancy)
    {
        StaffingFigures figures = Erlang.Impatient(200, TimeSpan.FromSeconds(180), agents, TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(20));
        Assert.Equal(waiting, figures.Waiting, 4);
        Assert.Equal(abandoned, figures.Abandoned, 4);
        Assert.Equal(level, figures.ServiceLevel, 4);
        Assert.Equal(wait, figures.MeanWait.TotalSeconds, 2);
        Assert.Equal(occupancy, figures.Occupancy, 0.0005);
    }

    [Fact]
    public void MoreLoadThanAgents_WaitsForEver_WithoutPatience()
    {
        StaffingFigures figures = Erlang.Patient(200, TimeSpan.FromSeconds(180), 10, TimeSpan.FromSeconds(20));
        Assert.Equal((1d, 0d, TimeSpan.MaxValue), (figures.Waiting, figures.ServiceLevel, figures.MeanWait));
    }

    [Fact]
    public void Staff_IsTheFewestThatMeetLevelAndOccupancy_WithShrinkage()
    {
        (StaffingFigures figures, int rostered) = Erlang.Staff(200, TimeSpan.FromSeconds(180), TimeSpan.FromSeconds(20), 0.8, maxOccupancy: 0.85, shrinkage: 0.3)!.Value;
        Assert.Equal((14, 20), (figures.Agents, rostered));
        Assert.True(Erlang.Patient(200, TimeSpan.FromSeconds(180), 13, TimeSpan.FromSeconds(20)).ServiceLevel < 0.8 || figures.Agents == 13);
        Assert.Equal(0, Erlang.Staff(0, TimeSpan.FromSeconds(180), TimeSpan.FromSeconds(20), 0.8)!.Value.Rostered);
        Assert.Null(Erlang.Staff(10_000_000, TimeSpan.FromHours(1), TimeSpan.FromSeconds(20), 0.8));
        Assert.Equal(12, Erlang.Staff(200, TimeSpan.FromSeconds(180), TimeSpan.FromSeconds(20), 0.8, patience: TimeSpan.FromSeconds(120))!.Value.Figures.Agents);
    }

    /// <summary>The formulas beside what happens when it is played through: within a point, as the callers give up or not.</summary>
    [Theory]
    [InlineData(14, 0)]
    [InlineData(12, 0)]
    [InlineData(10, 120)]
    [InlineData(12, 120)]
    public void Formulas_AgreeWithASimulation_OfManyCalls(int agents, double patience)
    {
        StaffingFigures expected = patience > 0
            ? Erlang.Impatient(200, TimeSpan.FromSeconds(180), agents, TimeSpan.FromSeconds(patience), TimeSpan.FromSeconds(20))
            : Erlang.Patient(200, TimeSpan.FromSeconds(180), agents, TimeSpan.FromSeconds(20));
        (double level, double abandoned) = Simulate(agents, patience, seed: 5);
        Assert.Equal(expected.ServiceLevel, level, 0.01);
        Assert.Equal(expected.Abandoned, abandoned, 0.01);
    }

    /// <summary>First come, first served; each caller's wait follows from when the agents are free, and who gives up takes none.</summary>
    private static (double Level, double Abandoned) Simulate(int agents, double patience, int seed)
    {
        const int Calls = 400_000;
        var random = new Random(seed);
        var free = new PriorityQueue<int, double>(Enumerable.Range(0, agents).Select(static agent => (agent, 0d)));
        double Draw(double mean) => -mean * Math.Log(1 - random.NextDouble());
        double now = 0;
        int inTime = 0, gone = 0;
        for (int i = 0; i < Calls; i++)
        {
            now += Draw(18);
            free.TryPeek(out _, out double at);
            double wait = Math.Max(0, at - now);
            if (patience > 0 && Draw(patience) < wait)
            {
                gone++;
                continue;
            }

            inTime += wait <= 20 ? 1 : 0;
            int agent = free.Dequeue();
            free.Enqueue(agent, now + wait + Draw(180));
        }

        return (inTime / (double)Calls, gone / (double)Calls);
    }
}
