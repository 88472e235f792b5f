using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// A user's secret as HA1 = H(user:realm:password) per algorithm (RFC 7616 §3.4.2), so that the password itself need not be kept. An HA1 is
/// as good as the password within its realm: store and log it as a secret.
/// </summary>
/// <param name="Md5Ha1Hex">32 lower-case hexadecimal digits; empty when the user has no MD5 secret.</param>
/// <param name="Sha256Ha1Hex">64 lower-case hexadecimal digits; empty when the user has no SHA-256 secret.</param>
/// <param name="Sha512256Ha1Hex">64 lower-case hexadecimal digits; empty when the user has no SHA-512-256 secret.</param>
public sealed record DigestSecret(byte[] Md5Ha1Hex, byte[] Sha256Ha1Hex, byte[] Sha512256Ha1Hex)
{
    /// <summary>Makes all of them from a password.</summary>
    /// <exception cref="ArgumentException">
    /// User or realm is empty, over <see cref="DigestLimits.MaxNameBytes"/>, or has a quote, a backslash or a control character, whose
    /// escaping on the wire peers hash in different ways; or the user has a colon, which would make HA1 ambiguous (RFC 7616 §3.4.2).
    /// </exception>
    public static DigestSecret Create(string user, string realm, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (!IsName(user) || user.Contains(':'))
        {
            throw new ArgumentException("The user name is empty, too long, or has a colon, quote, backslash or control character.", nameof(user));
        }

        if (!IsName(realm))
        {
            throw new ArgumentException("The realm is empty, too long, or has a quote, backslash or control character.", nameof(realm));
        }

        byte[] a1 = Encoding.UTF8.GetBytes($"{user}:{realm}:{password}");
        return new DigestSecret(DigestHash.Ha1(DigestAlgorithm.Md5, a1), DigestHash.Ha1(DigestAlgorithm.Sha256, a1), DigestHash.Ha1(DigestAlgorithm.Sha512256, a1));
    }

    /// <summary>Never shows the secret.</summary>
    public override string ToString() => nameof(DigestSecret);

    /// <summary>The HA1 for an algorithm, empty when there is none.</summary>
    internal ReadOnlySpan<byte> Ha1Hex(DigestAlgorithm algorithm)
    {
        byte[] ha1 = algorithm switch
        {
            DigestAlgorithm.Sha256 => Sha256Ha1Hex,
            DigestAlgorithm.Sha512256 => Sha512256Ha1Hex,
            _ => Md5Ha1Hex,
        };
        return ha1.Length == DigestNames.HexLength(algorithm) ? ha1 : default;
    }

    /// <summary>Whether a user or realm can stand in quotes as it is.</summary>
    internal static bool IsName(string name) =>
        !string.IsNullOrEmpty(name)
        && Encoding.UTF8.GetByteCount(name) <= DigestLimits.MaxNameBytes
        && name.AsSpan().IndexOfAny('"', '\\') < 0
        && !name.Any(char.IsControl);
}
