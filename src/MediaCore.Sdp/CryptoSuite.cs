namespace MediaCore.Sdp;

/// <summary>A crypto suite of <c>a=crypto</c> (RFC 4568 §6.2, RFC 6188, RFC 7714); its name on the wire is <see cref="CryptoSuites.TokenOf"/>.</summary>
public enum CryptoSuite : byte
{
    /// <summary>None that we have, <c>F8_128_HMAC_SHA1_80</c> among them: nobody uses it.</summary>
    Unknown,

    /// <summary><c>AES_CM_128_HMAC_SHA1_80</c>.</summary>
    AesCm128HmacSha1Tag80,

    /// <summary><c>AES_CM_128_HMAC_SHA1_32</c>.</summary>
    AesCm128HmacSha1Tag32,

    /// <summary><c>AES_192_CM_HMAC_SHA1_80</c>.</summary>
    AesCm192HmacSha1Tag80,

    /// <summary><c>AES_192_CM_HMAC_SHA1_32</c>.</summary>
    AesCm192HmacSha1Tag32,

    /// <summary><c>AES_256_CM_HMAC_SHA1_80</c>.</summary>
    AesCm256HmacSha1Tag80,

    /// <summary><c>AES_256_CM_HMAC_SHA1_32</c>.</summary>
    AesCm256HmacSha1Tag32,

    /// <summary><c>AEAD_AES_128_GCM</c>.</summary>
    AeadAes128Gcm,

    /// <summary><c>AEAD_AES_256_GCM</c>.</summary>
    AeadAes256Gcm,
}
