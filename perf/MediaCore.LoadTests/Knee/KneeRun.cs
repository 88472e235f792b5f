using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Knee;

/// <summary>Finds the rate at which a level breaks, what is left of it beyond, and how soon it holds again. Each rate has a server and a generator of its own, so that none pays for the one before; a server is warmed up first, or the knee would be that of the compiler.</summary>
internal sealed class KneeRun(LoadOptions options, ServiceLevel level, KneeSearch search, double stepSeconds)
{
    private static readonly double[] s_beyond = [1.5, 2];

    public async Task<KneeResult> RunAsync(CancellationToken cancellation)
    {
        List<KneeStep> steps = [];
        while (search.Next is { } rate)
        {
            KneeStep step = await TryAsync(rate, cancellation);
            steps.Add(step);
            search.Add(rate, step.Broken.Length == 0);
        }

        if (search.Held == 0)
        {
            return new KneeResult(0, false, steps, [], double.NaN);
        }

        List<KneeStep> beyond = [];
        foreach (double factor in s_beyond)
        {
            beyond.Add(await TryAsync(factor * search.Held, cancellation));
        }

        return new KneeResult(search.Held, !search.HasBroken, steps, beyond, await RecoverAsync(cancellation));
    }

    private async Task<KneeStep> TryAsync(double rate, CancellationToken cancellation)
    {
        LoadOptions run = options with { Arrivals = new ArrivalPlan(ArrivalShape.Poisson, rate, rate, stepSeconds) };
        LoadResult result = await new LoadRun(run).RunAsync(cancellation);
        KneeStep step = new(rate, level.Broken(result), Goodput(result, stepSeconds), result);
        await Console.Error.WriteLineAsync(FormattableString.Invariant($"knee: {rate:F1}/s {(step.Broken.Length == 0 ? "holds" : "breaks: " + step.Broken)}; {step.Goodput:F1}/s went well"));
        return step;
    }

    /// <summary>Twice the knee, then half of it without a pause between, which is what a server meets when a burst is over.</summary>
    private async Task<double> RecoverAsync(CancellationToken cancellation)
    {
        double knee = search.Held;
        LoadResult result = await new LoadRun(options with { Arrivals = new ArrivalPlan(ArrivalShape.Burst, knee / 2, 2 * knee, 2 * stepSeconds) }).RunAsync(cancellation);
        return Recovery(level, result.Begun, stepSeconds);
    }

    /// <summary>Calls that went as their scenario says, whenever they ended, per second in which calls began: one that lasts longer than what is left of the window is no loss.</summary>
    internal static double Goodput(LoadResult result, double stepSeconds) => result.Begun.Sum(static s => s.Ended) / stepSeconds;

    /// <summary>
    /// Seconds from the end of the burst to the end of the last second whose calls broke the level; NaN when that was the last one in which calls began. A call that was not answered breaks the second in which it was to begin,
    /// however much later that is told.
    /// </summary>
    /// <param name="level">What has to hold.</param>
    /// <param name="seconds">The calls of the run by the second in which they were to begin.</param>
    /// <param name="burstSeconds">When the burst ended; a second that it ends in belongs to it.</param>
    internal static double Recovery(ServiceLevel level, IReadOnlyList<BegunCalls> seconds, double burstSeconds)
    {
        double last = burstSeconds;
        BegunCalls? latest = null;
        foreach (BegunCalls s in seconds.Where(s => s.Second >= burstSeconds && s.Started > 0))
        {
            latest = s;
            if (level.Broken(s.Started, s.Started - s.Ended, s.SetUp.P99, 0, 0).Length > 0)
            {
                last = s.Second + 1;
            }
        }

        return latest is null || last == latest.Second + 1 ? double.NaN : last - burstSeconds;
    }
}
