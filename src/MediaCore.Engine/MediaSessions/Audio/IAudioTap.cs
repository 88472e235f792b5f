using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Listens to a party's sound: a recorder, a detector, a live stream. Called on the party's shard; must not block and not allocate.</summary>
internal interface IAudioTap
{
    /// <summary>Samples per second it wants, any that <see cref="MediaCore.Audio.Resampling.Resampler"/> makes from 8, 16 and 48 kHz; 0 for the session's own, which may change.</summary>
    int SampleRateHz { get; }

    /// <summary>The next 20 ms, one channel. There is one frame every 20 ms as long as the tap is attached, silence included.</summary>
    /// <param name="frame">Samples; a fiftieth of <paramref name="sampleRateHz"/>.</param>
    /// <param name="sampleRateHz">Their rate.</param>
    /// <param name="now">When it was due.</param>
    void Take(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now);
}
