namespace MediaCore.Engine.Control.Commands;

/// <summary>Dials for the caller. Who answers first is connected with him, who is answered with it if he was not; if nobody does, the call stays with its controller. Ends with <see cref="Events.DialEnded"/>. When the party that answered hangs up later, the call stays with its controller, too.</summary>
public sealed record DialCommand : CallCommand
{
    /// <summary>1 to <see cref="ControlLimits.MaxDialTargets"/>.</summary>
    public IReadOnlyList<DialDestination> Targets { get; init; } = [];

    /// <summary>All at once, the first answer wins; or one after the other.</summary>
    public bool IsSequential { get; init; }

    /// <summary>How long they may ring in all.</summary>
    public TimeSpan RingTime { get; init; } = ControlLimits.DefaultRingTime;

    /// <summary>After so much talk the party is hung up and the call is its controller's again; zero for the server's own limit alone.</summary>
    public TimeSpan TimeLimit { get; init; }

    /// <summary>What an answered caller hears while it rings; null for the country's tone.</summary>
    public PlayMedia? Ringback { get; init; }

    /// <summary>Number that the call comes from; null for the caller's.</summary>
    public string? CallerNumber { get; init; }

    /// <summary>Name that the call comes from; null for the caller's, or none where <see cref="CallerNumber"/> is given.</summary>
    public string? CallerName { get; init; }

    /// <summary>Who has diverted the call before it goes there, the last one first; at most <see cref="ControlLimits.MaxDiversions"/>. Stands before what the caller's own trunk has said of diversions.</summary>
    public IReadOnlyList<CallDiversion> Diversions { get; init; } = [];
}
