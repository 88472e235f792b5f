using System.Numerics;

namespace MediaCore.Audio.G711;

/// <summary>
/// A-law of ITU-T G.711 with its even bits inverted, RTP payload type 8 (RFC 3551 §4.5.14). Linear samples are 16 bits, left-justified: the codec's
/// 13 bits times eight.
/// </summary>
public static class Pcma
{
    /// <summary>The code of silence, the smallest positive value: A-law has no zero.</summary>
    public const byte Silence = 0xd5;

    private const int EvenBits = 0x55;
    private static readonly short[] DecodeTable = CreateDecodeTable();

    /// <summary>Encodes one sample.</summary>
    public static byte Encode(short sample)
    {
        int magnitude = (sample < 0 ? ~sample : sample) >> 4;
        int code = magnitude;
        if (magnitude >= 32)
        {
            int exponent = BitOperations.Log2((uint)magnitude) - 4;
            code = ((exponent + 1) << 4) | ((magnitude >> exponent) & 0x0f);
        }

        return (byte)((sample < 0 ? code : code | 0x80) ^ EvenBits);
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
            int bits = code ^ EvenBits;
            int exponent = (bits >> 4) & 7;
            int mantissa = (bits & 0x0f) << 1;
            int magnitude = (exponent == 0 ? mantissa + 1 : (mantissa + 33) << (exponent - 1)) << 3;
            table[code] = (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
        }

        return table;
    }
}
