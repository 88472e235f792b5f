namespace MediaCore.Engine.Control.Commands;

/// <summary>Takes a leg from hold.</summary>
public sealed record ResumeCommand : CallCommand;
