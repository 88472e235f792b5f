using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Control.Events;

/// <summary>A recording has begun, was paused or resumed, or its file is there.</summary>
public sealed record RecordingChanged : CallEvent
{
    /// <summary>What has happened.</summary>
    public RecordingStage Stage { get; init; }

    /// <summary>The recording.</summary>
    public required RecordingInfo Recording { get; init; }
}
