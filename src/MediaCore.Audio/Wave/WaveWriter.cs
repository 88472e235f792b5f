using System.Buffers.Binary;

namespace MediaCore.Audio.Wave;

/// <summary>Writes 16-bit mono PCM as a RIFF WAVE file.</summary>
public static class WaveWriter
{
    /// <summary>Bytes before the samples.</summary>
    public const int HeaderBytes = 44;

    /// <summary>The whole file as an array.</summary>
    /// <exception cref="ArgumentException">The file would be larger than RIFF's 32-bit lengths allow an array to be.</exception>
    public static byte[] ToArray(ReadOnlySpan<short> samples, int sampleRateHz)
    {
        if (samples.Length > (int.MaxValue - HeaderBytes) / 2)
        {
            throw new ArgumentException("More than 1,073,741,801 samples do not fit.", nameof(samples));
        }

        byte[] file = new byte[HeaderBytes + (samples.Length * 2)];
        WriteHeader(file, samples.Length * 2L, sampleRateHz);
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderBytes + (i * 2)), samples[i]);
        }

        return file;
    }

    /// <summary>
    /// Writes the <see cref="HeaderBytes"/> bytes before the samples: for a recording that is written as it goes, with 0 first and the real length at the end.
    /// Lengths past 32 bits are written as the largest, which readers take as "until the end".
    /// </summary>
    public static void WriteHeader(Span<byte> destination, long dataBytes, int sampleRateHz)
    {
        "RIFF"u8.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], (uint)Math.Min(uint.MaxValue, dataBytes + HeaderBytes - 8));
        "WAVEfmt "u8.CopyTo(destination[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[22..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], (uint)sampleRateHz);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], (uint)sampleRateHz * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[34..], 16);
        "data"u8.CopyTo(destination[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[40..], (uint)Math.Min(uint.MaxValue, dataBytes));
    }
}
