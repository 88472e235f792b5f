namespace MediaCore.Engine.Control.Events;

/// <summary>Two legs hear each other by command; each leg's call has this event.</summary>
public sealed record Bridged : CallEvent
{
    /// <summary>The other leg's call.</summary>
    public required string OtherCallId { get; init; }

    /// <summary>The other leg.</summary>
    public required string OtherLegId { get; init; }
}
