namespace MediaCore.Audio.Tests.Quality;

/// <summary>
/// Mel-cepstral distance in dB (Kubichek: Mel-Cepstral Distance Measure for Objective Speech Quality Assessment, IEEE PACRIM 1993): over frames of 32 ms with sound in them, <c>10 ⁄ ln 10 · √(2 Σ (c − c′)²)</c> over the coefficients
/// 1 to 13 of the mel spectrum's logarithm. Loudness (coefficient 0) does not count; a change of colour does, and so do noise and gaps.
/// </summary>
internal static class CepstralDistance
{
    private const int Coefficients = 13;
    private const int Filters = 24;

    // Segments below −60 dBov are pauses and say nothing; no filter counts for less than 50 dB below the frame's strongest.
    private const double QuietPower = 32.8 * 32.8;
    private const double Range = 1e-5;

    public static double Decibels(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int sampleRateHz)
    {
        int length = sampleRateHz * 32 / 1000;
        int transform = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length);
        double sum = 0;
        int frames = 0;
        for (int at = 0; at + length <= Math.Min(reference.Length, degraded.Length); at += length / 2)
        {
            if (Power(reference.Slice(at, length)) <= QuietPower)
            {
                continue;
            }

            double[] first = Cepstrum(reference.Slice(at, length), transform, sampleRateHz);
            double[] second = Cepstrum(degraded.Slice(at, length), transform, sampleRateHz);
            sum += 10 / Math.Log(10) * Math.Sqrt(2 * first.Zip(second, static (a, b) => (a - b) * (a - b)).Sum());
            frames++;
        }

        return sum / Math.Max(1, frames);
    }

    private static double Power(ReadOnlySpan<short> frame)
    {
        double power = 0;
        foreach (short sample in frame)
        {
            power += (double)sample * sample;
        }

        return power / frame.Length;
    }

    private static double[] Cepstrum(ReadOnlySpan<short> frame, int transform, int sampleRateHz)
    {
        double[] values = new double[frame.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = frame[i];
        }

        double[] powers = Fourier.Powers(values, transform);
        double[] filters = new double[Filters];
        double top = Mel(Math.Min(sampleRateHz / 2.0, 8000));
        for (int k = 1; k < powers.Length; k++)
        {
            // Triangles half overlapped, even on the mel scale.
            double position = Mel((double)k * sampleRateHz / transform) / top * (Filters + 1);
            int filter = (int)position;
            double share = position - filter;
            if (filter < Filters)
            {
                filters[filter] += powers[k] * share;
            }

            if (filter is >= 1 and <= Filters)
            {
                filters[filter - 1] += powers[k] * (1 - share);
            }
        }

        double floor = Math.Max(filters.Max() * Range, 1);
        double[] cepstrum = new double[Coefficients];
        for (int c = 1; c <= Coefficients; c++)
        {
            double sum = 0;
            for (int m = 0; m < Filters; m++)
            {
                // The logarithm of the amplitude, as in the paper.
                sum += 0.5 * Math.Log(Math.Max(filters[m], floor)) * Math.Cos(Math.PI * c * (m + 0.5) / Filters);
            }

            cepstrum[c - 1] = sum * 2 / Filters;
        }

        return cepstrum;
    }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));
}
