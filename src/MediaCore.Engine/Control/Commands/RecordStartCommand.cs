using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Control.Commands;

/// <summary>Records a leg, by default the caller's: what it says and hears. Ends with <see cref="Events.RecordingEnded"/> when the recording does.</summary>
public sealed record RecordStartCommand : CallCommand
{
    /// <summary>What it is kept as; null for what the configuration says.</summary>
    public RecordingFormat? Format { get; init; }

    /// <summary>Which sound is in it; null for what the configuration says.</summary>
    public RecordingLayout? Layout { get; init; }

    /// <summary>What pauses become; null for what the configuration says.</summary>
    public RecordingPause? Pause { get; init; }

    /// <summary>Longest recording; zero for what the configuration says.</summary>
    public TimeSpan MaxDuration { get; init; }

    /// <summary>Whether the leg hears a short tone first.</summary>
    public bool Beep { get; init; }

    /// <summary>Whether <see cref="Events.TalkStarted"/> and <see cref="Events.TalkStopped"/> tell of the leg from here on, whatever its trunk says.</summary>
    public bool ReportsTalk { get; init; }
}
