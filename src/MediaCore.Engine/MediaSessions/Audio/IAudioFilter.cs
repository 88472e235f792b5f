using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Changes what a party says before anybody hears it: taps, recordings, the other side. Called on the party's shard; must not block and not allocate.</summary>
internal interface IAudioFilter
{
    /// <summary>The next 20 ms at the session's rate, changed in place.</summary>
    void Process(Span<short> frame, int sampleRateHz, Timestamp now);
}
