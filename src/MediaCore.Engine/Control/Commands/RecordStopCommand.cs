namespace MediaCore.Engine.Control.Commands;

/// <summary>Ends a leg's recording. Without a leg: the caller's.</summary>
public sealed record RecordStopCommand : CallCommand
{
    /// <summary>Keeps nothing of it.</summary>
    public bool Discard { get; init; }
}
