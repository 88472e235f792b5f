namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Sound that is played to a party: a prompt, a tone, music, a live stream. Called on the party's shard; must not block and not allocate.</summary>
internal interface IAudioSource
{
    /// <summary>Samples per second it has; the party resamples. May not change.</summary>
    int SampleRateHz { get; }

    /// <summary>Writes the next 20 ms, all of them; false when it had ended before, and then nothing of the frame is played. The last frame is filled up with silence.</summary>
    bool Read(Span<short> frame);
}
