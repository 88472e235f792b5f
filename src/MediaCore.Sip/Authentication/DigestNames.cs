using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>The names that algorithms and qualities of protection have on the wire.</summary>
internal static class DigestNames
{
    public static ReadOnlySpan<byte> Of(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => "SHA-256"u8,
        DigestAlgorithm.Sha512256 => "SHA-512-256"u8,
        _ => "MD5"u8,
    };

    /// <summary>Hexadecimal digits of the algorithm's output.</summary>
    public static int HexLength(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? 32 : 64;

    public static bool TryParseAlgorithm(ReadOnlySpan<byte> name, out DigestAlgorithm algorithm)
    {
        algorithm = Ascii.EqualsIgnoreCase(name, "SHA-512-256"u8) ? DigestAlgorithm.Sha512256
            : Ascii.EqualsIgnoreCase(name, "SHA-256"u8) ? DigestAlgorithm.Sha256
            : DigestAlgorithm.Md5;
        return algorithm != DigestAlgorithm.Md5 || Ascii.EqualsIgnoreCase(name, "MD5"u8);
    }

    public static DigestQop ParseQop(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "auth"u8) ? DigestQop.Auth
        : Ascii.EqualsIgnoreCase(name, "auth-int"u8) ? DigestQop.AuthInt
        : DigestQop.Unknown;
}
