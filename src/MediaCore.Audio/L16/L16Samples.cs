using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MediaCore.Audio.L16;

/// <summary>Uncompressed 16-bit samples in network byte order, RFC 3551 §4.5.11. Static and stateless.</summary>
public static class L16Samples
{
    /// <summary>Writes as many samples as both spans hold; returns the bytes written.</summary>
    public static int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        int count = Math.Min(samples.Length, payload.Length / 2);
        Swap(samples[..count], MemoryMarshal.Cast<byte, short>(payload[..(2 * count)]));
        return 2 * count;
    }

    /// <summary>Reads as many whole samples as both spans hold; returns how many.</summary>
    public static int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        int count = Math.Min(payload.Length / 2, samples.Length);
        Swap(MemoryMarshal.Cast<byte, short>(payload[..(2 * count)]), samples[..count]);
        return count;
    }

    private static void Swap(ReadOnlySpan<short> source, Span<short> target)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }
    }
}
