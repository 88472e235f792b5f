using System.Numerics;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>A radix-2 transform for the measures; nothing here is fast.</summary>
internal static class Fourier
{
    /// <summary>The powers of the bins from 0 to half the length of a frame under a Hann window, filled up with zeros to a power of two.</summary>
    public static double[] Powers(ReadOnlySpan<double> frame, int length)
    {
        Complex[] values = new Complex[length];
        int bits = BitOperations.Log2((uint)length);
        for (int i = 0; i < length; i++)
        {
            int reversed = 0;
            for (int b = 0; b < bits; b++)
            {
                reversed |= ((i >> b) & 1) << (bits - 1 - b);
            }

            values[reversed] = i < frame.Length ? frame[i] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * (i + 1) / (frame.Length + 1)))) : 0;
        }

        for (int size = 2; size <= length; size *= 2)
        {
            Complex turn = Complex.FromPolarCoordinates(1, -2 * Math.PI / size);
            for (int start = 0; start < length; start += size)
            {
                Complex factor = 1;
                for (int k = 0; k < size / 2; k++)
                {
                    Complex even = values[start + k];
                    Complex odd = values[start + k + (size / 2)] * factor;
                    values[start + k] = even + odd;
                    values[start + k + (size / 2)] = even - odd;
                    factor *= turn;
                }
            }
        }

        double[] powers = new double[(length / 2) + 1];
        for (int k = 0; k < powers.Length; k++)
        {
            powers[k] = (values[k].Real * values[k].Real) + (values[k].Imaginary * values[k].Imaginary);
        }

        return powers;
    }
}
