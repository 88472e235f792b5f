namespace MediaCore.Engine.Control.Events;

/// <summary>A playback is over.</summary>
public sealed record PlaybackEnded : CommandEnded
{
    /// <summary>How much of it was heard, waiting excluded.</summary>
    public TimeSpan Played { get; init; }
}
