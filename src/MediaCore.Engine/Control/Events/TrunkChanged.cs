namespace MediaCore.Engine.Control.Events;

/// <summary>An address of a trunk was found dead or alive, or the trunk's registration has changed. Belongs to no call.</summary>
public sealed record TrunkChanged : CallEvent
{
    /// <summary>The trunk's name.</summary>
    public required string Trunk { get; init; }

    /// <summary>Whether calls are sent to any address of it now.</summary>
    public required bool IsReachable { get; init; }

    /// <summary>Whether its registrar has our contact; false for a trunk that we don't register with.</summary>
    public required bool IsRegistered { get; init; }

    /// <summary>The address that it is about, as <c>192.0.2.1:5060</c>; empty where it is about the registration, or about all.</summary>
    public string Address { get; init; } = "";

    /// <summary>What is wrong with that; empty for nothing (any more).</summary>
    public string Problem { get; init; } = "";
}
