using System.Numerics;
using System.Runtime.InteropServices;

namespace MediaCore.Audio.Mixing;

/// <summary>The arithmetic of mixing, several samples at once. Static and stateless; all spans of a call have the same length.</summary>
internal static class MixSamples
{
    /// <summary><paramref name="sum"/> += <paramref name="samples"/>.</summary>
    public static void Add(Span<int> sum, ReadOnlySpan<int> samples)
    {
        Span<Vector<int>> to = MemoryMarshal.Cast<int, Vector<int>>(sum);
        ReadOnlySpan<Vector<int>> from = MemoryMarshal.Cast<int, Vector<int>>(samples);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i];
        }

        for (int i = to.Length * Vector<int>.Count; i < sum.Length; i++)
        {
            sum[i] += samples[i];
        }
    }

    /// <summary><paramref name="sum"/> −= <paramref name="samples"/>.</summary>
    public static void Subtract(Span<int> sum, ReadOnlySpan<int> samples)
    {
        Span<Vector<int>> to = MemoryMarshal.Cast<int, Vector<int>>(sum);
        ReadOnlySpan<Vector<int>> from = MemoryMarshal.Cast<int, Vector<int>>(samples);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] -= from[i];
        }

        for (int i = to.Length * Vector<int>.Count; i < sum.Length; i++)
        {
            sum[i] -= samples[i];
        }
    }

    /// <summary><paramref name="wide"/> = <paramref name="samples"/> · <paramref name="gain"/>.</summary>
    public static void Scale(ReadOnlySpan<short> samples, Span<int> wide, float gain)
    {
        ReadOnlySpan<Vector<short>> from = MemoryMarshal.Cast<short, Vector<short>>(samples);
        Span<Vector<int>> to = MemoryMarshal.Cast<int, Vector<int>>(wide);
        for (int i = 0; i < from.Length; i++)
        {
            Vector.Widen(from[i], out Vector<int> low, out Vector<int> high);
            if (gain != 1)
            {
                low = Vector.ConvertToInt32(Vector.ConvertToSingle(low) * gain);
                high = Vector.ConvertToInt32(Vector.ConvertToSingle(high) * gain);
            }

            to[2 * i] = low;
            to[(2 * i) + 1] = high;
        }

        for (int i = from.Length * Vector<short>.Count; i < samples.Length; i++)
        {
            wide[i] = gain == 1 ? samples[i] : (int)(samples[i] * gain);
        }
    }

    /// <summary>The same while the gain goes from one value to another in a straight line.</summary>
    public static void Fade(ReadOnlySpan<short> samples, Span<int> wide, float from, float to)
    {
        float step = (to - from) / samples.Length;
        for (int i = 0; i < samples.Length; i++)
        {
            wide[i] = (int)(samples[i] * (from + (step * (i + 1))));
        }
    }

    /// <summary>The largest magnitude, where that of −n counts as n − 1: 32767 says that all of it fits 16 bits.</summary>
    public static int Peak(ReadOnlySpan<int> samples)
    {
        ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(samples);
        Vector<int> most = Vector<int>.Zero;
        foreach (Vector<int> vector in vectors)
        {
            most = Vector.Max(most, vector ^ (vector >> 31));
        }

        int peak = 0;
        for (int i = 0; i < Vector<int>.Count; i++)
        {
            peak = Math.Max(peak, most[i]);
        }

        for (int i = vectors.Length * Vector<int>.Count; i < samples.Length; i++)
        {
            peak = Math.Max(peak, samples[i] ^ (samples[i] >> 31));
        }

        return peak;
    }

    /// <summary>Mean square of the samples, of full scale 1.</summary>
    public static float Power(ReadOnlySpan<short> samples)
    {
        ReadOnlySpan<Vector<short>> vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
        Vector<float> sum = Vector<float>.Zero;
        foreach (Vector<short> vector in vectors)
        {
            Vector.Widen(vector, out Vector<int> low, out Vector<int> high);
            Vector<float> first = Vector.ConvertToSingle(low);
            Vector<float> second = Vector.ConvertToSingle(high);
            sum += (first * first) + (second * second);
        }

        float energy = Vector.Sum(sum);
        for (int i = vectors.Length * Vector<short>.Count; i < samples.Length; i++)
        {
            energy += (float)samples[i] * samples[i];
        }

        return energy / Math.Max(1, samples.Length) / (32768f * 32768f);
    }

    /// <summary>Samples of 16 bits out of sums that fit them.</summary>
    public static void Narrow(ReadOnlySpan<int> sum, Span<short> samples)
    {
        ReadOnlySpan<Vector<int>> from = MemoryMarshal.Cast<int, Vector<int>>(sum);
        Span<Vector<short>> to = MemoryMarshal.Cast<short, Vector<short>>(samples);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = Vector.Narrow(from[2 * i], from[(2 * i) + 1]);
        }

        for (int i = to.Length * Vector<short>.Count; i < sum.Length; i++)
        {
            samples[i] = (short)sum[i];
        }
    }

    /// <summary>Samples of 16 bits out of sums under a gain that goes in a straight line; what the rounding would let beyond the range is held in it.</summary>
    public static void Narrow(ReadOnlySpan<int> sum, Span<short> samples, float from, float to)
    {
        float step = (to - from) / sum.Length;
        for (int i = 0; i < sum.Length; i++)
        {
            samples[i] = (short)Math.Clamp(MathF.Round(sum[i] * (from + (step * (i + 1)))), short.MinValue, short.MaxValue);
        }
    }
}
