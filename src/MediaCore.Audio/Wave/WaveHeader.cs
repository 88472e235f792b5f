using System.Buffers.Binary;

namespace MediaCore.Audio.Wave;

/// <summary>
/// What stands before the samples of a WAVE file that is written as it goes: sizes of 0 or of a while ago at first, brought up to date now and then and at the end. The layout is the plain
/// one (44 bytes) for PCM; the other codings have the longer format chunk and the fact chunk that they are required to have (58 bytes).
/// </summary>
public static class WaveHeader
{
    /// <summary>Bytes of the longer layout.</summary>
    public const int MaxBytes = 58;

    /// <summary>Most bytes of samples: lengths are of 32 bits, and the whole file's counts the header.</summary>
    public const long MaxDataBytes = uint.MaxValue - MaxBytes;

    private const ushort TagPcm = 1;

    /// <summary>Bytes of the header.</summary>
    public static int BytesOf(WaveEncoding encoding) => encoding == WaveEncoding.Pcm16 ? WaveWriter.HeaderBytes : MaxBytes;

    /// <summary>Bytes of one sample of one channel.</summary>
    public static int SampleBytesOf(WaveEncoding encoding) => encoding == WaveEncoding.Pcm16 ? 2 : 1;

    /// <summary>Writes the header. Lengths past 32 bits are written as the largest, which readers take as "until the end".</summary>
    /// <param name="destination">At least <see cref="BytesOf"/> bytes.</param>
    /// <param name="encoding">How the samples are coded.</param>
    /// <param name="channels">1 or 2, interleaved.</param>
    /// <param name="sampleRateHz">Samples per second and channel.</param>
    /// <param name="dataBytes">Bytes of samples so far.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, WaveEncoding encoding, int channels, int sampleRateHz, long dataBytes)
    {
        int bytes = BytesOf(encoding);
        int sampleBytes = SampleBytesOf(encoding);
        "RIFF"u8.CopyTo(destination);
        "WAVEfmt "u8.CopyTo(destination[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], encoding == WaveEncoding.Pcm16 ? 16 : 18);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[20..], encoding switch { WaveEncoding.ALaw => 6, WaveEncoding.MuLaw => 7, _ => TagPcm });
        BinaryPrimitives.WriteUInt16LittleEndian(destination[22..], (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], sampleRateHz);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], sampleRateHz * channels * sampleBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)(channels * sampleBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[34..], (ushort)(8 * sampleBytes));
        if (encoding != WaveEncoding.Pcm16)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination[36..], 0);
            "fact"u8.CopyTo(destination[38..]);
            BinaryPrimitives.WriteInt32LittleEndian(destination[42..], 4);
        }

        "data"u8.CopyTo(destination[(bytes - 8)..]);
        SetSizes(destination[..bytes], dataBytes);
        return bytes;
    }

    /// <summary>Brings the sizes in a header of ours up to date with the length of its file, as after a kill; false when it is no header that <see cref="Write"/> makes.</summary>
    /// <param name="head">The first <see cref="MaxBytes"/> bytes of the file, or as many as there are; changed in place.</param>
    /// <param name="fileBytes">Length of the file.</param>
    /// <param name="headerBytes">How many bytes of <paramref name="head"/> are the header.</param>
    public static bool TryRepair(Span<byte> head, long fileBytes, out int headerBytes)
    {
        headerBytes = 0;
        if (head.Length < WaveWriter.HeaderBytes || !head[..4].SequenceEqual("RIFF"u8) || !head[8..16].SequenceEqual("WAVEfmt "u8))
        {
            return false;
        }

        bool isShort = BinaryPrimitives.ReadInt32LittleEndian(head[16..]) == 16;
        headerBytes = isShort ? WaveWriter.HeaderBytes : MaxBytes;
        if (head.Length < headerBytes || !head.Slice(headerBytes - 8, 4).SequenceEqual("data"u8) || BinaryPrimitives.ReadUInt16LittleEndian(head[32..]) == 0)
        {
            return false;
        }

        // Whole samples of all channels only: what a kill has cut in two does not count.
        long data = fileBytes - headerBytes;
        SetSizes(head[..headerBytes], data - (data % BinaryPrimitives.ReadUInt16LittleEndian(head[32..])));
        return true;
    }

    private static void SetSizes(Span<byte> header, long dataBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)Math.Min(uint.MaxValue, dataBytes + header.Length - 8));
        BinaryPrimitives.WriteUInt32LittleEndian(header[^4..], (uint)Math.Min(uint.MaxValue, dataBytes));
        if (header.Length == MaxBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[46..], (uint)Math.Min(uint.MaxValue, dataBytes / BinaryPrimitives.ReadUInt16LittleEndian(header[32..])));
        }
    }
}
