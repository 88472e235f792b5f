using MediaCore.Sdp;

namespace MediaCore.Engine.CallRecords;

/// <summary>Names of crypto suites (RFC 4568 §6.2, RFC 6188, RFC 7714) as texts that are there already, so that a record costs none.</summary>
internal static class SrtpSuiteNames
{
    /// <summary>The name; null for none.</summary>
    public static string? Of(CryptoSuite suite) => suite switch
    {
        CryptoSuite.AesCm128HmacSha1Tag80 => "AES_CM_128_HMAC_SHA1_80",
        CryptoSuite.AesCm128HmacSha1Tag32 => "AES_CM_128_HMAC_SHA1_32",
        CryptoSuite.AesCm192HmacSha1Tag80 => "AES_192_CM_HMAC_SHA1_80",
        CryptoSuite.AesCm192HmacSha1Tag32 => "AES_192_CM_HMAC_SHA1_32",
        CryptoSuite.AesCm256HmacSha1Tag80 => "AES_256_CM_HMAC_SHA1_80",
        CryptoSuite.AesCm256HmacSha1Tag32 => "AES_256_CM_HMAC_SHA1_32",
        CryptoSuite.AeadAes128Gcm => "AEAD_AES_128_GCM",
        CryptoSuite.AeadAes256Gcm => "AEAD_AES_256_GCM",
        _ => null,
    };

    /// <summary>The suite of a name; <see cref="CryptoSuite.Unknown"/> for none and for one that we don't have.</summary>
    public static CryptoSuite Parse(string? name)
    {
        for (CryptoSuite suite = CryptoSuite.AeadAes256Gcm; suite > CryptoSuite.Unknown; suite--)
        {
            if (Of(suite) == name)
            {
                return suite;
            }
        }

        return CryptoSuite.Unknown;
    }
}
