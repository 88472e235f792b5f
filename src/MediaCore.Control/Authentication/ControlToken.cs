using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Control.Authentication;

/// <summary>A token as the server knows it: what it allows, and its hash; never the token itself.</summary>
/// <param name="Name">Its name, in listings and audit lines.</param>
/// <param name="Scope">What it allows.</param>
/// <param name="Controller">The only controller that its bearer may be; null for any.</param>
/// <param name="Hash">SHA-256 of the token. It has 256 random bits, so nothing slower is needed: there is no guessing it from the hash.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
public sealed record ControlToken(string Name, ControlScope Scope, string? Controller, byte[] Hash, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>What every token begins with, so that one that has got into a log or a repository is recognised.</summary>
    public const string Prefix = "mct_";

    private const int SecretBytes = 32;

    /// <summary>Longest name of a token or controller, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Makes a token.</summary>
    /// <param name="secret">What its bearer has to show; kept nowhere.</param>
    /// <inheritdoc cref="ControlToken(string, ControlScope, string?, byte[], DateTimeOffset, DateTimeOffset?)" path="/param"/>
    public static ControlToken Create(string name, ControlScope scope, string? controller, DateTimeOffset createdAt, DateTimeOffset? expiresAt, out string secret)
    {
        secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return new ControlToken(name, scope, controller, HashOf(secret), createdAt, expiresAt);
    }

    /// <summary>The hash of what somebody shows.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether a text may be the name of a token or controller: 1 to 64 letters, digits, dots, hyphens and underscores.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= MaxNameLength && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
