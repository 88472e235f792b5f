namespace MediaCore.Engine.Control.Commands;

/// <summary>Connects the party of this call with that of another, or two legs of one call. Ends when they hear each other.</summary>
public sealed record BridgeCommand : CallCommand
{
    /// <summary>The other call; the same one for two of its legs.</summary>
    public required string OtherCallId { get; init; }

    /// <summary>The other leg; null for the one party of the other call.</summary>
    public string? OtherLegId { get; init; }
}
