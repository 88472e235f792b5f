namespace MediaCore.Audio.Ogg;

/// <summary>Why an Ogg file was not read.</summary>
public enum OggOpusError
{
    /// <summary>It was read.</summary>
    None = 0,

    /// <summary>Not an Ogg file.</summary>
    NotOgg,

    /// <summary>Ogg, without an Opus stream: Vorbis, Speex, FLAC.</summary>
    NoOpus,

    /// <summary>Larger than <see cref="OggLimits.MaxFileBytes"/>.</summary>
    TooLarge,

    /// <summary>Longer than the caller wants.</summary>
    TooLong,

    /// <summary>An identification header of another major version, or of more than two channels (RFC 7845 §5.1).</summary>
    UnsupportedHeader,

    /// <summary>No sound in it.</summary>
    NoSamples,

    /// <summary>libopus is not installed.</summary>
    NoLibrary,
}
