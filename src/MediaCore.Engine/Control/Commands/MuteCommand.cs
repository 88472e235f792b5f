namespace MediaCore.Engine.Control.Commands;

/// <summary>Mutes a leg, or unmutes it. Without a leg: the caller's.</summary>
public sealed record MuteCommand : CallCommand
{
    /// <summary>Which directions are muted from now on; <see cref="MuteDirection.None"/> unmutes.</summary>
    public MuteDirection Direction { get; init; } = MuteDirection.In;
}
