using System.Text;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Reads bencode, the encoding of Kamailio and OpenSIPS: <c>d…e</c>, <c>l…e</c>, <c>i42e</c>, <c>3:abc</c>. Keys need no order, as in practice they have none. Depth and number of
/// values are bounded (<see cref="NgLimits"/>), lengths by what is there; no input throws or is read twice.
/// </summary>
internal ref struct BencodeReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _offset;
    private int _values;

    private BencodeReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Reads one dictionary that is the whole of the data.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out NgDictionary dictionary)
    {
        BencodeReader reader = new(data);
        dictionary = new NgDictionary();
        return reader.TryReadValue(1, out NgValue? value)
            && reader._offset == data.Length
            && (dictionary = value!.Dictionary!) is not null;
    }

    private bool TryReadValue(int depth, out NgValue? value)
    {
        value = null;
        if (_offset >= _data.Length || depth > NgLimits.MaxDepth || ++_values > NgLimits.MaxValues)
        {
            return false;
        }

        switch (_data[_offset])
        {
            case (byte)'d':
                _offset++;
                return TryReadDictionary(depth, out value);
            case (byte)'l':
                _offset++;
                return TryReadList(depth, out value);
            case (byte)'i':
                _offset++;
                return TryReadNumber(out value);
            default:
                bool isText = TryReadText(out string text);
                value = isText ? (NgValue)text : null;
                return isText;
        }
    }

    private bool TryReadDictionary(int depth, out NgValue? value)
    {
        NgDictionary dictionary = new();
        value = dictionary;
        while (!TryTakeEnd())
        {
            if (!TryReadText(out string key) || !TryReadValue(depth + 1, out NgValue? member))
            {
                return false;
            }

            dictionary.TryAdd(key, member!);
        }

        return true;
    }

    private bool TryReadList(int depth, out NgValue? value)
    {
        List<NgValue> items = [];
        value = NgValue.Of(items);
        while (!TryTakeEnd())
        {
            if (!TryReadValue(depth + 1, out NgValue? item))
            {
                return false;
            }

            items.Add(item!);
        }

        return true;
    }

    private bool TryReadNumber(out NgValue? value)
    {
        value = null;
        int length = _data[_offset..].IndexOf((byte)'e');
        if (length < 0
            || !System.Buffers.Text.Utf8Parser.TryParse(_data.Slice(_offset, length), out long number, out int consumed)
            || consumed != length
            || _data[_offset] == (byte)'+')
        {
            return false;
        }

        _offset += length + 1;
        value = number;
        return true;
    }

    private bool TryReadText(out string text)
    {
        text = "";
        int length = 0;
        int digits = 0;
        while (_offset < _data.Length && (uint)(_data[_offset] - '0') <= 9)
        {
            length = (length * 10) + (_data[_offset++] - '0');
            if (++digits > 5 || length > NgLimits.MaxMessageBytes)
            {
                return false;
            }
        }

        if (digits == 0 || _offset >= _data.Length || _data[_offset] != (byte)':' || length > _data.Length - _offset - 1)
        {
            return false;
        }

        text = Encoding.Latin1.GetString(_data.Slice(_offset + 1, length));
        _offset += length + 1;
        return true;
    }

    private bool TryTakeEnd()
    {
        if (_offset >= _data.Length || _data[_offset] != (byte)'e')
        {
            return false;
        }

        _offset++;
        return true;
    }
}
