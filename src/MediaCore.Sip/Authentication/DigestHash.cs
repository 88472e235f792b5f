using System.Security.Cryptography;

namespace MediaCore.Sip.Authentication;

/// <summary>The calculations of RFC 7616 §3.4.1–3.4.3, on the stack.</summary>
internal static class DigestHash
{
    /// <summary>The longest output, bytes of hexadecimal text.</summary>
    public const int MaxHexBytes = 64;

    // A1 = user:realm:password; a response's data = HA1:nonce:nc:cnonce:qop:HA2. The wire's parts are bounded by DigestLimits.
    private const int MaxResponseInput = (2 * MaxHexBytes) + (2 * DigestLimits.MaxNonceBytes) + 8 + 8 + 5;

    /// <summary>HA1, the stored form of a secret.</summary>
    public static byte[] Ha1(DigestAlgorithm algorithm, ReadOnlySpan<byte> userColonRealmColonPassword)
    {
        byte[] ha1 = new byte[DigestNames.HexLength(algorithm)];
        Hash(algorithm, userColonRealmColonPassword, ha1);
        return ha1;
    }

    /// <summary>The response for the given parts; <see cref="DigestQop.None"/> is the calculation of RFC 2069.</summary>
    /// <returns>The bytes written to <paramref name="destination"/>, which has room for <see cref="MaxHexBytes"/>.</returns>
    public static int Response(
        DigestAlgorithm algorithm,
        ReadOnlySpan<byte> ha1Hex,
        in DigestParts parts,
        ReadOnlySpan<byte> method,
        ReadOnlySpan<byte> body,
        Span<byte> destination)
    {
        int hexLength = DigestNames.HexLength(algorithm);
        Span<byte> ha2 = stackalloc byte[MaxHexBytes];
        ha2 = ha2[..hexLength];
        Ha2(algorithm, parts, method, body, ha2);

        DigestText text = new(stackalloc byte[MaxResponseInput]);
        text.Append(ha1Hex);
        text.AppendAfterColon(parts.Nonce);
        if (parts.Qop != DigestQop.None)
        {
            text.AppendAfterColon(parts.NonceCountText);
            text.AppendAfterColon(parts.CNonce);
            text.AppendAfterColon(parts.Qop == DigestQop.AuthInt ? "auth-int"u8 : "auth"u8);
        }

        text.AppendAfterColon(ha2);
        Hash(algorithm, text.Written, destination);
        return hexLength;
    }

    private static void Ha2(DigestAlgorithm algorithm, in DigestParts parts, ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, Span<byte> ha2)
    {
        DigestText text = new(stackalloc byte[DigestLimits.MaxUriBytes + DigestLimits.MaxNameBytes + MaxHexBytes + 2]);
        text.Append(method);
        text.AppendAfterColon(parts.Uri);
        if (parts.Qop == DigestQop.AuthInt)
        {
            Span<byte> bodyHash = stackalloc byte[MaxHexBytes];
            bodyHash = bodyHash[..ha2.Length];
            Hash(algorithm, body, bodyHash);
            text.AppendAfterColon(bodyHash);
        }

        Hash(algorithm, text.Written, ha2);
    }

    private static void Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> hex)
    {
        Span<byte> raw = stackalloc byte[SHA256.HashSizeInBytes];
        switch (algorithm)
        {
            case DigestAlgorithm.Sha256:
                SHA256.HashData(data, raw);
                break;
            case DigestAlgorithm.Sha512256:
                Sha512256.Hash(data, raw);
                break;
            default:
                Md5.Hash(data, raw);
                raw = raw[..Md5.HashBytes];
                break;
        }

        Convert.TryToHexStringLower(raw, hex, out _);
    }
}
