namespace MediaCore.Audio.Tests.Quality;

internal static class Signals
{
    /// <summary>A voiced sound: a pulse train of harmonics that get weaker, 2 % of vibrato.</summary>
    public static short[] Vowel(int sampleRateHz, int samples, double pitchHz)
    {
        short[] sound = new short[samples];
        double phase = 0;
        for (int i = 0; i < samples; i++)
        {
            phase += 2 * Math.PI * pitchHz * (1 + (0.02 * Math.Sin(2 * Math.PI * 3 * i / sampleRateHz))) / sampleRateHz;
            double value = 0;
            for (int harmonic = 1; harmonic * pitchHz < 3400; harmonic++)
            {
                value += Math.Sin(harmonic * phase) / harmonic;
            }

            sound[i] = (short)(value * 5000);
        }

        return sound;
    }

    /// <summary>Numbers from a linear congruential generator, the same in any language.</summary>
    public static IEnumerable<uint> Congruential(uint seed, int count)
    {
        for (int i = 0; i < count; i++)
        {
            seed = unchecked((seed * 1664525) + 1013904223);
            yield return seed;
        }
    }
}
