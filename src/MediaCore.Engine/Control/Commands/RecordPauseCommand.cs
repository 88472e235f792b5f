namespace MediaCore.Engine.Control.Commands;

/// <summary>Leaves out of a leg's recording what comes from now on. Without a leg: the caller's.</summary>
public sealed record RecordPauseCommand : CallCommand;
