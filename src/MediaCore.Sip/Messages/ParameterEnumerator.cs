namespace MediaCore.Sip.Messages;

/// <summary>
/// Walks <c>;name=value</c> header parameters (RFC 3261 §25.1, generic-param), white space, folds and quoted strings respected. The first
/// semicolon may be there or not. Ends early, with <see cref="IsMalformed"/> set, at the first thing that is no parameter.
/// </summary>
public ref struct ParameterEnumerator
{
    private readonly ReadOnlySpan<byte> _text;
    private int _position;
    private int _nameStart;
    private int _nameEnd;
    private int _valueStart;
    private int _valueEnd;

    /// <summary>Starts before the first parameter.</summary>
    public ParameterEnumerator(ReadOnlySpan<byte> parameters)
    {
        _text = parameters;
    }

    /// <summary>The current parameter's name as written.</summary>
    public readonly ReadOnlySpan<byte> Name => _text[_nameStart.._nameEnd];

    /// <summary>The current parameter's value; what is between the quotes of a quoted string, its escapes kept. Empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Value => _text[_valueStart.._valueEnd];

    /// <summary>Whether the current parameter has an equals sign.</summary>
    public bool HasValue { get; private set; }

    /// <summary>Whether the current value is a quoted string.</summary>
    public bool IsQuoted { get; private set; }

    /// <summary>Whether the text held something that is no parameter.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Where the walk stands: after the last parameter read, or at the comma that ends this list element.</summary>
    internal readonly int Position => _position;

    /// <summary>Where the current name starts.</summary>
    internal readonly int NameStart => _nameStart;

    /// <summary>Where the current value stands in the text.</summary>
    internal readonly TextRange ValueRange => TextRange.Between(_valueStart, _valueEnd);

    /// <summary>Where the current value stands in a text of which this one begins at <paramref name="start"/>.</summary>
    internal readonly TextRange GetValueRange(int start) => TextRange.Between(start + _valueStart, start + _valueEnd);

    /// <summary>The value of the first parameter of that name, compared without regard to case; empty when it has none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ParameterEnumerator found = new(parameters);
        while (found.MoveNext())
        {
            if (System.Text.Ascii.EqualsIgnoreCase(found.Name, name))
            {
                value = found.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly ParameterEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next parameter; false at the end, at a comma, and at the first fault.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> text = _text;
        int position = SipGrammar.SkipWhite(text, _position);
        if ((uint)position >= (uint)text.Length || text[position] == (byte)',')
        {
            _position = position;
            return false;
        }

        if (text[position] == (byte)';')
        {
            position = SipGrammar.SkipWhite(text, position + 1);
        }
        else if (_position != 0)
        {
            return Fail();
        }

        _nameStart = position;
        position = SipGrammar.Skip(text, position, SipGrammar.Token);
        _nameEnd = position;
        if (_nameStart == _nameEnd)
        {
            return Fail();
        }

        HasValue = false;
        IsQuoted = false;
        _valueStart = _valueEnd = position;
        _position = position;
        position = SipGrammar.SkipWhite(text, position);

        if ((uint)position >= (uint)text.Length || text[position] != (byte)'=')
        {
            return true;
        }

        HasValue = true;
        position = SipGrammar.SkipWhite(text, position + 1);
        if ((uint)position < (uint)text.Length && text[position] == (byte)'"')
        {
            int end = SipGrammar.SkipQuoted(text, position);
            if (end < 0)
            {
                return Fail();
            }

            IsQuoted = true;
            _valueStart = position + 1;
            _valueEnd = end - 1;
            _position = end;
            return true;
        }

        _valueStart = position;
        position = SipGrammar.SkipParameterValue(text, position);
        _valueEnd = position;
        _position = position;
        return _valueEnd != _valueStart || Fail();
    }

    private bool Fail()
    {
        IsMalformed = true;
        _nameStart = _nameEnd = _valueStart = _valueEnd = 0;
        _position = _text.Length;
        return false;
    }
}
