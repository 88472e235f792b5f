using MediaCore.Audio.Resampling;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>
/// Short-time objective intelligibility, 0 to 1: STOI (Taal, Hendriks, Heusdens, Jensen: An Algorithm for Intelligibility Prediction of Time–Frequency Weighted Noisy Speech, IEEE TASLP 19(7), 2011) and ESTOI (Jensen, Taal: An
/// Algorithm for Predicting the Intelligibility of Speech Masked by Modulated Noise Maskers, IEEE TASLP 24(11), 2016). At 10 kHz, frames of 256 samples half overlapped, silent frames (40 dB below the loudest) left out; 15 one-third
/// octave bands from 150 Hz; the envelopes of each band over 30 frames (384 ms) are compared by correlation.
/// </summary>
internal static class Intelligibility
{
    private const int Rate = 10_000;
    private const int FrameSamples = 256;
    private const int Hop = FrameSamples / 2;
    private const int TransformSamples = 512;
    private const int Bands = 15;
    private const double LowestHertz = 150;
    private const int SegmentFrames = 30;
    private const double DynamicRange = 40;

    // The degraded envelope counts up to −15 dB of signal to distortion, below which all is equally lost.
    private const double Beta = -15;

    /// <summary>STOI.</summary>
    public static double Stoi(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int sampleRateHz)
    {
        (double[][] x, double[][] y) = Envelopes(reference, degraded, sampleRateHz);
        double clip = 1 + Math.Pow(10, -Beta / 20);
        double sum = 0;
        int count = 0;
        for (int end = SegmentFrames; end <= x.Length; end++)
        {
            for (int band = 0; band < Bands; band++)
            {
                double[] clean = Slice(x, end, band);
                double[] other = Slice(y, end, band);
                double scale = Norm(clean) / (Norm(other) + 1e-9);
                for (int i = 0; i < SegmentFrames; i++)
                {
                    other[i] = Math.Min(other[i] * scale, clean[i] * clip);
                }

                sum += Correlation(clean, other);
                count++;
            }
        }

        return sum / Math.Max(1, count);
    }

    /// <summary>ESTOI: the spectra of a segment are compared as well, which shows what is lost in gaps between words of a modulated disturbance.</summary>
    public static double Estoi(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int sampleRateHz)
    {
        (double[][] x, double[][] y) = Envelopes(reference, degraded, sampleRateHz);
        double sum = 0;
        int count = 0;
        for (int end = SegmentFrames; end <= x.Length; end++)
        {
            double[][] clean = Normalise(x, end);
            double[][] other = Normalise(y, end);
            double segment = 0;
            for (int i = 0; i < SegmentFrames; i++)
            {
                double product = 0;
                for (int band = 0; band < Bands; band++)
                {
                    product += clean[band][i] * other[band][i];
                }

                segment += product;
            }

            sum += segment / SegmentFrames;
            count++;
        }

        return sum / Math.Max(1, count);
    }

    /// <summary>Rows (bands over time) and then columns (spectra) to mean 0 and length 1.</summary>
    private static double[][] Normalise(double[][] envelopes, int end)
    {
        double[][] rows = [.. Enumerable.Range(0, Bands).Select(band => Slice(envelopes, end, band))];
        foreach (double[] row in rows)
        {
            ToUnit(row);
        }

        double[] column = new double[Bands];
        for (int i = 0; i < SegmentFrames; i++)
        {
            for (int band = 0; band < Bands; band++)
            {
                column[band] = rows[band][i];
            }

            ToUnit(column);
            for (int band = 0; band < Bands; band++)
            {
                rows[band][i] = column[band];
            }
        }

        return rows;
    }

    private static (double[][] Reference, double[][] Degraded) Envelopes(ReadOnlySpan<short> reference, ReadOnlySpan<short> degraded, int sampleRateHz)
    {
        int length = Math.Min(reference.Length, degraded.Length);
        short[] x = Resample(reference[..length], sampleRateHz);
        short[] y = Resample(degraded[..length], sampleRateHz);
        int frames = Math.Max(0, ((x.Length - FrameSamples) / Hop) + 1);
        double[] levels = new double[frames];
        for (int i = 0; i < frames; i++)
        {
            double energy = 0;
            foreach (short sample in x.AsSpan(i * Hop, FrameSamples))
            {
                energy += (double)sample * sample;
            }

            levels[i] = 10 * Math.Log10(energy + 1e-9);
        }

        double loudest = levels.DefaultIfEmpty().Max();
        int[] voiced = [.. Enumerable.Range(0, frames).Where(i => levels[i] > loudest - DynamicRange)];
        return ([.. voiced.Select(i => Bandwise(x, i))], [.. voiced.Select(i => Bandwise(y, i))]);
    }

    private static double[] Bandwise(short[] samples, int frame)
    {
        double[] values = new double[FrameSamples];
        for (int i = 0; i < FrameSamples; i++)
        {
            values[i] = samples[(frame * Hop) + i];
        }

        double[] powers = Fourier.Powers(values, TransformSamples);
        double[] bands = new double[Bands];
        for (int band = 0; band < Bands; band++)
        {
            double centre = LowestHertz * Math.Pow(2, band / 3.0);
            int low = (int)Math.Round(centre * Math.Pow(2, -1 / 6.0) * TransformSamples / Rate);
            int high = (int)Math.Round(centre * Math.Pow(2, 1 / 6.0) * TransformSamples / Rate);
            double sum = 0;
            for (int k = low; k < high; k++)
            {
                sum += powers[k];
            }

            bands[band] = Math.Sqrt(sum);
        }

        return bands;
    }

    private static short[] Resample(ReadOnlySpan<short> samples, int sampleRateHz)
    {
        return Resampler.TryCreate(sampleRateHz, Rate, out Resampler? resampler) ? resampler.Convert(samples) : throw new ArgumentOutOfRangeException(nameof(sampleRateHz));
    }

    private static double[] Slice(double[][] envelopes, int end, int band)
    {
        double[] slice = new double[SegmentFrames];
        for (int i = 0; i < SegmentFrames; i++)
        {
            slice[i] = envelopes[end - SegmentFrames + i][band];
        }

        return slice;
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(static v => v * v));

    private static double Correlation(double[] first, double[] second)
    {
        ToUnit(first);
        ToUnit(second);
        return first.Zip(second, static (a, b) => a * b).Sum();
    }

    private static void ToUnit(double[] values)
    {
        double mean = values.Average();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= mean;
        }

        double norm = Norm(values) + 1e-12;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] /= norm;
        }
    }
}
