using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Knee;

/// <summary>A rate that was tried.</summary>
/// <param name="Rate">Calls per second.</param>
/// <param name="Broken">What broke the level; empty: it held.</param>
/// <param name="Goodput">Calls that went as their scenario says, whenever they ended, per second in which calls began.</param>
/// <param name="Result">The run.</param>
internal sealed record KneeStep(double Rate, string Broken, double Goodput, LoadResult Result);
