namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>What an <see cref="AudioStream"/> carries.</summary>
public sealed record AudioStreamOptions
{
    /// <summary>Samples per second in both directions: 8000, 16000 or 24000. Default 16000.</summary>
    public int SampleRateHz { get; init; } = 16_000;

    /// <summary>What goes out. Default what the party says.</summary>
    public AudioStreamSound Sound { get; init; } = AudioStreamSound.Said;

    /// <summary>Whether what is written in replaces what the party would hear; otherwise it is added to that. Default false.</summary>
    public bool Replaces { get; init; }

    /// <summary>Sound that waits for the consumer at most, milliseconds, 20 to <see cref="AudioStreamLimits.MaxOutgoingMilliseconds"/>.</summary>
    public int OutgoingMilliseconds { get; init; } = AudioStreamLimits.MaxOutgoingMilliseconds;

    /// <summary>Sound that waits to be played at most, milliseconds, 20 to <see cref="AudioStreamLimits.MaxIncomingMilliseconds"/>.</summary>
    public int IncomingMilliseconds { get; init; } = AudioStreamLimits.MaxIncomingMilliseconds;
}
