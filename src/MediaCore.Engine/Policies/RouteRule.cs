using System.Collections.Immutable;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Policies;

/// <summary>One configured route: calls that match go to its trunks.</summary>
public sealed record RouteRule
{
    /// <summary>Name, unique in the configuration; stands in the plan, logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>What the dialled number must look like.</summary>
    public NumberPattern To { get; init; } = NumberPattern.Any;

    /// <summary>What the caller's number must look like; null for any, anonymous too.</summary>
    public NumberPattern? From { get; init; }

    /// <summary>Trunks in the order they are tried; at least one.</summary>
    public ImmutableArray<Trunk> Trunks { get; init; } = [];

    /// <summary>How long the called side may ring; 180 s as <see cref="EngineOptions.MaxRinging"/> by default, so that the engine's limit decides.</summary>
    public TimeSpan RingTime { get; init; } = TimeSpan.FromSeconds(180);
}
