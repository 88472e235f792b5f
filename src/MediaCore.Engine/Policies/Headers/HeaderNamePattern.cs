using System.Diagnostics.CodeAnalysis;
using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Headers;

/// <summary>
/// A header name as a rule has it, or the beginning of names (<c>X-*</c>). Compared by the same table that the parser uses: without regard to case, a
/// compact form is its long form (RFC 3261 §7.3.3), white space before the colon is no part of a name.
/// </summary>
public sealed class HeaderNamePattern
{
    /// <summary>Longest name; the longest registered one has 31 characters.</summary>
    public const int MaxNameBytes = 64;

    private readonly byte[] _token;

    private HeaderNamePattern(SipHeaderName name, byte[] token, bool isPrefix)
    {
        Name = name;
        _token = token;
        IsPrefix = isPrefix;
    }

    /// <summary>The header where it is known by value.</summary>
    public SipHeaderName Name { get; }

    /// <summary>Whether names only begin so.</summary>
    public bool IsPrefix { get; }

    /// <summary>The name as it is written to messages: the usual spelling of a known header, else as configured.</summary>
    public ReadOnlySpan<byte> Token => _token;

    /// <summary>Reads a name or, where <paramref name="allowPrefix"/> says so, a beginning with a star after it.</summary>
    public static bool TryParse(string text, bool allowPrefix, [NotNullWhen(true)] out HeaderNamePattern? pattern)
    {
        pattern = null;
        bool isPrefix = allowPrefix && text.EndsWith('*');
        string name = isPrefix ? text[..^1] : text;
        if (name.Length > MaxNameBytes || (name.Length == 0 && !isPrefix) || name.Contains('*', StringComparison.Ordinal) || !name.All(static c => c < 128 && SipHeaderNames.IsNameByte((byte)c)))
        {
            return false;
        }

        byte[] token = Encoding.ASCII.GetBytes(name);
        SipHeaderName known = isPrefix ? SipHeaderName.Unknown : SipHeaderNames.Parse(token);
        pattern = new HeaderNamePattern(known, known == SipHeaderName.Unknown ? token : SipHeaderNames.GetToken(known).ToArray(), isPrefix);
        return true;
    }

    /// <summary>Whether a row with this name, as the parser found it, is meant.</summary>
    public bool Matches(SipHeaderName name, ReadOnlySpan<byte> token)
    {
        if (!IsPrefix)
        {
            return name == Name && (name != SipHeaderName.Unknown || Ascii.EqualsIgnoreCase(token, _token));
        }

        ReadOnlySpan<byte> full = name == SipHeaderName.Unknown ? token : SipHeaderNames.GetToken(name);
        return full.Length >= _token.Length && Ascii.EqualsIgnoreCase(full[.._token.Length], _token);
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.ASCII.GetString(_token) + (IsPrefix ? "*" : "");
}
