namespace MediaCore.Engine.Tracing;

/// <summary>Something that happened to the media of a call. Digits, addresses of record and keys are never in it.</summary>
/// <param name="At">When.</param>
/// <param name="LegIndex">The leg; -1 for the call as a whole.</param>
/// <param name="Text">What, for people.</param>
public sealed record TracedNote(DateTimeOffset At, int LegIndex, string Text);
