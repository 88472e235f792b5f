using System.Runtime.CompilerServices;
using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>
/// A <c>sip</c>, <c>sips</c> (RFC 3261 §19.1) or <c>tel</c> (RFC 3966) URI; of any other only the scheme is read. Parts are as written, their escapes kept.
/// Valid while the bytes it was read from are.
/// </summary>
public readonly ref partial struct SipUri
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly TextRange _user;
    private readonly TextRange _password;
    private readonly TextRange _host;
    private readonly TextRange _parameters;
    private readonly TextRange _headers;

    private SipUri(ReadOnlySpan<byte> text, SipUriScheme scheme, TextRange user, TextRange password, TextRange host, ushort port, TextRange parameters, TextRange headers, bool hasHeaders)
    {
        _text = text;
        _user = user;
        _password = password;
        _host = host;
        _parameters = parameters;
        _headers = headers;
        Scheme = scheme;
        Port = port;
        HasHeaders = hasHeaders;
    }

    /// <summary>The scheme.</summary>
    public SipUriScheme Scheme { get; }

    /// <summary>The user part, escapes kept; empty when absent. Of a <c>tel</c> URI, the number.</summary>
    public ReadOnlySpan<byte> User => _user.Of(_text);

    /// <summary>The password, escapes kept; empty when absent. Nobody should send one (RFC 3261 §19.1.1).</summary>
    public ReadOnlySpan<byte> Password => _password.Of(_text);

    /// <summary>The host, the brackets of an IPv6 reference kept; empty in a <c>tel</c> URI.</summary>
    public ReadOnlySpan<byte> Host => _host.Of(_text);

    /// <summary>The port, 0 when absent.</summary>
    public ushort Port { get; }

    /// <summary>The URI parameters from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters => _parameters.Of(_text);

    /// <summary>The headers after the question mark, without it; empty when there are none.</summary>
    public ReadOnlySpan<byte> Headers => _headers.Of(_text);

    /// <summary>Whether there is a question mark; a Request-URI must have none (RFC 3261 §19.1.1, table 1).</summary>
    public bool HasHeaders { get; }

    /// <summary>The <c>transport</c> parameter.</summary>
    public SipTransport TransportParameter => TryGetParameter("transport"u8, out ReadOnlySpan<byte> value) ? SipTransports.Parse(value) : SipTransport.Unknown;

    /// <summary>The value of a URI parameter (empty when it has none), its name compared without regard to case.</summary>
    public bool TryGetParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = Parameters;
        while (TryReadPair(ref rest, (byte)';', out ReadOnlySpan<byte> candidate, out value))
        {
            if (Ascii.EqualsIgnoreCase(candidate, name))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reads a URI. False when it has no scheme, or is one of ours and breaks its grammar.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri)
    {
        if (text.Length > ushort.MaxValue)
        {
            uri = default;
            return false;
        }

        // What nearly all begin with, before anything is searched.
        if (HasSipScheme(text))
        {
            return TryParseSip(text, 4, SipUriScheme.Sip, out uri);
        }

        int colon = text.IndexOf((byte)':');
        if (colon <= 0 || colon + 1 == text.Length)
        {
            uri = default;
            return false;
        }

        ReadOnlySpan<byte> scheme = text[..colon];
        if (colon == 3 && Ascii.EqualsIgnoreCase(scheme, "tel"u8))
        {
            return TryParseTel(text, out uri);
        }

        if (colon == 4 && Ascii.EqualsIgnoreCase(scheme, "sips"u8))
        {
            return TryParseSip(text, 5, SipUriScheme.Sips, out uri);
        }

        uri = default;
        return IsScheme(scheme) && SipGrammar.IsUriText(text[(colon + 1)..]);
    }

    /// <summary>
    /// Writes the user part with its escapes undone, once. The bytes may be anything, CR, LF and NUL included, so they must never be written to
    /// a message, a log or a query unescaped.
    /// </summary>
    /// <returns>Bytes written, or -1 when the destination is too small; <see cref="User"/>'s length always suffices.</returns>
    public int UnescapeUser(Span<byte> destination)
    {
        EscapedText user = new(User);
        int length = 0;
        while (user.TryRead(out byte value, out _))
        {
            if (length == destination.Length)
            {
                return -1;
            }

            destination[length++] = value;
        }

        return length;
    }

    /// <summary>Whether the text is a URI scheme: a letter, then letters, digits, <c>+ - .</c> (RFC 3986 §3.1).</summary>
    internal static bool IsScheme(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter((char)text[0]))
        {
            return false;
        }

        foreach (byte value in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)value) && value is not ((byte)'+' or (byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text begins with <c>sip:</c>, without regard to case, and goes on after it.</summary>
    internal static bool HasSipScheme(ReadOnlySpan<byte> text) =>
        text.Length > 4 && text[3] == (byte)':' && (text[0] | 0x20) == 's' && (text[1] | 0x20) == 'i' && (text[2] | 0x20) == 'p';

    private static bool TryParseSip(ReadOnlySpan<byte> text, int start, SipUriScheme scheme, out SipUri uri)
    {
        uri = default;
        TextRange user = default;
        TextRange password = default;
        int position = start;

        // A host is of bytes that a user may have too, so only "@" tells them apart; it can stand nowhere but after the user part, so the first one decides.
        int end = SkipEscaped(text, start, SipGrammar.User);
        if (end < 0)
        {
            return false;
        }

        if (end < text.Length && text[end] != (byte)'@' && text[end..].IndexOf((byte)'@') is >= 0 and int step)
        {
            // Something that no user may have, so it must be the colon before a password.
            int at = end + step;
            if (text[end] != (byte)':' || (end + 1 < at && SkipEscaped(text[..at], end + 1, SipGrammar.User) != at))
            {
                return false;
            }

            password = TextRange.Between(end + 1, at);
            user = TextRange.Between(start, end);
            position = at + 1;
        }
        else if (end < text.Length && text[end] == (byte)'@')
        {
            user = TextRange.Between(start, end);
            position = end + 1;
        }

        if (position > start && user.Length == 0)
        {
            return false;
        }

        int host = position;
        if (!SipGrammar.TryReadHostPort(text, ref position, allowWhite: false, out int hostLength, out ushort port))
        {
            return false;
        }

        int parameters = position;
        if (!TryReadParameters(text, ref position))
        {
            return false;
        }

        bool hasHeaders = position < text.Length;
        TextRange headers = default;
        if (hasHeaders)
        {
            if (text[position] != (byte)'?' || !AreHeaders(text[(position + 1)..]))
            {
                return false;
            }

            headers = TextRange.Between(position + 1, text.Length);
        }

        uri = new SipUri(text, scheme, user, password, TextRange.Between(host, host + hostLength), port, TextRange.Between(parameters, position), headers, hasHeaders);
        return true;
    }

    private static bool TryParseTel(ReadOnlySpan<byte> text, out SipUri uri)
    {
        const int Start = 4;
        uri = default;
        int semicolon = text.IndexOf((byte)';');
        int end = semicolon < 0 ? text.Length : semicolon;
        ReadOnlySpan<byte> number = text[Start..end];

        // RFC 3966 §3: digits and visual separators, "+" in front of a global number; local numbers may hold hex digits, "*" and "#".
        bool isGlobal = number.StartsWith("+"u8);
        int digits = 0;
        foreach (byte value in isGlobal ? number[1..] : number)
        {
            bool isDigit = char.IsAsciiDigit((char)value) || (!isGlobal && (char.IsAsciiHexDigit((char)value) || value is (byte)'*' or (byte)'#'));
            digits += isDigit ? 1 : 0;
            if (!isDigit && value is not ((byte)'-' or (byte)'.' or (byte)'(' or (byte)')'))
            {
                return false;
            }
        }

        int position = end;
        if (digits == 0 || !TryReadParameters(text, ref position) || position != text.Length)
        {
            return false;
        }

        uri = new SipUri(text, SipUriScheme.Tel, TextRange.Between(Start, end), default, default, 0, TextRange.Between(end, position), default, hasHeaders: false);
        return true;
    }

    /// <summary>Passes over <c>*( ";" name [ "=" value ] )</c>.</summary>
    private static bool TryReadParameters(ReadOnlySpan<byte> text, ref int position)
    {
        while ((uint)position < (uint)text.Length && text[position] == (byte)';')
        {
            int name = position + 1;
            position = SkipEscaped(text, name, SipGrammar.UriParameter);
            if (position <= name)
            {
                return false;
            }

            // An empty value ("lr=") is outside the grammar but sent by old proxies; it is read as no value.
            if ((uint)position < (uint)text.Length && text[position] == (byte)'=')
            {
                position = SkipEscaped(text, position + 1, SipGrammar.UriParameter);
                if (position < 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool AreHeaders(ReadOnlySpan<byte> headers)
    {
        ReadOnlySpan<byte> rest = headers;
        bool any = false;
        while (TryReadPair(ref rest, (byte)'&', out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            any = true;
            if (name.IsEmpty || SkipEscaped(name, 0, SipGrammar.UriHeader) != name.Length || SkipEscaped(value, 0, SipGrammar.UriHeader) != value.Length)
            {
                return false;
            }
        }

        return any;
    }

    /// <summary>Takes the next <c>name[=value]</c> off the front. One separator before it is skipped; names may come out empty, which the caller judges.</summary>
    private static bool TryReadPair(scoped ref ReadOnlySpan<byte> rest, byte separator, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest[0] == separator)
        {
            rest = rest[1..];
        }

        int end = rest.IndexOf(separator);
        ReadOnlySpan<byte> pair = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        int equals = pair.IndexOf((byte)'=');
        name = equals < 0 ? pair : pair[..equals];
        value = equals < 0 ? default : pair[(equals + 1)..];
        return true;
    }

    /// <summary>The first position from <paramref name="position"/> whose byte isn't in the classes, or -1 when a percent sign has no two hexadecimal digits after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipEscaped(ReadOnlySpan<byte> text, int position, ushort classes)
    {
        while ((uint)position < (uint)text.Length && SipGrammar.Is(text[position], classes))
        {
            if (text[position++] == (byte)'%')
            {
                if (position + 2 > text.Length || !char.IsAsciiHexDigit((char)text[position]) || !char.IsAsciiHexDigit((char)text[position + 1]))
                {
                    return -1;
                }

                position += 2;
            }
        }

        return position;
    }

    /// <summary>Reads a text byte by byte with escapes undone. An incomplete escape, which no parsed URI has, stands for itself.</summary>
    private ref struct EscapedText(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _position;

        public bool TryRead(out byte value, out bool wasEscaped)
        {
            wasEscaped = false;
            value = 0;
            if (_position >= _text.Length)
            {
                return false;
            }

            value = _text[_position++];
            if (value == (byte)'%' && _position + 2 <= _text.Length
                && char.IsAsciiHexDigit((char)_text[_position]) && char.IsAsciiHexDigit((char)_text[_position + 1]))
            {
                value = (byte)((HexValue(_text[_position]) << 4) | HexValue(_text[_position + 1]));
                wasEscaped = true;
                _position += 2;
            }

            return true;
        }

        private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    }
}
