using MediaCore.LoadTests.Calls;

namespace MediaCore.LoadTests.Soak;

/// <summary>What a soak came to.</summary>
internal sealed record SoakResult(IReadOnlyList<SoakMinute> Minutes, CallTotals Totals, IReadOnlyList<Finding> Checks);
