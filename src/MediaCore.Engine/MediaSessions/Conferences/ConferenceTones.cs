namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>The tones that say who comes and goes: two short ones upwards, two downwards. Made once for each rate.</summary>
internal static class ConferenceTones
{
    private const int ToneMilliseconds = 120;
    private const double LowHertz = 440;
    private const double HighHertz = 660;

    // −16 dBm0: below a voice, above the noise.
    private const double Amplitude = 3600;

    private static readonly int[] s_rates = [8000, 16_000, 48_000];
    private static readonly short[][] s_join = [.. s_rates.Select(static rate => Make(rate, LowHertz, HighHertz))];
    private static readonly short[][] s_leave = [.. s_rates.Select(static rate => Make(rate, HighHertz, LowHertz))];

    /// <summary>For somebody who comes: whole frames of 20 ms.</summary>
    public static ReadOnlyMemory<short> Join(int sampleRateHz) => s_join[Array.IndexOf(s_rates, sampleRateHz)];

    /// <summary>For somebody who goes.</summary>
    public static ReadOnlyMemory<short> Leave(int sampleRateHz) => s_leave[Array.IndexOf(s_rates, sampleRateHz)];

    private static short[] Make(int rate, double first, double second)
    {
        int tone = rate / 1000 * ToneMilliseconds;
        short[] samples = new short[tone * 2];
        Write(samples.AsSpan(0, tone), first, rate);
        Write(samples.AsSpan(tone), second, rate);
        return samples;
    }

    private static void Write(Span<short> samples, double hertz, int rate)
    {
        // 5 ms of edge, so that it does not click.
        double edge = rate * 0.005;
        for (int i = 0; i < samples.Length; i++)
        {
            double envelope = Math.Min(1, Math.Min(i, samples.Length - 1 - i) / edge);
            samples[i] = (short)(Amplitude * envelope * Math.Sin(2 * Math.PI * hertz * i / rate));
        }
    }
}
