namespace MediaCore.Rtp.Srtp;

/// <summary>A protection profile: cipher, key length and tag length, by the names of the SDES crypto suites.</summary>
public enum SrtpProfile
{
    /// <summary>AES-128 in counter mode, HMAC-SHA1 cut to 80 bits, RFC 4568 §6.2.1: the one that RFC 3711 §5 makes mandatory.</summary>
    AesCm128HmacSha1Tag80,

    /// <summary>The same with 32 bits for RTP and 80 for RTCP, RFC 4568 §6.2.2.</summary>
    AesCm128HmacSha1Tag32,

    /// <summary>AES-192 in counter mode, RFC 6188.</summary>
    AesCm192HmacSha1Tag80,

    /// <summary>AES-192 in counter mode, 32 bits for RTP and 80 for RTCP, RFC 6188.</summary>
    AesCm192HmacSha1Tag32,

    /// <summary>AES-256 in counter mode, RFC 6188.</summary>
    AesCm256HmacSha1Tag80,

    /// <summary>AES-256 in counter mode, 32 bits for RTP and 80 for RTCP, RFC 6188.</summary>
    AesCm256HmacSha1Tag32,

    /// <summary>AES-128 in Galois/counter mode with a tag of 16 bytes, RFC 7714.</summary>
    AeadAes128Gcm,

    /// <summary>AES-256 in Galois/counter mode with a tag of 16 bytes, RFC 7714.</summary>
    AeadAes256Gcm,
}
