namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Sound that is played to a party: a prompt, a tone, music, a live stream. Called on the party's shard; must not block and not allocate.</summary>
internal interface IAudioSource
{
    /// <summary>Samples per second it has; the party resamples. May not change.</summary>
    int SampleRateHz { get; }

    /// <summary>Whether it has had nothing to be heard for a while, live sound that waits for somebody to speak: then <see cref="SourceMode.Yielding"/> lets others be heard.</summary>
    bool IsQuiet => false;

    /// <summary>Writes the next 20 ms, all of them; false when it had ended before, and then nothing of the frame is played. The last frame is filled up with silence.</summary>
    bool Read(Span<short> frame);
}
