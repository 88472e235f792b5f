using MediaCore.LoadTests.Calls;

namespace MediaCore.LoadTests.Soak;

/// <summary>What a soak came to.</summary>
internal sealed record SoakResult(IReadOnlyList<SoakMinute> Minutes, CallTotals Totals, IReadOnlyList<SoakCheck> Checks);

/// <summary>One thing that should hold.</summary>
/// <param name="What">What.</param>
/// <param name="Holds">Whether it did.</param>
/// <param name="Seen">What was seen.</param>
internal sealed record SoakCheck(string What, bool Holds, string Seen);
