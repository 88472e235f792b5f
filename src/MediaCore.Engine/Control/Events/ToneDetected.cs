using MediaCore.Audio.Detection;

namespace MediaCore.Engine.Control.Events;

/// <summary>A tone was recognised.</summary>
public sealed record ToneDetected : CallEvent
{
    /// <summary>Which; <see cref="LineTone.Beep"/> after the verdict on a machine: it records from now on.</summary>
    public LineTone Tone { get; init; }
}
