using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Control.Events;

/// <summary>A recording has its last sound; whether its file was saved comes with <see cref="RecordingChanged"/>.</summary>
public sealed record RecordingEnded : CommandEnded
{
    /// <summary>The recording.</summary>
    public required RecordingInfo Recording { get; init; }
}
