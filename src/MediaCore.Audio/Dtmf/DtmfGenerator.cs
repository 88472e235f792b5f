namespace MediaCore.Audio.Dtmf;

/// <summary>
/// Writes the sound of one digit with the frequencies of ITU-T Q.23, frame by frame and exact to the sample. Its edges rise and fall over 2 ms along a raised cosine, so that it does not click, and within the 5 ms that Q.23 and its national rules allow a tone
/// to build up. A default value is finished. Allocates nothing.
/// </summary>
public struct DtmfGenerator
{
    /// <summary>Level of the low frequency unless said otherwise: with the high one at <see cref="DefaultTwistDb"/> more both together are at −6.0 dBm0, amid what exchanges send.</summary>
    public const double DefaultLevelDbm0 = -10;

    /// <summary>By how much the high frequency is louder: lines attenuate it more.</summary>
    public const double DefaultTwistDb = 2;

    private const int RampMicroseconds = 2000;

    private readonly double _low;
    private readonly double _high;
    private readonly double _lowAmplitude;
    private readonly double _highAmplitude;
    private readonly int _samples;
    private readonly int _ramp;
    private int _position;

    /// <summary>The sound of a digit, from its beginning.</summary>
    /// <param name="digit">One of the sixteen.</param>
    /// <param name="sampleRateHz">Samples per second.</param>
    /// <param name="milliseconds">Its length, edges included.</param>
    /// <param name="levelDbm0">Level of the low frequency; a full-scale sine is +3.14.</param>
    /// <param name="twistDb">By how much the high frequency is louder; negative for quieter.</param>
    /// <exception cref="ArgumentException">No digit.</exception>
    public DtmfGenerator(char digit, int sampleRateHz, int milliseconds, double levelDbm0 = DefaultLevelDbm0, double twistDb = DefaultTwistDb)
    {
        if (!DtmfDigit.TryGetFrequencies(digit, out double low, out double high))
        {
            throw new ArgumentException("Not a DTMF digit.", nameof(digit));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(milliseconds);
        _low = 2 * Math.PI * low / sampleRateHz;
        _high = 2 * Math.PI * high / sampleRateHz;
        _lowAmplitude = Amplitude(levelDbm0);
        _highAmplitude = Amplitude(levelDbm0 + twistDb);
        _samples = (int)((long)milliseconds * sampleRateHz / 1000);
        _ramp = Math.Min((int)((long)RampMicroseconds * sampleRateHz / 1_000_000), _samples / 2);
    }

    /// <summary>Whether all of it was written.</summary>
    public readonly bool IsFinished => _position >= _samples;

    /// <summary>Fills the span: the next samples of the digit, then silence.</summary>
    /// <returns>How many samples were of the digit.</returns>
    public int Generate(Span<short> samples)
    {
        int count = Math.Min(samples.Length, _samples - _position);
        for (int i = 0; i < count; i++, _position++)
        {
            int edge = Math.Min(_position, _samples - 1 - _position);
            double gain = edge < _ramp ? 0.5 - (0.5 * Math.Cos(Math.PI * (edge + 1) / (_ramp + 1))) : 1;
            double value = gain * ((_lowAmplitude * Math.Sin(_low * _position)) + (_highAmplitude * Math.Sin(_high * _position)));
            samples[i] = (short)Math.Clamp(Math.Round(value), short.MinValue, short.MaxValue);
        }

        samples[count..].Clear();
        return count;
    }

    private static double Amplitude(double levelDbm0) => Math.Min(short.MaxValue, 32768 * Math.Pow(10, (levelDbm0 - 3.14) / 20));
}
