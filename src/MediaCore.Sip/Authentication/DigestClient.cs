using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// The client's side of digest authentication (RFC 7616 §3.4, RFC 3261 §22.2): an Authorization value for a challenge. The caller has
/// checked that the realm is one whose credentials it may use, and counts up its nonce counts.
/// </summary>
public static class DigestClient
{
    /// <summary>Writes an Authorization or Proxy-Authorization value.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="written">The bytes written; 0 when nothing could be.</param>
    /// <param name="challengeValue">The WWW-Authenticate or Proxy-Authenticate value.</param>
    /// <param name="user">The user name.</param>
    /// <param name="password">The password.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The Request-URI.</param>
    /// <param name="nonceCount">How often this nonce is used with this request, from 1.</param>
    /// <param name="cnonce">Our own random text, of token characters.</param>
    /// <returns>
    /// False when the challenge is not well-formed, asks for an algorithm or quality of protection that we don't have, the user name cannot
    /// be quoted, something is over <see cref="DigestLimits"/>, or the destination is too short.
    /// </returns>
    public static bool TryWriteAuthorization(
        Span<byte> destination,
        out int written,
        ReadOnlySpan<byte> challengeValue,
        string user,
        string password,
        ReadOnlySpan<byte> method,
        ReadOnlySpan<byte> uri,
        uint nonceCount,
        ReadOnlySpan<byte> cnonce)
    {
        ArgumentNullException.ThrowIfNull(password);
        written = 0;
        if (!DigestChallenge.TryParse(challengeValue, out DigestChallenge challenge)
            || !challenge.IsAlgorithmKnown
            || challenge.Qop == DigestQop.Unknown
            || !DigestSecret.IsName(user)
            || !Fits(method, DigestLimits.MaxNameBytes)
            || !Fits(uri, DigestLimits.MaxUriBytes)
            || !Fits(cnonce, DigestLimits.MaxNonceBytes))
        {
            return false;
        }

        Span<byte> count = stackalloc byte[8];
        nonceCount.TryFormat(count, out _, "x8", CultureInfo.InvariantCulture);
        DigestParts parts = new()
        {
            Nonce = challenge.Nonce,
            Uri = uri,
            CNonce = cnonce,
            NonceCountText = count,
            Qop = challenge.Qop,
        };

        byte[] userBytes = Encoding.UTF8.GetBytes(user);
        byte[] ha1 = Ha1(challenge, userBytes, password);
        Span<byte> response = stackalloc byte[DigestHash.MaxHexBytes];
        int responseLength = DigestHash.Response(challenge.Algorithm, ha1, parts, method, default, response);

        // The fixed text below, with every optional part, comes to less than 160 bytes.
        int most = 160 + userBytes.Length + challenge.Realm.Length + challenge.Nonce.Length + uri.Length + cnonce.Length
            + challenge.Opaque.Length + responseLength;
        if (destination.Length < most)
        {
            return false;
        }

        DigestText text = new(destination);
        AppendQuoted(ref text, "Digest username=\""u8, userBytes);
        AppendQuoted(ref text, ", realm=\""u8, challenge.Realm);
        AppendQuoted(ref text, ", nonce=\""u8, challenge.Nonce);
        AppendQuoted(ref text, ", uri=\""u8, uri);
        AppendQuoted(ref text, ", response=\""u8, response[..responseLength]);
        if (challenge.NamesAlgorithm)
        {
            text.Append(", algorithm="u8);
            text.Append(DigestNames.Of(challenge.Algorithm));
        }

        if (challenge.Qop == DigestQop.Auth)
        {
            text.Append(", qop=auth, nc="u8);
            text.Append(count);
            AppendQuoted(ref text, ", cnonce=\""u8, cnonce);
        }

        if (challenge.HasOpaque)
        {
            AppendQuoted(ref text, ", opaque=\""u8, challenge.Opaque);
        }

        written = text.Length;
        return true;
    }

    private static byte[] Ha1(in DigestChallenge challenge, byte[] user, string password)
    {
        // The realm is hashed as it stands between its quotes ("unq", RFC 7616 §3.4.1).
        byte[] a1 = [.. user, (byte)':', .. challenge.Realm, (byte)':', .. Encoding.UTF8.GetBytes(password)];
        byte[] ha1 = DigestHash.Ha1(challenge.Algorithm, a1);
        CryptographicOperations.ZeroMemory(a1);
        return ha1;
    }

    /// <summary>Whether a part is short enough and can stand in quotes as it is.</summary>
    private static bool Fits(ReadOnlySpan<byte> part, int maxBytes) =>
        part.Length <= maxBytes && part.IndexOfAny((byte)'"', (byte)'\\') < 0 && part.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0;

    private static void AppendQuoted(ref DigestText text, scoped ReadOnlySpan<byte> prefix, scoped ReadOnlySpan<byte> value)
    {
        text.Append(prefix);
        text.Append(value);
        text.Append("\""u8);
    }
}
