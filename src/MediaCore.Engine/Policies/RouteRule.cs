using System.Collections.Frozen;
using System.Collections.Immutable;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Policies;

/// <summary>One configured route: calls that match go to its trunks, or are refused.</summary>
public sealed record RouteRule
{
    /// <summary>Name, unique in the configuration; stands in the plan, logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>What the dialled number must look like.</summary>
    public NumberPattern To { get; init; } = NumberPattern.Any;

    /// <summary>What the caller's number must look like; null for any, anonymous too.</summary>
    public NumberPattern? From { get; init; }

    /// <summary>Names of the trunks that the call must have come in by one of; empty for any way in.</summary>
    public FrozenSet<string> InboundTrunks { get; init; } = [];

    /// <summary>Patterns of the account's name, one of which must match; empty for any caller, without an account too.</summary>
    public ImmutableArray<NumberPattern> Accounts { get; init; } = [];

    /// <summary>When the route is open; empty for always.</summary>
    public ImmutableArray<TimeWindow> Windows { get; init; } = [];

    /// <summary>Trunks in the order they are tried, or as <see cref="Ranks"/> says.</summary>
    public ImmutableArray<Trunk> Trunks { get; init; } = [];

    /// <summary>Priority and weight of each of <see cref="Trunks"/>; none for their order.</summary>
    public ImmutableArray<TargetRank> Ranks { get; init; } = [];

    /// <summary>Least-cost routing in place of <see cref="Trunks"/>; a number without a prefix in the sheet does not match the route. Its trunks' names are in <see cref="Trunks"/>, in the sheet's order.</summary>
    public RateSheet? Rates { get; init; }

    /// <summary>Takes callers into this conference in place of routing; null to route.</summary>
    public string? Conference { get; init; }

    /// <summary>Offers callers to an application first; who is not claimed goes to the trunks, where there are any. Null for no offer.</summary>
    public ControlStep? Control { get; init; }

    /// <summary>Refuse with this status in place of routing; 0 to route.</summary>
    public int RejectStatus { get; init; }

    /// <summary>Q.850 cause of the refusal; 0 for the one that goes with the status.</summary>
    public int RejectCause { get; init; }

    /// <summary>Whether its calls are recorded.</summary>
    public bool Record { get; init; }

    /// <summary>How long the called side may ring; 180 s as <see cref="EngineOptions.MaxRinging"/> by default, so that the engine's limit decides.</summary>
    public TimeSpan RingTime { get; init; } = TimeSpan.FromSeconds(180);
}
