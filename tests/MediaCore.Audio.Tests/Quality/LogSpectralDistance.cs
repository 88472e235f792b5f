namespace MediaCore.Audio.Tests.Quality;

/// <summary>
/// Mean log-spectral distance in dB: over 16 ms frames with sound in them, the root mean square over critical bands (Traunmüller's Bark scale) of the difference of the power in dB. It does not mind a shift in phase,
/// which a concealment cannot know; it does mind a missing or a wrong colour. Bands are held 50 dB below the frame's strongest, so that nothing is lost in what nobody hears.
/// </summary>
internal static class LogSpectralDistance
{
    private const double QuietPower = 32.8 * 32.8;
    private const double Range = 50;

    public static double Decibels(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int sampleRateHz)
    {
        int length = sampleRateHz / 1000 * 16;
        int bins = Bark(sampleRateHz / 2.0) + 1;
        double[] first = new double[bins];
        double[] second = new double[bins];
        double sum = 0;
        int frames = 0;
        for (int at = 0; at + length <= Math.Min(reference.Length, degraded.Length); at += length / 2)
        {
            double power = Spectrum(reference.Slice(at, length), first, sampleRateHz);
            if (power <= QuietPower)
            {
                continue;
            }

            Spectrum(degraded.Slice(at, length), second, sampleRateHz);
            double floor = first.Max() - Range;
            double square = 0;
            for (int k = 0; k < bins; k++)
            {
                double difference = Math.Max(first[k], floor) - Math.Max(second[k], floor);
                square += difference * difference;
            }

            sum += Math.Sqrt(square / bins);
            frames++;
        }

        return sum / Math.Max(1, frames);
    }

    /// <summary>The power of the bands in dB under a Hann window by a radix-2 transform; returns the mean power.</summary>
    private static double Spectrum(ReadOnlySpan<short> frame, double[] decibels, int sampleRateHz)
    {
        int length = frame.Length;
        System.Numerics.Complex[] values = new System.Numerics.Complex[length];
        double power = 0;
        int bits = System.Numerics.BitOperations.Log2((uint)length);
        for (int i = 0; i < length; i++)
        {
            int reversed = 0;
            for (int b = 0; b < bits; b++)
            {
                reversed |= ((i >> b) & 1) << (bits - 1 - b);
            }

            values[reversed] = frame[i] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / length)));
            power += (double)frame[i] * frame[i];
        }

        for (int size = 2; size <= length; size *= 2)
        {
            System.Numerics.Complex turn = System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI / size);
            for (int start = 0; start < length; start += size)
            {
                System.Numerics.Complex factor = 1;
                for (int k = 0; k < size / 2; k++)
                {
                    System.Numerics.Complex even = values[start + k];
                    System.Numerics.Complex odd = values[start + k + (size / 2)] * factor;
                    values[start + k] = even + odd;
                    values[start + k + (size / 2)] = even - odd;
                    factor *= turn;
                }
            }
        }

        Array.Clear(decibels);
        for (int k = 1; k < length / 2; k++)
        {
            double magnitude = values[k].Magnitude;
            decibels[Bark((double)k * sampleRateHz / length)] += magnitude * magnitude;
        }

        for (int band = 0; band < decibels.Length; band++)
        {
            decibels[band] = 10 * Math.Log10(decibels[band] + 1);
        }

        return power / length;
    }

    private static int Bark(double hertz) => (int)Math.Max(0, (26.81 * hertz / (1960 + hertz)) - 0.53);
}
