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

    /// <summary>What a voice detector takes for speech: vowels of changing pitch, 150 ms each with soft ends, and 50 ms of faint noise between them.</summary>
    public static short[] Syllables(int sampleRateHz, int samples, int seed = 1)
    {
        Random random = new(seed);
        short[] sound = new short[samples];
        int syllable = sampleRateHz * 3 / 20;
        int step = sampleRateHz / 5;
        for (int at = 0; at + step <= samples; at += step)
        {
            short[] vowel = Vowel(sampleRateHz, syllable, 180 + random.Next(100));
            double loudness = 0.4 + (0.6 * random.NextDouble());
            for (int i = 0; i < step; i++)
            {
                double envelope = i < syllable ? loudness * Math.Sin(Math.PI * i / syllable) : 0;
                sound[at + i] = (short)((i < syllable ? envelope * vowel[i] : 0) + random.Next(-10, 11));
            }
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
