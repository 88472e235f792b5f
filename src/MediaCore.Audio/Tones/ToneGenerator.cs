namespace MediaCore.Audio.Tones;

/// <summary>
/// Writes the samples of a <see cref="Tone"/> for as long as asked, exact to the sample over any number of calls and without allocation. Each frequency starts each segment
/// at phase zero, so there is no click at its beginning.
/// </summary>
public struct ToneGenerator
{
    /// <summary>Level of the whole tone: −10 dBm0, the middle of what E.180 §6 recommends (a full-scale 16-bit sine is +3.14 dBm0).</summary>
    public const double DefaultLevelDbm0 = -10;

    private readonly Tone _tone;
    private readonly int _sampleRateHz;
    private readonly double _amplitude;
    private int _segment;
    private long _position;

    /// <summary>A generator at the start of the tone.</summary>
    /// <param name="tone">What to generate.</param>
    /// <param name="sampleRateHz">Samples per second.</param>
    /// <param name="levelDbm0">Power of the frequencies together, at most +3.14.</param>
    public ToneGenerator(Tone tone, int sampleRateHz = 8000, double levelDbm0 = DefaultLevelDbm0)
    {
        ArgumentNullException.ThrowIfNull(tone);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        _tone = tone;
        _sampleRateHz = sampleRateHz;
        _amplitude = Math.Min(short.MaxValue, 32768 * Math.Pow(10, (levelDbm0 - 3.14) / 20));
    }

    /// <summary>Fills the span with the next samples.</summary>
    public void Generate(Span<short> samples)
    {
        int written = 0;
        while (written < samples.Length)
        {
            ToneSegment segment = _tone.Segments[_segment];
            long length = (long)segment.Milliseconds * _sampleRateHz / 1000;
            int count = samples.Length - written;
            if (segment.Milliseconds != 0)
            {
                count = (int)Math.Min(count, length - _position);
            }

            Fill(samples.Slice(written, count), segment);
            written += count;
            _position += count;
            if (segment.Milliseconds != 0 && _position >= length)
            {
                _position = 0;
                _segment = (_segment + 1) % _tone.Segments.Length;
            }
        }
    }

    private readonly void Fill(Span<short> samples, in ToneSegment segment)
    {
        int frequencies = (segment.FirstHz > 0 ? 1 : 0) + (segment.SecondHz > 0 ? 1 : 0) + (segment.ThirdHz > 0 ? 1 : 0);
        if (frequencies == 0)
        {
            samples.Clear();
            return;
        }

        // Powers of independent sines add up, so each gets 1/√n of the amplitude; their peak can then pass full scale only at levels that clamp anyway.
        double amplitude = _amplitude / Math.Sqrt(frequencies);
        double unit = 2 * Math.PI / _sampleRateHz;
        for (int i = 0; i < samples.Length; i++)
        {
            double at = unit * (_position + i);
            double value = (segment.FirstHz > 0 ? Math.Sin(at * segment.FirstHz) : 0)
                + (segment.SecondHz > 0 ? Math.Sin(at * segment.SecondHz) : 0)
                + (segment.ThirdHz > 0 ? Math.Sin(at * segment.ThirdHz) : 0);
            samples[i] = (short)Math.Clamp(Math.Round(amplitude * value), short.MinValue, short.MaxValue);
        }
    }
}
