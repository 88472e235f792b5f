namespace MediaCore.LoadTests.Arrivals;

/// <summary>How the rate goes over a run.</summary>
internal enum ArrivalShape
{
    /// <summary>Evenly spaced.</summary>
    Constant,

    /// <summary>Exponential gaps: as callers who know nothing of each other.</summary>
    Poisson,

    /// <summary>Evenly from the rate up to the peak.</summary>
    Ramp,

    /// <summary>The rate, in the middle fifth of the run the peak.</summary>
    Spike,

    /// <summary>The peak, in the second half of the run the rate.</summary>
    Burst,
}
