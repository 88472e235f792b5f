namespace MediaCore.Audio.Tests.Quality;

/// <summary>Finds by how much a codec or a chain delays its sound, by cross-correlation.</summary>
internal static class Alignment
{
    /// <summary>By how much a delay may change within 20 ms: a packet, and the longest pitch period that time-scaling puts in or takes out.</summary>
    public const int MaxStepMilliseconds = 30;

    private const double ClearlyBetter = 0.05;

    /// <summary>The delay in samples, 0 to <paramref name="most"/>, at which the two are most alike.</summary>
    public static int Find(ReadOnlySpan<short> reference, ReadOnlySpan<short> delayed, int most)
    {
        int length = Math.Min(Math.Min(reference.Length, delayed.Length - most), 40_000);
        int best = 0;
        double strongest = double.NegativeInfinity;
        for (int delay = 0; delay <= most; delay++)
        {
            double sum = 0;
            for (int i = 0; i < length; i++)
            {
                sum += (double)reference[i] * delayed[i + delay];
            }

            if (sum > strongest)
            {
                (strongest, best) = (sum, delay);
            }
        }

        return best;
    }

    /// <summary>
    /// The degraded sound put beside the reference moment by moment, for a chain whose delay changes while it runs, as a jitter buffer's does: what measures that compare moment by moment then say is about the sound and not
    /// about when it came. For each 20 ms the delay is the one at which 60 ms around them are most alike, at most <see cref="MaxStepMilliseconds"/> from the one before, and another one than that only where it is clearly better.
    /// </summary>
    /// <param name="reference">What was said.</param>
    /// <param name="degraded">What was heard; longer than the reference by the longest delay.</param>
    /// <param name="delay">The delay at the start, as <see cref="Find"/> gives it.</param>
    /// <param name="rateHz">Rate of both.</param>
    public static short[] Follow(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int delay, int rateHz)
    {
        int block = rateHz / 50;
        int reach = rateHz * MaxStepMilliseconds / 1000;
        short[] followed = new short[reference.Length];
        for (int at = 0; at < reference.Length; at += block)
        {
            int start = Math.Max(0, at - block);
            int length = Math.Min(3 * block, reference.Length - start);
            ReadOnlySpan<short> window = reference.Slice(start, length);
            double best = Likeness(window, degraded, start + delay) + ClearlyBetter;
            int found = delay;
            for (int candidate = Math.Max(0, delay - reach); candidate <= delay + reach; candidate++)
            {
                double likeness = Likeness(window, degraded, start + candidate);
                if (likeness > best)
                {
                    (best, found) = (likeness, candidate);
                }
            }

            delay = found;
            int count = Math.Clamp(degraded.Length - at - delay, 0, Math.Min(block, reference.Length - at));
            degraded.Slice(Math.Min(degraded.Length, at + delay), count).CopyTo(followed.AsSpan(at));
        }

        return followed;
    }

    /// <summary>Correlation, −1 to 1; 0 where there is hardly any sound or not enough of it.</summary>
    private static double Likeness(ReadOnlySpan<short> window, ReadOnlySpan<short> sound, int start)
    {
        if (start < 0 || start + window.Length > sound.Length)
        {
            return 0;
        }

        ReadOnlySpan<short> other = sound.Slice(start, window.Length);
        double product = 0;
        double one = 0;
        double two = 0;
        for (int i = 0; i < window.Length; i++)
        {
            product += (double)window[i] * other[i];
            one += (double)window[i] * window[i];
            two += (double)other[i] * other[i];
        }

        // 50 of 32768: below it there is noise of rounding.
        return Math.Min(one, two) < 2500.0 * window.Length ? 0 : product / Math.Sqrt(one * two);
    }
}
