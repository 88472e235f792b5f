using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MediaCore.Audio.Ogg;

/// <summary>
/// Opus packets to an Ogg file (RFC 3533, RFC 7845), page by page into a buffer that the caller writes out. What has been written is a readable file at any time; pages hold one second.
/// Its memory grows to the longest page. Owned by one thread.
/// </summary>
public sealed class OggOpusWriter
{
    private const byte First = 2;
    private const byte Last = 4;

    private readonly byte[] _segments = new byte[OggLimits.MaxSegments];
    private readonly uint _serial;
    private readonly byte _channels;
    private readonly ushort _preSkip;
    private readonly int _inputRateHz;
    private byte[] _body = new byte[4096];
    private uint _sequence;
    private int _bodyBytes;
    private int _segmentCount;
    private int _pageUnits;
    private long _units;

    /// <summary>A writer before its headers.</summary>
    /// <param name="serial">Of the logical stream: any number.</param>
    /// <param name="channels">1 or 2 (mapping family 0).</param>
    /// <param name="preSkipUnits">The encoder's delay in samples at 48 kHz (RFC 7845 §4.2).</param>
    /// <param name="inputRateHz">Rate of what was encoded, for information.</param>
    public OggOpusWriter(uint serial, int channels, int preSkipUnits, int inputRateHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 2);
        _serial = serial;
        _channels = (byte)channels;
        _preSkip = checked((ushort)preSkipUnits);
        _inputRateHz = inputRateHz;
    }

    /// <summary>Samples at 48 kHz of the packets so far, the encoder's delay included.</summary>
    public long Units => _units + _pageUnits;

    /// <summary>The identification header (RFC 7845 §5.1) and the comment header (§5.2), each on a page of its own.</summary>
    /// <param name="output">Where the pages go.</param>
    /// <param name="vendor">What made the file, below 200 bytes.</param>
    public void WriteHeaders(IBufferWriter<byte> output, string vendor = "MediaCore")
    {
        ArgumentNullException.ThrowIfNull(vendor);
        Span<byte> header = stackalloc byte[256];
        "OpusHead"u8.CopyTo(header);
        header[8] = 1;
        header[9] = _channels;
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], _preSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)_inputRateHz);
        header[16..19].Clear();
        Append(header[..19]);
        WritePage(output, First, granule: 0);

        "OpusTags"u8.CopyTo(header);
        int length = Encoding.UTF8.GetBytes(vendor, header[12..^4]);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], length);
        header.Slice(12 + length, 4).Clear();
        Append(header[..(16 + length)]);
        WritePage(output, flags: 0, granule: 0);
    }

    /// <summary>Adds a packet; a page that is full goes out before it.</summary>
    /// <param name="packet">As the encoder gave it, below 60 kB.</param>
    /// <param name="units">Its samples at 48 kHz.</param>
    /// <param name="output">Where a page goes.</param>
    public void Write(ReadOnlySpan<byte> packet, int units, IBufferWriter<byte> output)
    {
        if (_segmentCount + (packet.Length / 255) + 1 > OggLimits.MaxSegments || _pageUnits + units > OggLimits.PageUnits)
        {
            Flush(output);
        }

        Append(packet);
        _pageUnits += units;
    }

    /// <summary>Writes out what waits for its page to be full.</summary>
    public void Flush(IBufferWriter<byte> output)
    {
        if (_segmentCount > 0)
        {
            _units += _pageUnits;
            WritePage(output, flags: 0, _units);
        }
    }

    /// <summary>Ends the stream; samples of the last packets beyond <paramref name="soundUnits"/> are cut off by readers (RFC 7845 §4.4).</summary>
    /// <param name="soundUnits">Samples at 48 kHz that are to be heard, without the encoder's delay.</param>
    /// <param name="output">Where the page goes.</param>
    public void Finish(long soundUnits, IBufferWriter<byte> output)
    {
        _units += _pageUnits;
        WritePage(output, Last, Math.Min(_units, soundUnits + _preSkip));
    }

    private void Append(ReadOnlySpan<byte> packet)
    {
        if (_bodyBytes + packet.Length > _body.Length)
        {
            Array.Resize(ref _body, Math.Max(2 * _body.Length, _bodyBytes + packet.Length));
        }

        packet.CopyTo(_body.AsSpan(_bodyBytes));
        _bodyBytes += packet.Length;
        int full = packet.Length / 255;
        _segments.AsSpan(_segmentCount, full).Fill(255);
        _segments[_segmentCount + full] = (byte)(packet.Length % 255);
        _segmentCount += full + 1;
    }

    private void WritePage(IBufferWriter<byte> output, byte flags, long granule)
    {
        ArgumentNullException.ThrowIfNull(output);
        int length = OggLimits.HeaderBytes + _segmentCount + _bodyBytes;
        Span<byte> page = output.GetSpan(length)[..length];
        "OggS"u8.CopyTo(page);
        page[4] = 0;
        page[5] = flags;
        BinaryPrimitives.WriteInt64LittleEndian(page[6..], granule);
        BinaryPrimitives.WriteUInt32LittleEndian(page[14..], _serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page[18..], _sequence++);
        page[26] = (byte)_segmentCount;
        _segments.AsSpan(0, _segmentCount).CopyTo(page[OggLimits.HeaderBytes..]);
        _body.AsSpan(0, _bodyBytes).CopyTo(page[(OggLimits.HeaderBytes + _segmentCount)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(page[22..], OggChecksum.Compute(page));
        output.Advance(length);
        _bodyBytes = _segmentCount = _pageUnits = 0;
    }
}
