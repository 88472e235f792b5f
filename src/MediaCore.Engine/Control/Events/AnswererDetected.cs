using MediaCore.Audio.Detection;

namespace MediaCore.Engine.Control.Events;

/// <summary>It is known who answered.</summary>
public sealed record AnswererDetected : CallEvent
{
    /// <summary>Who.</summary>
    public AnswererVerdict Verdict { get; init; }

    /// <summary>Sound until the verdict, in ms.</summary>
    public int Milliseconds { get; init; }
}
