namespace MediaCore.LoadTests.Arrivals;

/// <summary>A stretch in which the rate goes evenly from one figure to another.</summary>
/// <param name="Seconds">How long.</param>
/// <param name="From">Calls per second at its beginning.</param>
/// <param name="To">Calls per second at its end.</param>
internal readonly record struct RateSegment(double Seconds, double From, double To)
{
    /// <summary>How many calls fall into it, on the mean.</summary>
    public double Calls => Seconds * (From + To) / 2;

    /// <summary>The moment, in seconds from its beginning, at which so many of them are due: the inverse of the rate's integral.</summary>
    public double SecondsAt(double calls)
    {
        double slope = (To - From) / Seconds;

        // slope/2 t² + From t = calls, in the form that is exact for a slope of 0 too.
        return 2 * calls / (From + Math.Sqrt(Math.Max(0, (From * From) + (2 * slope * calls))));
    }
}
