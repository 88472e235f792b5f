namespace MediaCore.Sip.Authentication;

/// <summary>
/// Reads <c>Digest name=value, name="value", …</c> (RFC 3261 §25.1, RFC 7235 §2.1) over bytes. Empty list elements and folded white space
/// are accepted; a quoted string that does not end, a control character or a missing value is an error.
/// </summary>
internal ref struct AuthParameterReader
{
    private ReadOnlySpan<byte> _rest;
    private int _parameters;

    /// <summary>Starts after the scheme; false when the scheme is another or the value is over <see cref="DigestLimits.MaxValueBytes"/>.</summary>
    public static bool TryStart(ReadOnlySpan<byte> value, out AuthParameterReader reader)
    {
        reader = default;
        if (value.Length > DigestLimits.MaxValueBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> trimmed = TrimStart(value);
        ReadOnlySpan<byte> scheme = "Digest"u8;
        if (trimmed.Length <= scheme.Length
            || !System.Text.Ascii.EqualsIgnoreCase(trimmed[..scheme.Length], scheme)
            || !IsWhiteSpace(trimmed[scheme.Length]))
        {
            return false;
        }

        reader._rest = trimmed[scheme.Length..];
        return true;
    }

    /// <summary>Whether reading stopped at something that is not well-formed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Reads the next parameter; false at the end or at an error.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value without the quotes, escapes left as they are.</param>
    public bool TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        _rest = TrimStart(_rest);
        while (!_rest.IsEmpty && _rest[0] == (byte)',')
        {
            _rest = TrimStart(_rest[1..]);
        }

        if (_rest.IsEmpty)
        {
            return false;
        }

        if (++_parameters > DigestLimits.MaxParameters)
        {
            return Fail();
        }

        int nameLength = TokenLength(_rest);
        name = _rest[..nameLength];
        _rest = TrimStart(_rest[nameLength..]);
        if (nameLength == 0 || _rest.IsEmpty || _rest[0] != (byte)'=')
        {
            return Fail();
        }

        _rest = TrimStart(_rest[1..]);
        int length = !_rest.IsEmpty && _rest[0] == (byte)'"' ? ReadQuoted(out value) : ReadToken(out value);
        if (length < 0)
        {
            return Fail();
        }

        _rest = TrimStart(_rest[length..]);
        return _rest.IsEmpty || _rest[0] == (byte)',' || Fail();
    }

    private bool Fail()
    {
        Failed = true;
        _rest = default;
        return false;
    }

    private readonly int ReadQuoted(out ReadOnlySpan<byte> value)
    {
        value = default;
        for (int i = 1; i < _rest.Length; i++)
        {
            byte b = _rest[i];
            if (b == (byte)'"')
            {
                value = _rest[1..i];
                return i + 1;
            }

            if (b == (byte)'\\')
            {
                i++;
            }
            else if (b is < 0x20 and not (byte)'\t' or 0x7F)
            {
                return -1;
            }
        }

        return -1;
    }

    /// <summary>An unquoted value: a token, or more leniently whatever has no white space, comma or quote, since some phones leave URIs bare.</summary>
    private readonly int ReadToken(out ReadOnlySpan<byte> value)
    {
        int length = 0;
        while (length < _rest.Length && _rest[length] is > 0x20 and < 0x7F and not (byte)',' and not (byte)'"')
        {
            length++;
        }

        value = _rest[..length];
        return length == 0 ? -1 : length;
    }

    private static int TokenLength(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (length < bytes.Length && IsTokenCharacter(bytes[length]))
        {
            length++;
        }

        return length;
    }

    private static bool IsTokenCharacter(byte b) => char.IsAsciiLetterOrDigit((char)b) || "-.!%*_+`'~"u8.Contains(b);

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8);

    private static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
