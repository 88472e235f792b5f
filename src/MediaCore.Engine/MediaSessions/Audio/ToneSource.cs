using MediaCore.Audio.Tones;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Plays a tone, or silence, for a time.</summary>
internal sealed class ToneSource : IAudioSource
{
    private ToneGenerator _generator;
    private long _samples;

    /// <summary>A source of so much of a tone, in whole frames of 20 ms.</summary>
    public ToneSource(Tone tone, TimeSpan duration)
    {
        _generator = new ToneGenerator(tone, SampleRateHz);
        _samples = (long)(duration.TotalSeconds * SampleRateHz);
    }

    /// <summary>Nothing to hear, for ever.</summary>
    public static Tone Silence { get; } = new(new ToneSegment(0));

    /// <inheritdoc/>
    public int SampleRateHz => 8000;

    /// <inheritdoc/>
    public bool Read(Span<short> frame)
    {
        if (_samples <= 0)
        {
            return false;
        }

        _generator.Generate(frame);
        _samples -= frame.Length;
        return true;
    }
}
