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
        _ = WaveHeader.Write(destination, WaveEncoding.Pcm16, channels: 1, sampleRateHz, dataBytes);
    }
}
