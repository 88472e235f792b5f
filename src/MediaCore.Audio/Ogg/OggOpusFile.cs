using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Opus;

namespace MediaCore.Audio.Ogg;

/// <summary>
/// The sound of an Ogg Opus file (RFC 7845) as 16-bit mono at a rate of the caller's choice. A file may come from anyone: what is damaged is passed over, packets that
/// are lost are silence, nothing throws. Chained streams (RFC 3533 §4) are read one after the other; other kinds of streams between them are passed over.
/// </summary>
public sealed class OggOpusFile
{
    private OggOpusFile(short[] samples, int sampleRateHz)
    {
        Samples = samples;
        SampleRateHz = sampleRateHz;
    }

    /// <summary>The samples, one channel.</summary>
    public short[] Samples { get; }

    /// <summary>Samples per second, as asked for.</summary>
    public int SampleRateHz { get; }

    /// <summary>Length.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRateHz);

    /// <summary>Whether these bytes begin like an Ogg file.</summary>
    public static bool LooksLikeOgg(ReadOnlySpan<byte> file) => file.StartsWith("OggS"u8);

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="sampleRateHz">8000, 12000, 16000, 24000 or 48000: what the samples are to have.</param>
    /// <param name="maxDuration">A longer file is refused.</param>
    /// <param name="sound">The sound, or null.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryRead(ReadOnlySpan<byte> file, int sampleRateHz, TimeSpan maxDuration, [NotNullWhen(true)] out OggOpusFile? sound, out OggOpusError error)
    {
        sound = null;
        error = file.Length > OggLimits.MaxFileBytes ? OggOpusError.TooLarge
            : !LooksLikeOgg(file) ? OggOpusError.NotOgg
            : OpusLibrary.IsAvailable ? OggOpusError.None : OggOpusError.NoLibrary;
        if (error != OggOpusError.None)
        {
            return false;
        }

        using Reader reader = new(sampleRateHz, (long)(maxDuration.TotalSeconds * sampleRateHz));
        error = reader.Read(file);
        if (error == OggOpusError.None)
        {
            sound = new OggOpusFile(reader.TakeSamples(), sampleRateHz);
        }

        return sound is not null;
    }

    /// <summary>One walk through the pages: headers, packets that span pages, trimming at both ends.</summary>
    private sealed class Reader(int rateHz, long maxSamples) : IDisposable
    {
        private readonly OpusDecoder _decoder = new(rateHz);
        private readonly short[] _frame = new short[OpusLimits.MaxPacketSamples / (48_000 / rateHz)];
        private short[] _samples = new short[rateHz];
        private byte[] _partial = [];
        private int _partialBytes;
        private int _count;
        private int _streamStart;
        private int _preSkip;
        private int _skip;
        private int _headers;
        private uint _serial;
        private bool _inStream;
        private bool _foundOpus;

        public OggOpusError Read(ReadOnlySpan<byte> file)
        {
            int foreign = 0;
            while (!file.IsEmpty)
            {
                if (!OggPage.TryRead(file, out OggPage page))
                {
                    // Recapture (RFC 3533 §6, field 1): from the next place that looks like a page.
                    int next = file.Length > 4 ? file[1..].IndexOf("OggS"u8) : -1;
                    if (next < 0)
                    {
                        break;
                    }

                    _partialBytes = 0;
                    file = file[(next + 1)..];
                    if (++foreign > OggLimits.MaxForeignPages)
                    {
                        break;
                    }

                    continue;
                }

                file = file[page.Length..];
                if (page.IsFirst && !_inStream && page.Body.StartsWith("OpusHead"u8))
                {
                    if (!Begin(page))
                    {
                        return OggOpusError.UnsupportedHeader;
                    }
                }
                else if (_inStream && page.Serial == _serial)
                {
                    if (!ReadPackets(page))
                    {
                        return OggOpusError.TooLong;
                    }
                }
                else if (++foreign > OggLimits.MaxForeignPages)
                {
                    break;
                }
            }

            return !_foundOpus ? OggOpusError.NoOpus : _count == 0 ? OggOpusError.NoSamples : OggOpusError.None;
        }

        public short[] TakeSamples() => _samples.AsSpan(0, _count).ToArray();

        public void Dispose() => _decoder.Dispose();

        private bool Begin(in OggPage page)
        {
            ReadOnlySpan<byte> head = page.Body;

            // The version's upper half is the incompatible one; families other than 0 are surround sound (RFC 7845 §5.1).
            if (head.Length < 19 || head[8] >> 4 != 0 || head[9] is not (1 or 2) || head[18] != 0)
            {
                return false;
            }

            _skip = _preSkip = BinaryPrimitives.ReadUInt16LittleEndian(head[10..]) / (48_000 / rateHz);
            _serial = page.Serial;
            _inStream = _foundOpus = true;
            _headers = 1;
            _partialBytes = 0;
            _streamStart = _count;
            _decoder.Reset();
            return true;
        }

        private bool ReadPackets(in OggPage page)
        {
            if (!page.IsContinued)
            {
                _partialBytes = 0;
            }

            bool skipsRest = page.IsContinued && _partialBytes == 0;
            int from = 0;
            int length = 0;
            foreach (byte segment in page.Segments)
            {
                length += segment;
                if (segment == 255)
                {
                    continue;
                }

                if (!skipsRest && !TakePacket(page.Body.Slice(from, length)))
                {
                    return false;
                }

                skipsRest = false;
                from += length;
                length = 0;
            }

            if (length > 0 && !skipsRest)
            {
                Keep(page.Body.Slice(from, length));
            }

            if (page.IsLast)
            {
                Trim(page.Granule);
                _inStream = false;
            }

            return true;
        }

        private bool TakePacket(ReadOnlySpan<byte> packet)
        {
            if (_partialBytes > 0)
            {
                Keep(packet);
                packet = _partial.AsSpan(0, _partialBytes);
                _partialBytes = 0;
            }

            // The second packet is the comment header, whatever it says.
            if (_headers < 2)
            {
                _headers++;
                return true;
            }

            if (!_decoder.TryDecode(packet, _frame, out int count))
            {
                return true;
            }

            ReadOnlySpan<short> samples = _frame.AsSpan(0, count);
            int skip = Math.Min(_skip, samples.Length);
            _skip -= skip;
            samples = samples[skip..];
            if (_count + (long)samples.Length > maxSamples)
            {
                return false;
            }

            if (_count + samples.Length > _samples.Length)
            {
                Array.Resize(ref _samples, (int)Math.Min(Math.Max(maxSamples, _count + samples.Length), _samples.Length * 2L));
            }

            samples.CopyTo(_samples.AsSpan(_count));
            _count += samples.Length;
            return true;
        }

        private void Keep(ReadOnlySpan<byte> part)
        {
            if (_partialBytes + part.Length > OggLimits.MaxPacketBytes)
            {
                _partialBytes = 0;
                return;
            }

            if (_partialBytes + part.Length > _partial.Length)
            {
                Array.Resize(ref _partial, Math.Max(4096, 2 * (_partialBytes + part.Length)));
            }

            part.CopyTo(_partial.AsSpan(_partialBytes));
            _partialBytes += part.Length;
        }

        /// <summary>The last page may say less than its packets hold (RFC 7845 §4.4).</summary>
        private void Trim(long granule)
        {
            if (granule < 0)
            {
                return;
            }

            long wanted = Math.Max(0, (granule / (48_000 / rateHz)) - _preSkip);
            if (wanted < _count - _streamStart)
            {
                _count = _streamStart + (int)wanted;
            }
        }
    }
}
