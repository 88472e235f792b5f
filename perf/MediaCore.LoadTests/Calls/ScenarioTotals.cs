using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Calls;

/// <summary>What the calls of one scenario came to.</summary>
internal sealed class ScenarioTotals(string name)
{
    public string Name { get; } = name;

    public long Started { get; set; }

    public long Ended { get; set; }

    public long Failed { get; set; }

    /// <summary>From the moment at which a call was to begin to its answer, or that of its REGISTER or MESSAGE.</summary>
    public LatencyHistogram SetUp { get; } = new();
}
