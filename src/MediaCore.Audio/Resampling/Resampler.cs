using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MediaCore.Audio.Resampling;

/// <summary>
/// Changes the sample rate of a whole clip by a rational factor with a polyphase filter: a sinc low-pass under a Kaiser window. Designed for 70 dB of
/// stopband from half the lower rate on and a passband of 87 % of it (3.5 kHz at 8 kHz), without delay: output sample <c>n</c> is the input at
/// <c>n · in ⁄ out</c>. The filter belongs to the instance (at most a few hundred kilobytes) and may be used by several threads; <see cref="Convert(ReadOnlySpan{short}, Span{short})"/> allocates nothing.
/// </summary>
public sealed class Resampler
{
    private const double StopbandDecibels = 70;
    private const double PassbandEdge = 0.87;

    private static readonly ImmutableArray<int> s_sharedRates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
    private static readonly Resampler?[] s_shared = new Resampler?[s_sharedRates.Length * s_sharedRates.Length];

    private readonly float[] _coefficients;
    private readonly int _phases;
    private readonly int _step;
    private readonly int _taps;

    private Resampler(int inputRateHz, int outputRateHz, int phases, int step)
    {
        InputRateHz = inputRateHz;
        OutputRateHz = outputRateHz;
        _phases = phases;
        _step = step;

        // Kaiser's formulas: attenuation gives the window's shape, attenuation and transition width give its length in input samples.
        double lower = Math.Min(inputRateHz, outputRateHz) / 2.0;
        double transition = lower * (1 - PassbandEdge) / inputRateHz;
        double length = (StopbandDecibels - 7.95) / (14.36 * transition);
        int half = (int)Math.Ceiling(length / 2);
        _taps = 2 * half;
        double cutoff = lower * (1 + PassbandEdge) / 2 / inputRateHz;
        _coefficients = CreateFilter(phases, _taps, half, cutoff);
    }

    /// <summary>Samples per second of the input.</summary>
    public int InputRateHz { get; }

    /// <summary>Samples per second of the output.</summary>
    public int OutputRateHz { get; }

    /// <summary>
    /// A resampler for these rates; false when a rate is not positive or above <see cref="ResamplerLimits.MaxSampleRateHz"/>, or when their ratio
    /// needs more than <see cref="ResamplerLimits.MaxPhases"/> phases.
    /// </summary>
    public static bool TryCreate(int inputRateHz, int outputRateHz, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Resampler? resampler)
    {
        resampler = null;
        if (inputRateHz is <= 0 or > ResamplerLimits.MaxSampleRateHz || outputRateHz is <= 0 or > ResamplerLimits.MaxSampleRateHz)
        {
            return false;
        }

        int divisor = (int)BigInteger.GreatestCommonDivisor(inputRateHz, outputRateHz);
        int phases = outputRateHz / divisor;
        int step = inputRateHz / divisor;

        // The filter gets longer with the ratio down, so both directions of an odd ratio are refused.
        if (phases > ResamplerLimits.MaxPhases || step > ResamplerLimits.MaxPhases * 32)
        {
            return false;
        }

        resampler = new Resampler(inputRateHz, outputRateHz, phases, step);
        return true;
    }

    internal int Taps => _taps;

    internal int Phases => _phases;

    /// <summary>The one resampler for two of the rates that calls and prompts use, made when it is first asked for; false for other rates.</summary>
    public static bool TryGetShared(int inputRateHz, int outputRateHz, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Resampler? resampler)
    {
        int row = s_sharedRates.IndexOf(inputRateHz);
        int column = s_sharedRates.IndexOf(outputRateHz);
        resampler = row < 0 || column < 0 ? null : Volatile.Read(ref s_shared[(row * s_sharedRates.Length) + column]);
        if (resampler is not null || row < 0 || column < 0)
        {
            return resampler is not null;
        }

        // Two threads may make the same one; either is right.
        bool made = TryCreate(inputRateHz, outputRateHz, out resampler);
        Volatile.Write(ref s_shared[(row * s_sharedRates.Length) + column], resampler);
        return made;
    }

    /// <summary>How many output samples an input of this length gives.</summary>
    public int OutputLength(int inputLength) => (int)((((long)inputLength * _phases) + _step - 1) / _step);

    /// <summary>Converts a whole clip into a new array.</summary>
    public short[] Convert(ReadOnlySpan<short> input)
    {
        short[] output = new short[OutputLength(input.Length)];
        Convert(input, output);
        return output;
    }

    /// <summary>
    /// Converts a whole clip; the sound before and after it counts as silence. Returns the samples written: the smaller of <see cref="OutputLength"/>
    /// and the room in <paramref name="output"/>.
    /// </summary>
    public int Convert(ReadOnlySpan<short> input, Span<short> output)
    {
        int count = Math.Min(OutputLength(input.Length), output.Length);
        if (_phases == _step)
        {
            input[..count].CopyTo(output);
            return count;
        }

        long position = 0;
        for (int n = 0; n < count; n++)
        {
            int center = (int)(position / _phases);
            int phase = (int)(position % _phases);
            position += _step;
            output[n] = (short)Math.Clamp(MathF.Round(Filter(input, center - (_taps / 2) + 1, phase)), short.MinValue, short.MaxValue);
        }

        return count;
    }

    /// <summary>
    /// Converts what a stream has so far, from <paramref name="position"/> (in input samples times <see cref="Phases"/>) to the last sample whose filter is covered; the position moves on.
    /// </summary>
    internal int Convert(ReadOnlySpan<short> input, Span<short> output, ref long position)
    {
        int half = _taps / 2;
        int count = 0;
        while (true)
        {
            int center = (int)(position / _phases);
            if (center + half >= input.Length)
            {
                return count;
            }

            output[count++] = (short)Math.Clamp(MathF.Round(Filter(input, center - half + 1, (int)(position % _phases))), short.MinValue, short.MaxValue);
            position += _step;
        }
    }

    private float Filter(ReadOnlySpan<short> input, int start, int phase)
    {
        ReadOnlySpan<float> taps = _coefficients.AsSpan(phase * _taps, _taps);
        int skip = Math.Max(0, -start);
        int end = Math.Min(_taps, input.Length - start);
        if (skip >= end)
        {
            return 0;
        }

        taps = taps[skip..end];
        ReadOnlySpan<short> samples = input.Slice(start + skip, taps.Length);
        float sum = 0;
        int i = 0;
        if (Vector.IsHardwareAccelerated && taps.Length >= Vector<short>.Count)
        {
            Vector<float> low = Vector<float>.Zero;
            Vector<float> high = Vector<float>.Zero;
            ref readonly short firstSample = ref MemoryMarshal.GetReference(samples);
            ref readonly float firstTap = ref MemoryMarshal.GetReference(taps);
            for (; i <= taps.Length - Vector<short>.Count; i += Vector<short>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(in firstSample, (nuint)i), out Vector<int> lowSamples, out Vector<int> highSamples);
                low += Vector.ConvertToSingle(lowSamples) * Vector.LoadUnsafe(in firstTap, (nuint)i);
                high += Vector.ConvertToSingle(highSamples) * Vector.LoadUnsafe(in firstTap, (nuint)(i + Vector<float>.Count));
            }

            sum = Vector.Sum(low + high);
        }

        for (; i < taps.Length; i++)
        {
            sum += samples[i] * taps[i];
        }

        return sum;
    }

    private static float[] CreateFilter(int phases, int taps, int half, double cutoff)
    {
        const double beta = 0.1102 * (StopbandDecibels - 8.7);
        double scale = BesselI0(beta);
        float[] coefficients = new float[phases * taps];
        double[] row = new double[taps];
        for (int phase = 0; phase < phases; phase++)
        {
            double sum = 0;
            for (int k = 0; k < taps; k++)
            {
                // Distance in input samples from this tap's sample to the output instant.
                double distance = k - half + 1 - ((double)phase / phases);
                double edge = distance / half;
                double window = Math.Abs(edge) >= 1 ? 0 : BesselI0(beta * Math.Sqrt(1 - (edge * edge))) / scale;
                double angle = 2 * Math.PI * cutoff * distance;
                row[k] = window * (Math.Abs(angle) < 1e-9 ? 1 : Math.Sin(angle) / angle);
                sum += row[k];
            }

            // Every phase passes a constant unchanged; without this the phases' ripple would be heard as a tone.
            for (int k = 0; k < taps; k++)
            {
                coefficients[(phase * taps) + k] = (float)(row[k] / sum);
            }
        }

        return coefficients;
    }

    /// <summary>The modified Bessel function of order zero by its power series, to full precision for the small arguments here.</summary>
    private static double BesselI0(double x)
    {
        double sum = 1;
        double term = 1;
        double quarter = x * x / 4;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= quarter / ((double)k * k);
            sum += term;
        }

        return sum;
    }
}
