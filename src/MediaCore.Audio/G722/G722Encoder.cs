namespace MediaCore.Audio.G722;

/// <summary>ITU-T G.722 at 64 kbit/s, encoding: two samples at 16 kHz give one byte. Allocates nothing after construction. Owned by its shard.</summary>
public sealed class G722Encoder
{
    private const int Taps = 24;

    // Decision level of the higher band's quantiser.
    private const int HighDecision = 564;

    private readonly int[] _delay = new int[Taps];
    private G722SubBand _low = new(high: false);
    private G722SubBand _high = new(high: true);

    /// <summary>Forgets what was encoded, for another stream.</summary>
    public void Reset()
    {
        _delay.AsSpan().Clear();
        _low = new G722SubBand(high: false);
        _high = new G722SubBand(high: true);
    }

    /// <summary>Encodes pairs of samples, as many as both spans hold; returns the bytes written. An odd last sample is left out.</summary>
    public int Encode(ReadOnlySpan<short> samples, Span<byte> codes)
    {
        ReadOnlySpan<short> filter = G722Tables.Filter;
        int count = Math.Min(samples.Length / 2, codes.Length);
        for (int i = 0; i < count; i++)
        {
            Span<int> delay = _delay;
            delay[2..].CopyTo(delay);
            delay[Taps - 2] = samples[2 * i];
            delay[Taps - 1] = samples[(2 * i) + 1];
            int even = 0;
            int odd = 0;
            for (int k = 0; k < Taps / 2; k++)
            {
                odd += delay[2 * k] * filter[k];
                even += delay[(2 * k) + 1] * filter[11 - k];
            }

            int lowCode = QuantizeLow(((even + odd) >> 14) - _low.Estimate, _low.Step);
            int highCode = QuantizeHigh(((even - odd) >> 14) - _high.Estimate, _high.Step);
            _low.Update(lowCode >> 2);
            _high.Update(highCode);
            codes[i] = (byte)((highCode << 6) | lowCode);
        }

        return count;
    }

    /// <summary>QUANTL.</summary>
    private static int QuantizeLow(int error, int step)
    {
        error = Math.Clamp(error, short.MinValue, short.MaxValue);
        int magnitude = error >= 0 ? error : -(error + 1);
        int interval = 1;
        while (interval < 30 && magnitude >= (G722Tables.LowDecisions[interval] * step) >> 12)
        {
            interval++;
        }

        // Positive codes count down from 61, negative ones from 31; the two smallest negative intervals are 63 and 62.
        return error >= 0 ? 62 - interval : interval <= 2 ? 64 - interval : 34 - interval;
    }

    /// <summary>QUANTH.</summary>
    private static int QuantizeHigh(int error, int step)
    {
        error = Math.Clamp(error, short.MinValue, short.MaxValue);
        int magnitude = error >= 0 ? error : -(error + 1);
        bool large = magnitude >= (HighDecision * step) >> 12;
        return (error >= 0, large) switch { (true, true) => 2, (true, false) => 3, (false, true) => 0, _ => 1 };
    }
}
