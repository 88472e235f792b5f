namespace MediaCore.Audio.Tests.Quality;

/// <summary>Segmental signal-to-noise ratio: the mean over 20 ms segments with sound in them of each segment's ratio, held within −10 and 35 dB as is usual.</summary>
internal static class SegmentalSnr
{
    private const double Lowest = -10;
    private const double Highest = 35;

    // Segments below −60 dBov are pauses and say nothing.
    private const double QuietPower = 32.8 * 32.8;

    public static double Decibels(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int sampleRateHz)
    {
        int length = sampleRateHz / 50;
        double sum = 0;
        int segments = 0;
        for (int at = 0; at + length <= Math.Min(reference.Length, degraded.Length); at += length)
        {
            double signal = 0;
            double noise = 0;
            for (int i = at; i < at + length; i++)
            {
                double difference = reference[i] - degraded[i];
                signal += (double)reference[i] * reference[i];
                noise += difference * difference;
            }

            if (signal > QuietPower * length)
            {
                sum += Math.Clamp(10 * Math.Log10(signal / Math.Max(noise, 1e-9)), Lowest, Highest);
                segments++;
            }
        }

        return sum / Math.Max(1, segments);
    }
}
