namespace MediaCore.Engine.Control.Events;

/// <summary>What a command plays is heard from now on.</summary>
public sealed record PlaybackStarted : CallEvent
{
    /// <summary>The command.</summary>
    public required string CommandId { get; init; }
}
