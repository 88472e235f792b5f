namespace MediaCore.Engine.Control.Commands;

/// <summary>Ends what is played to a leg, by default the caller's.</summary>
public sealed record StopPlaybackCommand : CallCommand
{
    /// <summary>Identifier of the command whose playback (or gather) ends; null for all of the leg.</summary>
    public string? Playback { get; init; }
}
