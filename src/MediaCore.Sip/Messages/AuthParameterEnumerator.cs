namespace MediaCore.Sip.Messages;

/// <summary>
/// Walks the comma-separated <c>name=value</c> pairs of a challenge or of credentials (RFC 3261 §25.1, auth-param), quoted strings respected. The
/// scheme stands before them. Ends early, with <see cref="IsMalformed"/> set, at the first thing that is no pair.
/// </summary>
public ref struct AuthParameterEnumerator
{
    private readonly ReadOnlySpan<byte> _text;
    private int _position;
    private int _nameStart;
    private int _nameEnd;
    private int _valueStart;
    private int _valueEnd;

    /// <summary>Starts before the first pair of a header value such as <c>Digest realm="…", nonce="…"</c>.</summary>
    public AuthParameterEnumerator(ReadOnlySpan<byte> headerValue)
    {
        _text = headerValue;
        int start = SipGrammar.SkipWhite(headerValue, 0);
        int end = SipGrammar.Skip(headerValue, start, SipGrammar.Token);
        Scheme = headerValue[start..end];
        _position = SipGrammar.SkipWhite(headerValue, end);
        IsMalformed = start == end || (_position == end && end != headerValue.Length);
    }

    /// <summary>The authentication scheme as written, for example <c>Digest</c>; compare it without regard to case.</summary>
    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>The current pair's name as written.</summary>
    public readonly ReadOnlySpan<byte> Name => _text[_nameStart.._nameEnd];

    /// <summary>The current pair's value; what is between the quotes of a quoted string, its escapes kept.</summary>
    public readonly ReadOnlySpan<byte> Value => _text[_valueStart.._valueEnd];

    /// <summary>Whether the current value is a quoted string.</summary>
    public bool IsQuoted { get; private set; }

    /// <summary>Whether the text held something that is no pair.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly AuthParameterEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next pair; false at the end and at the first fault.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> text = _text;
        int position = _position;
        if (IsMalformed || (uint)position >= (uint)text.Length)
        {
            return false;
        }

        _nameStart = position;
        _nameEnd = SipGrammar.Skip(text, position, SipGrammar.Token);
        position = SipGrammar.SkipWhite(text, _nameEnd);
        if (_nameEnd == _nameStart || (uint)position >= (uint)text.Length || text[position] != (byte)'=')
        {
            return Fail();
        }

        position = SipGrammar.SkipWhite(text, position + 1);
        IsQuoted = (uint)position < (uint)text.Length && text[position] == (byte)'"';
        if (IsQuoted)
        {
            int end = SipGrammar.SkipQuoted(text, position);
            if (end < 0)
            {
                return Fail();
            }

            _valueStart = position + 1;
            _valueEnd = end - 1;
            position = end;
        }
        else
        {
            // Not only tokens: base64 credentials and bare URIs of phones that forget the quotes come here too.
            _valueStart = position;
            while ((uint)position < (uint)text.Length && text[position] != (byte)',' && !SipGrammar.Is(text[position], SipGrammar.White))
            {
                position++;
            }

            _valueEnd = position;
            if (_valueStart == _valueEnd)
            {
                return Fail();
            }
        }

        position = SipGrammar.SkipWhite(text, position);
        if ((uint)position < (uint)text.Length)
        {
            int next = SipGrammar.SkipWhite(text, position + 1);
            if (text[position] != (byte)',' || next == text.Length)
            {
                return Fail();
            }

            position = next;
        }

        _position = position;
        return true;
    }

    private bool Fail()
    {
        IsMalformed = true;
        _nameStart = _nameEnd = _valueStart = _valueEnd = 0;
        return false;
    }
}
