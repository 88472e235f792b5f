namespace MediaCore.Audio.Ogg;

/// <summary>Bounds of Ogg files, read and written.</summary>
public static class OggLimits
{
    /// <summary>Bytes of a page header without its segment table (RFC 3533 §6).</summary>
    public const int HeaderBytes = 27;

    /// <summary>Most segments of a page: their number is one byte.</summary>
    public const int MaxSegments = 255;

    /// <summary>Most bytes of a page: header, table, and 255 segments of 255 bytes.</summary>
    public const int MaxPageBytes = HeaderBytes + MaxSegments + (MaxSegments * 255);

    /// <summary>Largest packet taken from a file: the comment header of a music file may hold a cover picture, which is passed over up to here.</summary>
    public const int MaxPacketBytes = 1024 * 1024;

    /// <summary>Largest file: 64 MiB, more than two hours at the highest rates that speech is stored at.</summary>
    public const int MaxFileBytes = 64 * 1024 * 1024;

    /// <summary>Most logical streams of other kinds passed over, so that a file of nothing but beginnings is no long walk.</summary>
    public const int MaxForeignPages = 4096;

    /// <summary>Sound in one page that we write: what a kill can cost beside what was still in memory. RFC 7845 §6 advises one second as well.</summary>
    public const int PageUnits = 48_000;
}
