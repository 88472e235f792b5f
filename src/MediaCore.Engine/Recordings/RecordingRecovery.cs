using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Ogg;
using MediaCore.Audio.Wave;
using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.Recordings;

/// <summary>Makes a whole file of what a process that died has left: the sizes in a WAVE header by the file's length, an Ogg file cut after its last whole page.</summary>
internal static class RecordingRecovery
{
    /// <summary>Repairs a file in place; false when it is none of ours.</summary>
    /// <exception cref="IOException">It cannot be read or written, or another process is still writing it.</exception>
    public static bool TryRepair(string path, [NotNullWhen(true)] out RecordingInfo? info)
    {
        info = null;

        // Not shared: the one who is still writing it has it open in the same way.
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        TimeSpan duration;
        RecordingFormat format;
        int channels;
        int rate;
        if (path.EndsWith(".wav", StringComparison.Ordinal))
        {
            if (!TryRepairWave(file, out format, out channels, out rate, out duration))
            {
                return false;
            }
        }
        else if (path.EndsWith(".opus", StringComparison.Ordinal))
        {
            format = RecordingFormat.Opus;
            if (!TryRepairOgg(file, out channels, out rate, out duration))
            {
                return false;
            }
        }
        else
        {
            return false;
        }

        info = new RecordingInfo
        {
            File = path,
            Format = format,
            Layout = channels == 2 ? RecordingLayout.Stereo : RecordingLayout.Mixed,
            SampleRateHz = rate,
            StartedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path)) - duration,
            Duration = duration,
        };
        return true;
    }

    private static bool TryRepairWave(SafeFileHandle file, out RecordingFormat format, out int channels, out int rate, out TimeSpan duration)
    {
        (format, channels, rate, duration) = (RecordingFormat.Wav, 0, 0, TimeSpan.Zero);
        long length = RandomAccess.GetLength(file);
        byte[] head = new byte[Math.Min(WaveHeader.MaxBytes, length)];
        if (RandomAccess.Read(file, head, 0) < head.Length || !WaveHeader.TryRepair(head, length, out int headBytes))
        {
            return length == 0;
        }

        RandomAccess.Write(file, head.AsSpan(0, headBytes), 0);
        format = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(20)) switch { 6 => RecordingFormat.WavALaw, 7 => RecordingFormat.WavMuLaw, _ => RecordingFormat.Wav };
        channels = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(22));
        rate = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(24));
        int block = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(32));
        if (rate > 0)
        {
            long samples = (length - headBytes) / block;
            RandomAccess.SetLength(file, headBytes + (samples * block));
            duration = TimeSpan.FromSeconds((double)samples / rate);
        }

        return rate > 0;
    }

    private static bool TryRepairOgg(SafeFileHandle file, out int channels, out int rate, out TimeSpan duration)
    {
        (channels, rate, duration) = (0, 0, TimeSpan.Zero);
        byte[] window = new byte[2 * OggLimits.MaxPageBytes];
        long granule = 0;
        int preSkip = 0;
        long at = 0;
        while (true)
        {
            int read = RandomAccess.Read(file, window, at);
            ReadOnlySpan<byte> bytes = window.AsSpan(0, read);
            if (at == 0 && read > 0)
            {
                if (!OggPage.TryRead(bytes, out OggPage first) || first.Body.Length < 19 || !first.Body.StartsWith("OpusHead"u8))
                {
                    return false;
                }

                channels = first.Body[9];
                preSkip = BinaryPrimitives.ReadUInt16LittleEndian(first.Body[10..]);
                rate = BinaryPrimitives.ReadInt32LittleEndian(first.Body[12..]);
            }

            int whole = OggPage.WholePages(bytes, out long last);
            if (whole == 0)
            {
                break;
            }

            granule = last;
            at += whole;
        }

        RandomAccess.SetLength(file, at);
        duration = TimeSpan.FromSeconds(Math.Max(0, granule - preSkip) / 48_000.0);
        return true;
    }
}
