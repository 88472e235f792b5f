namespace MediaCore.Engine.Control.Events;

/// <summary>Two legs hear each other no longer; each that is left stays with its call's controller.</summary>
public sealed record Unbridged : CallEvent
{
    /// <summary>The other leg's call.</summary>
    public required string OtherCallId { get; init; }

    /// <summary>The other leg.</summary>
    public required string OtherLegId { get; init; }

    /// <summary>Why.</summary>
    public UnbridgeReason Reason { get; init; }
}
