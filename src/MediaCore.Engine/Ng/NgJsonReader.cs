using System.Text;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Reads the JSON form of a message (RFC 8259), under the bounds of <see cref="BencodeReader"/>. True and false are read as 1 and 0, null as if the key were not there; numbers are whole ones.
/// </summary>
internal ref struct NgJsonReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _offset;
    private int _values;

    private NgJsonReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Reads one object that is the whole of the data, white space aside.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out NgDictionary dictionary)
    {
        NgJsonReader reader = new(data);
        dictionary = new NgDictionary();
        if (!reader.TryReadValue(1, out NgValue? value) || value?.Dictionary is not { } found)
        {
            return false;
        }

        dictionary = found;
        reader.SkipSpace();
        return reader._offset == data.Length;
    }

    private bool TryReadValue(int depth, out NgValue? value)
    {
        value = null;
        SkipSpace();
        if (_offset >= _data.Length || depth > NgLimits.MaxDepth || ++_values > NgLimits.MaxValues)
        {
            return false;
        }

        switch (_data[_offset])
        {
            case (byte)'{':
                _offset++;
                return TryReadObject(depth, out value);
            case (byte)'[':
                _offset++;
                return TryReadArray(depth, out value);
            case (byte)'"':
                bool isText = TryReadText(out string text);
                value = isText ? (NgValue)text : null;
                return isText;
            case (byte)'t':
                value = 1;
                return TryTakeWord("true"u8);
            case (byte)'f':
                value = 0;
                return TryTakeWord("false"u8);
            case (byte)'n':
                return TryTakeWord("null"u8);
            default:
                return TryReadNumber(out value);
        }
    }

    private bool TryReadObject(int depth, out NgValue? value)
    {
        NgDictionary dictionary = new();
        value = dictionary;
        if (TryTake((byte)'}'))
        {
            return true;
        }

        do
        {
            SkipSpace();
            if (!TryReadText(out string key) || !TryTake((byte)':') || !TryReadValue(depth + 1, out NgValue? member))
            {
                return false;
            }

            if (member is not null)
            {
                dictionary.TryAdd(key, member);
            }
        }
        while (TryTake((byte)','));
        return TryTake((byte)'}');
    }

    private bool TryReadArray(int depth, out NgValue? value)
    {
        List<NgValue> items = [];
        value = NgValue.Of(items);
        if (TryTake((byte)']'))
        {
            return true;
        }

        do
        {
            if (!TryReadValue(depth + 1, out NgValue? item))
            {
                return false;
            }

            if (item is not null)
            {
                items.Add(item);
            }
        }
        while (TryTake((byte)','));
        return TryTake((byte)']');
    }

    private bool TryReadNumber(out NgValue? value)
    {
        value = null;
        if (!System.Buffers.Text.Utf8Parser.TryParse(_data[_offset..], out long number, out int consumed) || _data[_offset] == (byte)'+')
        {
            return false;
        }

        _offset += consumed;
        value = number;

        // A fraction or an exponent is no whole number.
        return _offset >= _data.Length || _data[_offset] is not ((byte)'.' or (byte)'e' or (byte)'E');
    }

    private bool TryReadText(out string text)
    {
        text = "";
        if (_offset >= _data.Length || _data[_offset] != (byte)'"')
        {
            return false;
        }

        StringBuilder built = new();
        for (_offset++; _offset < _data.Length; _offset++)
        {
            byte next = _data[_offset];
            if (next == (byte)'"')
            {
                _offset++;
                text = built.ToString();
                return true;
            }

            if (next < 0x20 || (next == (byte)'\\' && !TryReadEscape(built)))
            {
                return false;
            }

            if (next != (byte)'\\')
            {
                built.Append((char)next);
            }
        }

        return false;
    }

    private bool TryReadEscape(StringBuilder built)
    {
        if (++_offset >= _data.Length)
        {
            return false;
        }

        char plain = _data[_offset] switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'"' or (byte)'\\' or (byte)'/' => (char)_data[_offset],
            _ => '\0',
        };
        if (plain != '\0')
        {
            built.Append(plain);
            return true;
        }

        if (_data[_offset] != (byte)'u' || !TryReadUnit(_offset + 1, out char unit))
        {
            return false;
        }

        _offset += 4;
        Rune rune;
        if (char.IsHighSurrogate(unit))
        {
            if (_offset + 2 >= _data.Length || _data[_offset + 1] != (byte)'\\' || _data[_offset + 2] != (byte)'u' || !TryReadUnit(_offset + 3, out char low) || !Rune.TryCreate(unit, low, out rune))
            {
                return false;
            }

            _offset += 6;
        }
        else if (!Rune.TryCreate(unit, out rune))
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (byte part in utf8[..rune.EncodeToUtf8(utf8)])
        {
            built.Append((char)part);
        }

        return true;
    }

    private readonly bool TryReadUnit(int start, out char unit)
    {
        unit = '\0';
        if (start + 4 > _data.Length || !System.Buffers.Text.Utf8Parser.TryParse(_data.Slice(start, 4), out ushort value, out int consumed, 'x') || consumed != 4)
        {
            return false;
        }

        unit = (char)value;
        return true;
    }

    private bool TryTakeWord(ReadOnlySpan<byte> word)
    {
        if (!_data[_offset..].StartsWith(word))
        {
            return false;
        }

        _offset += word.Length;
        return true;
    }

    private bool TryTake(byte wanted)
    {
        SkipSpace();
        if (_offset >= _data.Length || _data[_offset] != wanted)
        {
            return false;
        }

        _offset++;
        return true;
    }

    private void SkipSpace()
    {
        while (_offset < _data.Length && (_data[_offset] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            _offset++;
        }
    }
}
