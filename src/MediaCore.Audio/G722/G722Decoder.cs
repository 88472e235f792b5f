namespace MediaCore.Audio.G722;

/// <summary>
/// ITU-T G.722 at 64 kbit/s, decoding: one byte gives two samples at 16 kHz. In RTP its clock runs at 8 kHz by historical error (RFC 3551 §4.5.2), so a byte is one unit of the timestamp. Allocates nothing after
/// construction. Owned by its shard.
/// </summary>
public sealed class G722Decoder
{
    private const int Taps = 24;

    private readonly int[] _delay = new int[Taps];
    private G722SubBand _low = new(high: false);
    private G722SubBand _high = new(high: true);

    /// <summary>Forgets what was decoded, for another stream.</summary>
    public void Reset()
    {
        _delay.AsSpan().Clear();
        _low = new G722SubBand(high: false);
        _high = new G722SubBand(high: true);
    }

    /// <summary>Decodes as many bytes as both spans hold; returns the samples written, two for each.</summary>
    public int Decode(ReadOnlySpan<byte> codes, Span<short> samples)
    {
        ReadOnlySpan<short> filter = G722Tables.Filter;
        int count = Math.Min(codes.Length, samples.Length / 2);
        for (int i = 0; i < count; i++)
        {
            int lowCode = codes[i] & 0x3f;
            int highCode = codes[i] >> 6;
            int low = Limit(_low.Estimate + ((_low.Step * G722Tables.LowLevels[lowCode]) >> 15));
            int high = Limit(_high.Estimate + ((_high.Step * G722Tables.HighLevels[highCode]) >> 15));
            _low.Update(lowCode >> 2);
            _high.Update(highCode);

            Span<int> delay = _delay;
            delay[2..].CopyTo(delay);
            delay[Taps - 2] = low + high;
            delay[Taps - 1] = low - high;
            int first = 0;
            int second = 0;
            for (int k = 0; k < Taps / 2; k++)
            {
                second += delay[2 * k] * filter[k];
                first += delay[(2 * k) + 1] * filter[11 - k];
            }

            samples[2 * i] = (short)Math.Clamp(first >> 11, short.MinValue, short.MaxValue);
            samples[(2 * i) + 1] = (short)Math.Clamp(second >> 11, short.MinValue, short.MaxValue);
        }

        return 2 * count;
    }

    private static int Limit(int value) => Math.Clamp(value, -16_384, 16_383);
}
