namespace MediaCore.LoadTests.Arrivals;

/// <summary>
/// Calls at times that depend on nothing that the server does: a slow answer makes no later call later, so that what waits counts. Evenly spaced within the rates of its segments, or a Poisson process of these
/// rates; the same seed gives the same times.
/// </summary>
internal sealed class OpenLoop : IArrivals
{
    private readonly RateSegment[] _segments;
    private readonly Random? _random;
    private int _segment;
    private double _segmentStart;
    private double _callsBefore;
    private double _calls;
    private TimeSpan? _next;

    /// <param name="segments">The rates, one stretch after the other.</param>
    /// <param name="random">Draws the gaps of a Poisson process; null: calls are evenly spaced.</param>
    public OpenLoop(IEnumerable<RateSegment> segments, Random? random = null)
    {
        _segments = [.. segments];
        _random = random;
        Seconds = _segments.Sum(static s => s.Seconds);
        Advance();
    }

    /// <summary>How long calls begin.</summary>
    public double Seconds { get; }

    public TimeSpan? Due(int up) => _next;

    public void Take(TimeSpan now) => Advance();

    private void Advance()
    {
        // A Poisson process of a changing rate is one of rate 1 over the integral of the rate.
        _calls += _random is null ? 1 : -Math.Log(1 - _random.NextDouble());
        while (_segment < _segments.Length && _calls > _callsBefore + _segments[_segment].Calls)
        {
            _callsBefore += _segments[_segment].Calls;
            _segmentStart += _segments[_segment].Seconds;
            _segment++;
        }

        _next = _segment < _segments.Length ? TimeSpan.FromSeconds(_segmentStart + _segments[_segment].SecondsAt(_calls - _callsBefore)) : null;
    }
}
