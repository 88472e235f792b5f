namespace MediaCore.LoadTests.Arrivals;

/// <summary>A number of calls that are kept up: each that ends is replaced. A closed loop, for what is measured on calls that are up; what a server does at a rate it does not tell.</summary>
/// <param name="calls">Calls up at once.</param>
/// <param name="callsPerSecond">Calls begun per second, at most.</param>
internal sealed class Population(int calls, double callsPerSecond) : IArrivals
{
    private TimeSpan _next;

    public TimeSpan? Due(int up) => up < calls ? _next : TimeSpan.MaxValue;

    public void Take(TimeSpan now) => _next = now + TimeSpan.FromSeconds(1 / callsPerSecond);
}
