namespace MediaCore.Engine.Control.Events;

/// <summary>The next piece of a playback has begun.</summary>
public sealed record PlaybackProgress : CallEvent
{
    /// <summary>The command.</summary>
    public required string CommandId { get; init; }

    /// <summary>Which piece, from 0.</summary>
    public int Item { get; init; }

    /// <summary>Which round, from 1.</summary>
    public int Round { get; init; } = 1;
}
