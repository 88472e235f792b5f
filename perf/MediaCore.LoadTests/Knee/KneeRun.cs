using MediaCore.LoadTests.Arrivals;
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
        KneeStep step = new(rate, level.Broken(result), result.Seconds.Where(s => s.Second <= stepSeconds + 1).Sum(static s => s.Ended) / stepSeconds, result);
        await Console.Error.WriteLineAsync(FormattableString.Invariant($"knee: {rate:F1}/s {(step.Broken.Length == 0 ? "holds" : "breaks: " + step.Broken)}; {step.Goodput:F1}/s went well"));
        return step;
    }

    /// <summary>Twice the knee, then half of it without a pause between, which is what a server meets when a burst is over.</summary>
    private async Task<double> RecoverAsync(CancellationToken cancellation)
    {
        double knee = search.Held;
        LoadResult result = await new LoadRun(options with { Arrivals = new ArrivalPlan(ArrivalShape.Burst, knee / 2, 2 * knee, 2 * stepSeconds) }).RunAsync(cancellation);
        return Recovery(level, [.. result.Seconds.Where(s => s.Second <= 2 * stepSeconds)], stepSeconds);
    }

    /// <summary>Seconds from the end of the burst to the end of the last second that broke the level; NaN when that was the last one of all.</summary>
    internal static double Recovery(ServiceLevel level, IReadOnlyList<LoadSecond> seconds, double burstSeconds)
    {
        double last = burstSeconds;
        foreach (LoadSecond s in seconds)
        {
            if (s.Second > burstSeconds && s.Started > 0 && level.Broken(s.Started, s.Failed, s.SetUp.P99, 0, 0).Length > 0)
            {
                last = s.Second;
            }
        }

        return seconds.Count > 0 && last == seconds[^1].Second ? double.NaN : last - burstSeconds;
    }
}
