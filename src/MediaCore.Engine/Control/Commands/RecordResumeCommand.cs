namespace MediaCore.Engine.Control.Commands;

/// <summary>Goes on with a leg's recording. Without a leg: the caller's.</summary>
public sealed record RecordResumeCommand : CallCommand;
