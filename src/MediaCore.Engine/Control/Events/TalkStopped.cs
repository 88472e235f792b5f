namespace MediaCore.Engine.Control.Events;

/// <summary>Nobody has talked for a while.</summary>
public sealed record TalkStopped : CallEvent;
