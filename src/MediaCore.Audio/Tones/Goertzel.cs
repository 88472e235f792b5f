namespace MediaCore.Audio.Tones;

/// <summary>How much of one frequency a stretch of samples holds, by Goertzel's recurrence under a Hann window. Allocates nothing.</summary>
public static class Goertzel
{
    /// <summary>The amplitude of +3.14 dBm0: A-law's overload point. µ-law's, +3.17 dBm0 at 32636, differs from it by 0.07 dB.</summary>
    private const double FullScale = 32768;

    /// <summary>
    /// Level of the sine of this frequency in dBm0 (a full-scale 16-bit sine is +3.14); very low when there is none. The window's main lobe
    /// is ±2 · rate ⁄ length wide, so frequencies closer than that to each other cannot be told apart.
    /// </summary>
    /// <param name="samples">At least a few periods; 100 ms tell telephone tones apart.</param>
    /// <param name="hertz">The frequency, below half the rate.</param>
    /// <param name="sampleRateHz">Samples per second.</param>
    public static double LevelDbm0(ReadOnlySpan<short> samples, double hertz, int sampleRateHz = 8000) => ToDbm0(Amplitude(samples, hertz, sampleRateHz));

    /// <summary>Level of everything in the samples in dBm0.</summary>
    public static double TotalLevelDbm0(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (short sample in samples)
        {
            sum += (double)sample * sample;
        }

        return ToDbm0(samples.IsEmpty ? 0 : Math.Sqrt(2 * sum / samples.Length));
    }

    /// <summary>
    /// Whether the samples are mostly this frequency: it is louder than <paramref name="minimumDbm0"/> and holds at least half of the power.
    /// </summary>
    public static bool IsTone(ReadOnlySpan<short> samples, double hertz, int sampleRateHz = 8000, double minimumDbm0 = -35)
    {
        double level = LevelDbm0(samples, hertz, sampleRateHz);
        return level >= minimumDbm0 && level >= TotalLevelDbm0(samples) - 3.01;
    }

    private static double Amplitude(ReadOnlySpan<short> samples, double hertz, int sampleRateHz)
    {
        if (samples.IsEmpty)
        {
            return 0;
        }

        double angle = 2 * Math.PI * hertz / sampleRateHz;
        double coefficient = 2 * Math.Cos(angle);
        double previous = 0;
        double beforePrevious = 0;
        double windowSum = 0;
        double step = 2 * Math.PI / samples.Length;
        for (int i = 0; i < samples.Length; i++)
        {
            double window = 0.5 - (0.5 * Math.Cos(step * (i + 0.5)));
            windowSum += window;
            double value = (samples[i] * window) + (coefficient * previous) - beforePrevious;
            beforePrevious = previous;
            previous = value;
        }

        double power = (previous * previous) + (beforePrevious * beforePrevious) - (coefficient * previous * beforePrevious);
        return 2 * Math.Sqrt(Math.Max(0, power)) / windowSum;
    }

    private static double ToDbm0(double amplitude) => (20 * Math.Log10(Math.Max(amplitude, 1e-3) / FullScale)) + 3.14;
}
