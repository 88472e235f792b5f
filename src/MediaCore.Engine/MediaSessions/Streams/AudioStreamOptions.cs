namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>What an <see cref="AudioStream"/> carries.</summary>
public sealed record AudioStreamOptions
{
    /// <summary>Samples per second in both directions: 8000, 16000, 24000 or 48000. Default 16000.</summary>
    public int SampleRateHz { get; init; } = 16_000;

    /// <summary>What goes out. Default what the party says.</summary>
    public AudioStreamSound Sound { get; init; } = AudioStreamSound.Said;

    /// <summary>Whether anything is written in. Default true; a leg has one stream that speaks.</summary>
    public bool Speaks { get; init; } = true;

    /// <summary>Whether what is written in is heard in place of the other side, while there is something; otherwise it is added to that. Default false.</summary>
    public bool Replaces { get; init; }

    /// <summary>Sound that waits for the consumer at most, milliseconds, 20 to <see cref="AudioStreamLimits.MaxOutgoingMilliseconds"/>.</summary>
    public int OutgoingMilliseconds { get; init; } = AudioStreamLimits.DefaultOutgoingMilliseconds;

    /// <summary>Sound that waits to be played at most, milliseconds, 20 to <see cref="AudioStreamLimits.MaxIncomingMilliseconds"/>.</summary>
    public int IncomingMilliseconds { get; init; } = AudioStreamLimits.MaxIncomingMilliseconds;
}
