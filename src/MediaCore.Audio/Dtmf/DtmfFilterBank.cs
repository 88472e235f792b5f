using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MediaCore.Audio.Dtmf;

/// <summary>
/// The eight DTMF frequencies seen through a Hann window of 12 ms: for each the complex amplitude, as Goertzel's recurrence would give it, by products with tables that all detectors of a rate share. A window of 12 ms is short
/// enough that a tone of 40 ms holds several, and its side lobes are low enough that the two tones of a digit do not disturb each other at any twist.
/// </summary>
internal sealed class DtmfFilterBank
{
    public const int Frequencies = 8;

    private const int WindowMilliseconds = 12;

    private static readonly ConcurrentDictionary<int, DtmfFilterBank> Banks = new();

    private readonly float[] _cosines;
    private readonly float[] _sines;
    private readonly float[] _squaredWindow;
    private readonly double[] _hertz = [.. DtmfDigit.LowHz, .. DtmfDigit.HighHz];

    private DtmfFilterBank(int sampleRateHz)
    {
        WindowSamples = sampleRateHz * WindowMilliseconds / 1000;
        _cosines = new float[Frequencies * WindowSamples];
        _sines = new float[Frequencies * WindowSamples];
        _squaredWindow = new float[WindowSamples];
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < WindowSamples; i++)
        {
            double window = 0.5 - (0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / WindowSamples));
            _squaredWindow[i] = (float)(window * window);
            sum += window;
            squares += window * window;
            for (int k = 0; k < Frequencies; k++)
            {
                double angle = 2 * Math.PI * FrequencyHz(k) * i / sampleRateHz;
                _cosines[(k * WindowSamples) + i] = (float)(window * Math.Cos(angle));
                _sines[(k * WindowSamples) + i] = (float)(-window * Math.Sin(angle));
            }
        }

        EnergyOfPower = (float)(2 * squares / (sum * sum));
        SquareOfPower = (float)(4 / (sum * sum));
    }

    public int WindowSamples { get; }

    /// <summary>Times the squared magnitude of a frequency it is that frequency's share of <see cref="Energy"/>.</summary>
    public float EnergyOfPower { get; }

    /// <summary>Times the squared magnitude of a frequency it is the square of its amplitude.</summary>
    public float SquareOfPower { get; }

    /// <summary>The tables for a rate that is a multiple of 1 kHz.</summary>
    public static DtmfFilterBank For(int sampleRateHz) => Banks.GetOrAdd(sampleRateHz, static rate => new DtmfFilterBank(rate));

    /// <summary>Rows 0–3, then columns 4–7.</summary>
    public double FrequencyHz(int index) => _hertz[index];

    /// <summary>The complex amplitude of one frequency.</summary>
    public Complex Analyse(ReadOnlySpan<float> window, int frequency) =>
        new(Dot(window, _cosines.AsSpan(frequency * WindowSamples, WindowSamples)), Dot(window, _sines.AsSpan(frequency * WindowSamples, WindowSamples)));

    /// <summary>All energy under the window.</summary>
    public float Energy(ReadOnlySpan<float> window)
    {
        Vector<float> sum = Vector<float>.Zero;
        ref readonly float x = ref MemoryMarshal.GetReference(window);
        ref readonly float w = ref MemoryMarshal.GetArrayDataReference(_squaredWindow);
        int i = 0;
        for (; i <= WindowSamples - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = Vector.LoadUnsafe(in x, (nuint)i);
            sum += value * value * Vector.LoadUnsafe(in w, (nuint)i);
        }

        float energy = Vector.Sum(sum);
        for (; i < WindowSamples; i++)
        {
            energy += window[i] * window[i] * _squaredWindow[i];
        }

        return energy;
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<float> sum = Vector<float>.Zero;
        ref readonly float l = ref MemoryMarshal.GetReference(left);
        ref readonly float r = ref MemoryMarshal.GetReference(right);
        int i = 0;
        for (; i <= right.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum += Vector.LoadUnsafe(in l, (nuint)i) * Vector.LoadUnsafe(in r, (nuint)i);
        }

        float result = Vector.Sum(sum);
        for (; i < right.Length; i++)
        {
            result += left[i] * right[i];
        }

        return result;
    }
}
