namespace MediaCore.Audio.Tests.Quality;

/// <summary>Finds by how much a codec or a chain delays its sound, by cross-correlation.</summary>
internal static class Alignment
{
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
}
