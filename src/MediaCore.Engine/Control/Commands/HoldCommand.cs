namespace MediaCore.Engine.Control.Commands;

/// <summary>Puts a leg on hold: it is asked to send nothing and hears music as configured.</summary>
public sealed record HoldCommand : CallCommand;
