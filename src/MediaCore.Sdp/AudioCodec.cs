namespace MediaCore.Sdp;

/// <summary>The codecs that MediaCore knows by itself. Everything else is <see cref="Other"/>: relayed by name, never encoded or decoded here.</summary>
public enum AudioCodec : byte
{
    /// <summary>No codec; the value of <c>default</c>.</summary>
    None = 0,

    /// <summary><c>PCMU/8000</c>, G.711 µ-law (RFC 3551 §4.5.14).</summary>
    Pcmu = 1,

    /// <summary><c>PCMA/8000</c>, G.711 A-law (RFC 3551 §4.5.14).</summary>
    Pcma = 2,

    /// <summary><c>telephone-event</c> at any clock rate (RFC 4733).</summary>
    TelephoneEvent = 3,

    /// <summary><c>CN</c> at any clock rate (RFC 3389): like telephone-event it only accompanies a voice codec.</summary>
    ComfortNoise = 4,

    /// <summary>A codec that is known by its encoding name alone.</summary>
    Other = 255,
}
