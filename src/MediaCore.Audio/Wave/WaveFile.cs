using System.Buffers.Binary;
using MediaCore.Audio.G711;

namespace MediaCore.Audio.Wave;

/// <summary>
/// The sound of a RIFF WAVE file as 16-bit mono: PCM of 8, 16, 24 or 32 bits, floating point of 32 or 64 bits, A-law and µ-law, also inside WAVE_FORMAT_EXTENSIBLE; several channels are averaged.
/// A file may come from anyone, so nothing in it is believed: bad ones give a <see cref="WaveError"/> and never an exception.
/// </summary>
public sealed class WaveFile
{
    private const ushort FormatPcm = 1;
    private const ushort FormatFloat = 3;
    private const ushort FormatALaw = 6;
    private const ushort FormatMuLaw = 7;
    private const ushort FormatExtensible = 0xfffe;
    private const int ExtensibleBytes = 40;

    private WaveFile(short[] samples, int sampleRateHz, int channels)
    {
        Samples = samples;
        SampleRateHz = sampleRateHz;
        Channels = channels;
    }

    /// <summary>The samples, mixed to mono.</summary>
    public short[] Samples { get; }

    /// <summary>Samples per second.</summary>
    public int SampleRateHz { get; }

    /// <summary>Channels that the file had.</summary>
    public int Channels { get; }

    /// <summary>Length.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRateHz);

    /// <summary>
    /// Reads a whole file. A <c>data</c> chunk that claims more than there is (a stream whose writer could not go back, as <c>espeak-ng --stdout</c>; or a cut file)
    /// gives the samples that are there.
    /// </summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="wave">The sound, or null.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryRead(ReadOnlySpan<byte> file, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WaveFile? wave, out WaveError error)
    {
        wave = null;
        error = Read(file, out wave);
        return wave is not null;
    }

    private static WaveError Read(ReadOnlySpan<byte> file, out WaveFile? wave)
    {
        wave = null;
        if (file.Length > WaveLimits.MaxFileBytes)
        {
            return WaveError.TooLarge;
        }

        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
        {
            return WaveError.NotWave;
        }

        ReadOnlySpan<byte> rest = file[12..];
        ReadOnlySpan<byte> format = default;
        for (int chunks = 0; rest.Length >= 8; chunks++)
        {
            if (chunks == WaveLimits.MaxChunks)
            {
                return WaveError.TooManyChunks;
            }

            uint claimed = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            int length = (int)Math.Min(claimed, (uint)(rest.Length - 8));
            ReadOnlySpan<byte> body = rest.Slice(8, length);
            if (rest[..4].SequenceEqual("fmt "u8))
            {
                format = body;
            }
            else if (rest[..4].SequenceEqual("data"u8))
            {
                return Decode(format, body, out wave);
            }

            // Chunks are padded to an even length; the last one often is not.
            rest = rest[Math.Min(8 + length + (length & 1), rest.Length)..];
        }

        return format.IsEmpty ? WaveError.NoFormat : WaveError.NoSamples;
    }

    private static WaveError Decode(ReadOnlySpan<byte> format, ReadOnlySpan<byte> data, out WaveFile? wave)
    {
        wave = null;
        if (format.Length < 16)
        {
            return WaveError.NoFormat;
        }

        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (tag == FormatExtensible)
        {
            if (format.Length < ExtensibleBytes)
            {
                return WaveError.NoFormat;
            }

            // The sub-format is a GUID whose first two bytes are the old tag.
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        }

        bool supported = tag switch
        {
            FormatPcm => bits is 8 or 16 or 24 or 32,
            FormatFloat => bits is 32 or 64,
            FormatALaw or FormatMuLaw => bits == 8,
            _ => false,
        };

        if (!supported)
        {
            return WaveError.UnsupportedEncoding;
        }

        if (channels is 0 or > WaveLimits.MaxChannels)
        {
            return WaveError.UnsupportedChannels;
        }

        if (rate is < WaveLimits.MinSampleRateHz or > WaveLimits.MaxSampleRateHz)
        {
            return WaveError.UnsupportedSampleRate;
        }

        // The frame size comes from the format and not from nBlockAlign, which some writers get wrong.
        int sampleBytes = bits / 8;
        int frameBytes = sampleBytes * channels;
        short[] samples = new short[data.Length / frameBytes];
        if (samples.Length == 0)
        {
            return WaveError.NoSamples;
        }

        for (int i = 0; i < samples.Length; i++)
        {
            int sum = 0;
            for (int channel = 0; channel < channels; channel++)
            {
                sum += ReadSample(data[((i * frameBytes) + (channel * sampleBytes))..], tag, bits);
            }

            samples[i] = (short)(sum / channels);
        }

        wave = new WaveFile(samples, (int)rate, channels);
        return WaveError.None;
    }

    private static short ReadSample(ReadOnlySpan<byte> source, ushort tag, int bits) => (tag, bits) switch
    {
        (FormatALaw, _) => Pcma.Decode(source[0]),
        (FormatMuLaw, _) => Pcmu.Decode(source[0]),
        (FormatFloat, 32) => FromFloat(BinaryPrimitives.ReadSingleLittleEndian(source)),
        (FormatFloat, _) => FromFloat(BinaryPrimitives.ReadDoubleLittleEndian(source)),
        (_, 8) => (short)((source[0] - 128) << 8),
        (_, 16) => BinaryPrimitives.ReadInt16LittleEndian(source),
        (_, 24) => BinaryPrimitives.ReadInt16LittleEndian(source[1..]),
        _ => BinaryPrimitives.ReadInt16LittleEndian(source[2..]),
    };

    /// <summary>Full scale is ±1; beyond is clipped, and what is no number is silence.</summary>
    private static short FromFloat(double value) => double.IsNaN(value) ? (short)0 : (short)Math.Clamp(Math.Round(value * 32768), short.MinValue, short.MaxValue);
}
