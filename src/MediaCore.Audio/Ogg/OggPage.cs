using System.Buffers.Binary;

namespace MediaCore.Audio.Ogg;

/// <summary>One page of an Ogg stream (RFC 3533 §6), read in place. Nothing in it is believed: the lengths and the checksum were checked.</summary>
public readonly ref struct OggPage
{
    private readonly byte _flags;

    private OggPage(ReadOnlySpan<byte> page, ReadOnlySpan<byte> segments, ReadOnlySpan<byte> body)
    {
        _flags = page[5];
        Granule = BinaryPrimitives.ReadInt64LittleEndian(page[6..]);
        Serial = BinaryPrimitives.ReadUInt32LittleEndian(page[14..]);
        Sequence = BinaryPrimitives.ReadUInt32LittleEndian(page[18..]);
        Segments = segments;
        Body = body;
        Length = page.Length;
    }

    /// <summary>Its first packet began on the page before.</summary>
    public bool IsContinued => (_flags & 1) != 0;

    /// <summary>First page of its logical stream.</summary>
    public bool IsFirst => (_flags & 2) != 0;

    /// <summary>Last page of its logical stream.</summary>
    public bool IsLast => (_flags & 4) != 0;

    /// <summary>Position at the end of the last packet that ends on this page; −1 when none does.</summary>
    public long Granule { get; }

    /// <summary>Which logical stream.</summary>
    public uint Serial { get; }

    /// <summary>Number of the page in its stream.</summary>
    public uint Sequence { get; }

    /// <summary>Lengths of the segments; a packet ends with the first below 255.</summary>
    public ReadOnlySpan<byte> Segments { get; }

    /// <summary>The segments, one after the other.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Bytes of the whole page.</summary>
    public int Length { get; }

    /// <summary>The page at the beginning of these bytes; false when there is no whole one with a right checksum.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out OggPage page)
    {
        page = default;
        if (bytes.Length < OggLimits.HeaderBytes || !bytes[..4].SequenceEqual("OggS"u8) || bytes[4] != 0 || bytes.Length < OggLimits.HeaderBytes + bytes[26])
        {
            return false;
        }

        ReadOnlySpan<byte> segments = bytes.Slice(OggLimits.HeaderBytes, bytes[26]);
        int body = 0;
        foreach (byte segment in segments)
        {
            body += segment;
        }

        int start = OggLimits.HeaderBytes + segments.Length;
        if (bytes.Length < start + body)
        {
            return false;
        }

        ReadOnlySpan<byte> whole = bytes[..(start + body)];
        if (OggChecksum.Compute(whole) != BinaryPrimitives.ReadUInt32LittleEndian(whole[22..]))
        {
            return false;
        }

        page = new OggPage(whole, segments, whole[start..]);
        return true;
    }

    /// <summary>Where the last whole page with a right checksum ends: what may be kept of a file whose writer was killed.</summary>
    /// <param name="file">From the file's beginning.</param>
    /// <param name="lastGranule">The position that page says.</param>
    public static int WholePages(ReadOnlySpan<byte> file, out long lastGranule)
    {
        int at = 0;
        lastGranule = 0;
        while (TryRead(file[at..], out OggPage page))
        {
            at += page.Length;
            lastGranule = page.Granule;
        }

        return at;
    }
}
