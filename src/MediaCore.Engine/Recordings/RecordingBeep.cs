using MediaCore.Audio.Prompts;
using MediaCore.Audio.Tones;

namespace MediaCore.Engine.Recordings;

/// <summary>The tone at the beginning of a recording: 1400 Hz for 400 ms, as recorder tones are.</summary>
internal static class RecordingBeep
{
    private const int Milliseconds = 400;

    /// <summary>The tone, shared by all calls.</summary>
    public static AudioClip Clip { get; } = Create();

    private static AudioClip Create()
    {
        short[] samples = new short[AudioClip.SampleRateHz * Milliseconds / 1000];
        new ToneGenerator(new Tone(new ToneSegment(Milliseconds, 1400), new ToneSegment(Milliseconds)), AudioClip.SampleRateHz, levelDbm0: -16).Generate(samples);
        return AudioClip.FromPcm(samples);
    }
}
