using MediaCore.Audio.Prompts;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Plays a clip at the clip's own rate: once, some times over or for ever, from its beginning or from a position. Many may play one clip.</summary>
internal sealed class ClipSource : IAudioSource
{
    /// <summary>Rounds of a clip that is played for ever.</summary>
    public const int Endless = int.MaxValue;

    private readonly AudioClip _clip;
    private int _position;
    private int _rounds;

    /// <summary>A source at its first sample.</summary>
    /// <param name="clip">What is played.</param>
    /// <param name="rounds">How often; <see cref="Endless"/> until it is stopped.</param>
    /// <param name="start">Where the first round begins; at or beyond the end there is nothing left of it.</param>
    public ClipSource(AudioClip clip, int rounds = 1, TimeSpan start = default)
    {
        _clip = clip;
        _rounds = clip.Samples.Length == 0 ? 0 : rounds;
        _position = (int)Math.Clamp(start.TotalSeconds * clip.SamplesRateHz, 0, clip.Samples.Length);
    }

    /// <inheritdoc/>
    public int SampleRateHz => _clip.SamplesRateHz;

    /// <summary>Whether it is music on hold, which ends with the hold.</summary>
    public bool IsMusic { get; init; }

    /// <summary>How far the present round is: what a stop reports and a later start takes.</summary>
    public TimeSpan Position => TimeSpan.FromTicks(_position * (TimeSpan.TicksPerSecond / _clip.SamplesRateHz));

    /// <inheritdoc/>
    public bool Read(Span<short> frame)
    {
        int filled = 0;
        while (filled < frame.Length && _rounds > 0)
        {
            int count = Math.Min(frame.Length - filled, _clip.Samples.Length - _position);
            _clip.Samples.AsSpan(_position, count).CopyTo(frame[filled..]);
            filled += count;
            _position += count;
            if (_position < _clip.Samples.Length)
            {
                continue;
            }

            _rounds -= _rounds == Endless ? 0 : 1;
            _position = _rounds > 0 ? 0 : _position;
        }

        frame[filled..].Clear();
        return filled > 0;
    }
}
