namespace MediaCore.Engine.Control.Commands;

/// <summary>Takes a leg, by default the caller's, out of its conference.</summary>
public sealed record ConferenceLeaveCommand : CallCommand;
