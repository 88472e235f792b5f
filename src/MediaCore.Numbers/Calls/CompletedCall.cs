using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Calls;

/// <summary>A call that the service has done something with, when it is over.</summary>
/// <param name="Facts">What was known of it.</param>
/// <param name="Trace">The decisions.</param>
/// <param name="Variables">Its variables at the end.</param>
/// <param name="Result">What the outermost activity ended with; null where the call ended before it.</param>
/// <param name="Record">The engine's record; null for a call that was given back while it went on.</param>
public sealed record CompletedCall(CallFacts Facts, IReadOnlyList<CallTraceLine> Trace, IReadOnlyDictionary<string, string> Variables, ActivityResult? Result, CallRecord? Record)
{
    /// <summary>Words that were noted at it.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What it came through.</summary>
    public IReadOnlyList<CallWaypoint> Path { get; init; } = [];

    /// <summary>Which configuration the decisions went by (<see cref="Configuration.TenantConfiguration.Version"/>).</summary>
    public long Configuration { get; init; }
}
