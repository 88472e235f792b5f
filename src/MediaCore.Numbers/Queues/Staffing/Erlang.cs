namespace MediaCore.Numbers.Queues.Staffing;

/// <summary>
/// The formulas of waiting lines with Poisson arrivals and exponential talks. Load is in erlang: calls per second × seconds of handling. Recursions from below, so that nothing overflows however many agents there are.
/// </summary>
public static class Erlang
{
    /// <summary>Erlang B: the share of calls that find all agents (or lines) busy when nobody waits.</summary>
    /// <param name="load">Load, erlang.</param>
    /// <param name="agents">Agents or lines.</param>
    public static double Blocking(double load, int agents)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(load);
        ArgumentOutOfRangeException.ThrowIfNegative(agents);
        double blocking = 1;
        for (int k = 1; k <= agents; k++)
        {
            blocking = load * blocking / (k + (load * blocking));
        }

        return blocking;
    }

    /// <summary>Erlang C: the share of callers who have to wait, of callers who wait for ever; 1 where there is more load than agents.</summary>
    public static double Waiting(double load, int agents)
    {
        double blocking = Blocking(load, agents);
        return agents <= load ? 1 : agents * blocking / (agents - (load * (1 - blocking)));
    }

    /// <summary>Erlang C: what callers meet who wait for ever.</summary>
    /// <param name="callsPerHour">Calls an hour.</param>
    /// <param name="handling">Mean time that a call keeps an agent, talk and wrap-up.</param>
    /// <param name="agents">Agents.</param>
    /// <param name="answerWithin">Bound of the service level.</param>
    public static StaffingFigures Patient(double callsPerHour, TimeSpan handling, int agents, TimeSpan answerWithin)
    {
        double seconds = handling.TotalSeconds;
        double load = callsPerHour * seconds / 3_600;
        double waiting = Waiting(load, agents);
        if (agents <= load)
        {
            return new StaffingFigures(agents, 1, 0, 0, TimeSpan.MaxValue, 1);
        }

        return new StaffingFigures(
            agents,
            waiting,
            0,
            1 - (waiting * Math.Exp(-(agents - load) * answerWithin.TotalSeconds / seconds)),
            TimeSpan.FromSeconds(waiting * seconds / (agents - load)),
            load / agents);
    }

    /// <summary>
    /// Erlang A (M/M/n+M): what callers meet of whom each gives up after an exponential time of <paramref name="patience"/> on average. States of the line are added up until what is left is below a billionth.
    /// </summary>
    /// <param name="callsPerHour">Calls an hour.</param>
    /// <param name="handling">Mean time that a call keeps an agent.</param>
    /// <param name="agents">Agents.</param>
    /// <param name="patience">Mean patience.</param>
    /// <param name="answerWithin">Bound of the service level; its share is of all callers.</param>
    public static StaffingFigures Impatient(double callsPerHour, TimeSpan handling, int agents, TimeSpan patience, TimeSpan answerWithin)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(agents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(handling, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(patience, TimeSpan.Zero);
        double arrival = callsPerHour / 3_600;
        double service = 1 / handling.TotalSeconds;
        double leaving = 1 / patience.TotalSeconds;

        // Weights of the states relative to "all agents busy, nobody waits": downwards and upwards from there.
        double below = 0;
        double busyBelow = 0;
        double unit = 1;
        double weight = 1;
        for (int k = agents; k > 0; k--)
        {
            weight *= k * service / arrival;
            below += weight;
            busyBelow += weight * (k - 1);
            if (weight < 1e-12 * below)
            {
                break;
            }

            if (weight > 1e100)
            {
                (weight, below, busyBelow, unit) = (weight / 1e100, below / 1e100, busyBelow / 1e100, unit / 1e100);
            }
        }

        double above = 0;
        double line = 0;
        double inTime = 0;
        double bound = answerWithin.TotalSeconds;
        weight = unit;
        for (int waiting = 0; weight > 1e-12 * unit || (agents * service) + (waiting * leaving) < arrival; waiting++)
        {
            above += weight;
            line += waiting * weight;
            inTime += weight * ServedWithin(waiting, agents * service, leaving, bound);
            weight *= arrival / ((agents * service) + ((waiting + 1) * leaving));
        }

        double all = below + above;
        double waits = above / all;
        double meanLine = line / all;
        double abandoned = leaving * meanLine / arrival;
        return new StaffingFigures(
            agents,
            waits,
            abandoned,
            (below + inTime) / all,
            TimeSpan.FromSeconds(meanLine / arrival),
            (busyBelow + (agents * above)) / all / agents);
    }

    /// <summary>The fewest agents with whom the share that is answered in time is reached and nobody is busy for more than a share of the time.</summary>
    /// <param name="callsPerHour">Calls an hour.</param>
    /// <param name="handling">Mean time that a call keeps an agent.</param>
    /// <param name="answerWithin">Bound of the service level.</param>
    /// <param name="level">Share to be answered within it, 0 to 1.</param>
    /// <param name="maxOccupancy">Longest share of time on calls, 0 to 1.</param>
    /// <param name="patience">Mean patience; null for callers who wait for ever.</param>
    /// <param name="shrinkage">Share of the paid time in which agents take no calls (breaks, training), 0 to below 1: so many more are to be on the roster.</param>
    /// <returns>The figures with those who take calls, and how many are to be on the roster; null where <see cref="MaxAgents"/> are too few.</returns>
    public static (StaffingFigures Figures, int Rostered)? Staff(
        double callsPerHour, TimeSpan handling, TimeSpan answerWithin, double level, double maxOccupancy = 1, TimeSpan? patience = null, double shrinkage = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shrinkage, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(shrinkage);
        if (callsPerHour <= 0 || handling <= TimeSpan.Zero)
        {
            return (new StaffingFigures(0, 0, 0, 1, TimeSpan.Zero, 0), 0);
        }

        // With so many the load alone is met; figures get better with each one more, so halves are searched.
        int low = 1;
        int high = MaxAgents + 1;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (Meets(middle))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low > MaxAgents ? null : (Figures(low), (int)Math.Ceiling(low / (1 - shrinkage)));

        StaffingFigures Figures(int agents) => patience is { } bounded ? Impatient(callsPerHour, handling, agents, bounded, answerWithin) : Patient(callsPerHour, handling, agents, answerWithin);

        bool Meets(int agents)
        {
            StaffingFigures figures = Figures(agents);
            return figures.ServiceLevel >= level && figures.Occupancy <= maxOccupancy;
        }
    }

    /// <summary>Most agents that <see cref="Staff"/> looks for.</summary>
    public const int MaxAgents = 20_000;

    /// <summary>
    /// The chance of somebody who comes behind <paramref name="ahead"/> others to be answered within a time: all ahead have to go, by service or by losing patience, and one service more has to end, before the caller himself gives up.
    /// The steps are exponential with rates that differ by the same amount, so the sum is that of order statistics: with s = service rate ÷ leaving rate the time in units of patience is Beta-distributed.
    /// </summary>
    private static double ServedWithin(int ahead, double service, double leaving, double bound)
    {
        // Rates on the way: service + ahead × leaving, ..., service + 0 × leaving; and beside it the caller's own patience.
        // P(served by t) = ∫ f(u) e^(-θu) du; f is the density of the sum of those steps. With v = e^(-θu): f(u) du = s · C(s + ahead, ahead) · v^(s-1) (1-v)^ahead dv.
        double s = service / leaving;
        double from = Math.Exp(-leaving * bound);
        double logConstant = Math.Log(s) + LogBinomial(s, ahead);
        const int Steps = 64;

        // Simpson's rule over v from e^(-θ·bound) to 1.
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double v = from + ((1 - from) * i / Steps);
            double value = v <= 0 ? 0 : ahead > 0 && v >= 1 ? 0 : Math.Exp(logConstant + (s * Math.Log(v)) + (ahead > 0 ? ahead * Math.Log(1 - v) : 0));
            sum += value * (i == 0 || i == Steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return Math.Min(1, sum * (1 - from) / Steps / 3);
    }

    /// <summary>ln of (s+1)(s+2)…(s+n) ÷ n!.</summary>
    private static double LogBinomial(double s, int n)
    {
        double log = 0;
        for (int i = 1; i <= n; i++)
        {
            log += Math.Log((s + i) / i);
        }

        return log;
    }
}
