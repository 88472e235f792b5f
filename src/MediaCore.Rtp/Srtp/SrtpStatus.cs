namespace MediaCore.Rtp.Srtp;

/// <summary>What became of a packet. Everything but <see cref="Ok"/> means: drop it and count it; the state is as it was before.</summary>
public enum SrtpStatus
{
    /// <summary>Protected, or authentic and decrypted.</summary>
    Ok = 0,

    /// <summary>Not RTP or RTCP, or shorter than its header, tag and key identifier.</summary>
    Malformed = 1,

    /// <summary>The tag is wrong: damaged, forged, or made with another key.</summary>
    Unauthenticated = 2,

    /// <summary>A packet with this index was taken before. When protecting: sending it again would use a keystream twice.</summary>
    Replayed = 3,

    /// <summary>Further behind the newest packet than the replay window reaches.</summary>
    TooOld = 4,

    /// <summary>The key has as many sources as it may.</summary>
    TooManyStreams = 5,

    /// <summary>The key has protected as many packets as it may, RFC 3711 §9.2, or an index has come to its end: a new key is needed.</summary>
    KeyExpired = 6,

    /// <summary>The key identifier is not that of the key.</summary>
    UnknownKey = 7,

    /// <summary>An RTCP packet that says that it is not encrypted: no peer is allowed that here.</summary>
    Unencrypted = 8,

    /// <summary>The buffer has no room for what protecting adds.</summary>
    NoRoom = 9,
}
