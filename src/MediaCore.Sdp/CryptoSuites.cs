using System.Text;

namespace MediaCore.Sdp;

/// <summary>Names and key lengths of the suites.</summary>
public static class CryptoSuites
{
    /// <summary>Bytes of the longest master key with its salt.</summary>
    public const int MaxKeyAndSaltBytes = 46;

    /// <summary>The name on the wire; empty for <see cref="CryptoSuite.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> TokenOf(CryptoSuite suite) => suite switch
    {
        CryptoSuite.AesCm128HmacSha1Tag80 => "AES_CM_128_HMAC_SHA1_80"u8,
        CryptoSuite.AesCm128HmacSha1Tag32 => "AES_CM_128_HMAC_SHA1_32"u8,
        CryptoSuite.AesCm192HmacSha1Tag80 => "AES_192_CM_HMAC_SHA1_80"u8,
        CryptoSuite.AesCm192HmacSha1Tag32 => "AES_192_CM_HMAC_SHA1_32"u8,
        CryptoSuite.AesCm256HmacSha1Tag80 => "AES_256_CM_HMAC_SHA1_80"u8,
        CryptoSuite.AesCm256HmacSha1Tag32 => "AES_256_CM_HMAC_SHA1_32"u8,
        CryptoSuite.AeadAes128Gcm => "AEAD_AES_128_GCM"u8,
        CryptoSuite.AeadAes256Gcm => "AEAD_AES_256_GCM"u8,
        _ => default,
    };

    /// <summary>The suite of a name; case is forgiven.</summary>
    public static CryptoSuite Of(ReadOnlySpan<byte> token)
    {
        for (CryptoSuite suite = CryptoSuite.AesCm128HmacSha1Tag80; suite <= CryptoSuite.AeadAes256Gcm; suite++)
        {
            if (Ascii.EqualsIgnoreCase(token, TokenOf(suite)))
            {
                return suite;
            }
        }

        return CryptoSuite.Unknown;
    }

    /// <summary>Bytes of the master key.</summary>
    public static int KeyBytes(CryptoSuite suite) => suite switch
    {
        CryptoSuite.AesCm128HmacSha1Tag80 or CryptoSuite.AesCm128HmacSha1Tag32 or CryptoSuite.AeadAes128Gcm => 16,
        CryptoSuite.AesCm192HmacSha1Tag80 or CryptoSuite.AesCm192HmacSha1Tag32 => 24,
        CryptoSuite.AesCm256HmacSha1Tag80 or CryptoSuite.AesCm256HmacSha1Tag32 or CryptoSuite.AeadAes256Gcm => 32,
        _ => 0,
    };

    /// <summary>Bytes of the master salt behind the key.</summary>
    public static int SaltBytes(CryptoSuite suite) => suite switch
    {
        CryptoSuite.Unknown => 0,
        CryptoSuite.AeadAes128Gcm or CryptoSuite.AeadAes256Gcm => 12,
        _ => 14,
    };
}
