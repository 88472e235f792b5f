using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>
/// A <c>sip</c>, <c>sips</c> (RFC 3261 §19.1) or <c>tel</c> (RFC 3966) URI; of any other only the scheme is read. Parts are as written, their escapes kept.
/// Valid while the bytes it was read from are.
/// </summary>
public readonly ref partial struct SipUri
{
    /// <summary>The scheme.</summary>
    public SipUriScheme Scheme { get; private init; }

    /// <summary>The user part, escapes kept; empty when absent. Of a <c>tel</c> URI, the number.</summary>
    public ReadOnlySpan<byte> User { get; private init; }

    /// <summary>The password, escapes kept; empty when absent. Nobody should send one (RFC 3261 §19.1.1).</summary>
    public ReadOnlySpan<byte> Password { get; private init; }

    /// <summary>The host, the brackets of an IPv6 reference kept; empty in a <c>tel</c> URI.</summary>
    public ReadOnlySpan<byte> Host { get; private init; }

    /// <summary>The port, 0 when absent.</summary>
    public ushort Port { get; private init; }

    /// <summary>The URI parameters from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    /// <summary>The headers after the question mark, without it; empty when there are none.</summary>
    public ReadOnlySpan<byte> Headers { get; private init; }

    /// <summary>Whether there is a question mark; a Request-URI must have none (RFC 3261 §19.1.1, table 1).</summary>
    public bool HasHeaders { get; private init; }

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
        uri = default;
        if (text.Length > ushort.MaxValue)
        {
            return false;
        }

        int colon = text.IndexOf((byte)':');
        if (colon <= 0 || colon + 1 == text.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> scheme = text[..colon];
        ReadOnlySpan<byte> rest = text[(colon + 1)..];
        if (colon == 3)
        {
            if (Ascii.EqualsIgnoreCase(scheme, "sip"u8))
            {
                return TryParseSip(rest, SipUriScheme.Sip, out uri);
            }

            if (Ascii.EqualsIgnoreCase(scheme, "tel"u8))
            {
                return TryParseTel(rest, out uri);
            }
        }
        else if (colon == 4 && Ascii.EqualsIgnoreCase(scheme, "sips"u8))
        {
            return TryParseSip(rest, SipUriScheme.Sips, out uri);
        }

        return IsScheme(scheme) && SipGrammar.IsUriText(rest);
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

    private static bool TryParseSip(ReadOnlySpan<byte> text, SipUriScheme scheme, out SipUri uri)
    {
        uri = default;
        ReadOnlySpan<byte> user = default;
        ReadOnlySpan<byte> password = default;
        int position = 0;

        // "@" can stand nowhere but after the user part, so the first one decides.
        int at = text.IndexOf((byte)'@');
        if (at >= 0)
        {
            user = text[..at];
            int colon = user.IndexOf((byte)':');
            if (colon >= 0)
            {
                password = user[(colon + 1)..];
                user = user[..colon];
                if (!password.IsEmpty && !IsEscaped(password, SipGrammar.User))
                {
                    return false;
                }
            }

            if (!IsEscaped(user, SipGrammar.User))
            {
                return false;
            }

            position = at + 1;
        }

        int host = position;
        if (!SipGrammar.TryReadHostPort(text, ref position, allowWhite: false, out int hostLength, out ushort port))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[position..];
        int question = rest.IndexOf((byte)'?');
        ReadOnlySpan<byte> parameters = question < 0 ? rest : rest[..question];
        ReadOnlySpan<byte> headers = question < 0 ? default : rest[(question + 1)..];
        if (!AreParameters(parameters) || (question >= 0 && !AreHeaders(headers)))
        {
            return false;
        }

        uri = new SipUri
        {
            Scheme = scheme,
            User = user,
            Password = password,
            Host = text.Slice(host, hostLength),
            Port = port,
            Parameters = parameters,
            Headers = headers,
            HasHeaders = question >= 0,
        };
        return true;
    }

    private static bool TryParseTel(ReadOnlySpan<byte> text, out SipUri uri)
    {
        uri = default;
        int semicolon = text.IndexOf((byte)';');
        ReadOnlySpan<byte> number = semicolon < 0 ? text : text[..semicolon];
        ReadOnlySpan<byte> parameters = semicolon < 0 ? default : text[semicolon..];

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

        if (digits == 0 || !AreParameters(parameters))
        {
            return false;
        }

        uri = new SipUri { Scheme = SipUriScheme.Tel, User = number, Parameters = parameters };
        return true;
    }

    private static bool AreParameters(ReadOnlySpan<byte> parameters)
    {
        if (parameters.IsEmpty)
        {
            return true;
        }

        if (parameters[0] != (byte)';')
        {
            return false;
        }

        ReadOnlySpan<byte> rest = parameters;
        while (TryReadPair(ref rest, (byte)';', out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            // An empty value ("lr=") is outside the grammar but sent by old proxies; it is read as no value.
            if (!IsEscaped(name, SipGrammar.UriParameter) || (!value.IsEmpty && !IsEscaped(value, SipGrammar.UriParameter)))
            {
                return false;
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
            if (!IsEscaped(name, SipGrammar.UriHeader) || (!value.IsEmpty && !IsEscaped(value, SipGrammar.UriHeader)))
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

    /// <summary>Whether the text is of these bytes, has at least one, and every percent sign has two hexadecimal digits after it.</summary>
    private static bool IsEscaped(ReadOnlySpan<byte> text, ushort classes)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!SipGrammar.Is(text[i], classes))
            {
                return false;
            }

            if (text[i] == (byte)'%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
                {
                    return false;
                }

                i += 2;
            }
        }

        return !text.IsEmpty;
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
