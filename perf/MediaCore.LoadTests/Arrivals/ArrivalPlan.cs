namespace MediaCore.LoadTests.Arrivals;

/// <summary>A rate, its shape and how long.</summary>
/// <param name="Shape">How the rate goes.</param>
/// <param name="Rate">Calls per second.</param>
/// <param name="Peak">Of a ramp, a spike and a burst: calls per second at the end, or in it.</param>
/// <param name="Seconds">How long calls begin.</param>
internal sealed record ArrivalPlan(ArrivalShape Shape, double Rate, double Peak, double Seconds)
{
    public double HighestRate => Shape is ArrivalShape.Ramp or ArrivalShape.Spike or ArrivalShape.Burst ? Math.Max(Rate, Peak) : Rate;

    public OpenLoop Start(int seed) => Shape switch
    {
        ArrivalShape.Ramp => new OpenLoop([new RateSegment(Seconds, Rate, Peak)]),
        ArrivalShape.Spike => new OpenLoop([new RateSegment(0.4 * Seconds, Rate, Rate), new RateSegment(0.2 * Seconds, Peak, Peak), new RateSegment(0.4 * Seconds, Rate, Rate)]),
        ArrivalShape.Burst => new OpenLoop([new RateSegment(Seconds / 2, Peak, Peak), new RateSegment(Seconds / 2, Rate, Rate)]),
        ArrivalShape.Poisson => new OpenLoop([new RateSegment(Seconds, Rate, Rate)], new Random(seed)),
        _ => new OpenLoop([new RateSegment(Seconds, Rate, Rate)]),
    };
}
