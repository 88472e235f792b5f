using System.Numerics;

namespace MediaCore.Audio.G711;

/// <summary>
/// µ-law of ITU-T G.711, RTP payload type 0 (RFC 3551 §4.5.14). Linear samples are 16 bits, left-justified: the codec's 14 bits times four.
/// </summary>
public static class Pcmu
{
    /// <summary>The code of silence.</summary>
    public const byte Silence = 0xff;

    private const int Bias = 33;
    private const int MaxMagnitude = 0x1fff;
    private static readonly short[] DecodeTable = CreateDecodeTable();

    /// <summary>Encodes one sample.</summary>
    public static byte Encode(short sample)
    {
        // The reference takes the one's complement of negative values, so -1 is the smallest negative code and not the smallest positive one.
        int magnitude = Math.Min(((sample < 0 ? ~sample : sample) >> 2) + Bias, MaxMagnitude);
        int exponent = BitOperations.Log2((uint)magnitude) - 5;
        int code = (exponent << 4) | ((magnitude >> (exponent + 1)) & 0x0f);
        return (byte)~(sample < 0 ? code | 0x80 : code);
    }

    /// <summary>Decodes one code.</summary>
    public static short Decode(byte code) => DecodeTable[code];

    /// <summary>Encodes as many samples as both spans hold; returns how many.</summary>
    public static int Encode(ReadOnlySpan<short> samples, Span<byte> codes)
    {
        int count = Math.Min(samples.Length, codes.Length);
        for (int i = 0; i < count; i++)
        {
            codes[i] = Encode(samples[i]);
        }

        return count;
    }

    /// <summary>Decodes as many codes as both spans hold; returns how many.</summary>
    public static int Decode(ReadOnlySpan<byte> codes, Span<short> samples)
    {
        int count = Math.Min(samples.Length, codes.Length);
        for (int i = 0; i < count; i++)
        {
            samples[i] = DecodeTable[codes[i]];
        }

        return count;
    }

    private static short[] CreateDecodeTable()
    {
        short[] table = new short[256];
        for (int code = 0; code < 256; code++)
        {
            int bits = ~code;
            int magnitude = (((((bits & 0x0f) << 1) + Bias) << ((bits >> 4) & 7)) - Bias) << 2;
            table[code] = (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
        }

        return table;
    }
}
