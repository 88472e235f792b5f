namespace MediaCore.Engine.Control.Events;

/// <summary>Somebody has begun to talk.</summary>
public sealed record TalkStarted : CallEvent;
