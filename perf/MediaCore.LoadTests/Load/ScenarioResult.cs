using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Load;

/// <summary>What the calls of one scenario came to.</summary>
internal sealed record ScenarioResult(string Name, long Started, long Ended, long Failed, LatencySummary SetUp);
