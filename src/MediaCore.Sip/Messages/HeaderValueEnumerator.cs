using System.Buffers;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Walks the values of all rows of a header in message order. Rows of list headers (<see cref="SipHeaderNames.IsList"/>) are split at commas outside
/// quoted strings and angle brackets; empty list members are left out. Allocates nothing.
/// </summary>
public ref struct HeaderValueEnumerator
{
    private static readonly SearchValues<byte> Marks = SearchValues.Create("\"<,"u8);

    private readonly SipMessage _message;
    private readonly SipHeaderName _name;
    private readonly bool _isList;
    private ReadOnlySpan<byte> _rest;
    private int _row;

    internal HeaderValueEnumerator(SipMessage message, SipHeaderName name)
    {
        _message = message;
        _name = name;
        _isList = SipHeaderNames.IsList(name);
        _row = -1;
    }

    /// <summary>The current value, white space cut off both ends, line folds inside kept.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The row of the current value, an index for <see cref="SipMessage.GetHeaderValue"/>.</summary>
    public readonly int Row => _row;

    /// <summary>Whether a member between two commas, or beside one at either end, was empty, which RFC 3261 §7.3.1 doesn't allow.</summary>
    public bool SawEmptyMember { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly HeaderValueEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next value.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                int end = _isList ? FindComma(_rest) : _rest.Length;
                ReadOnlySpan<byte> member = SipGrammar.Trim(_rest[..end]);
                bool endsInComma = end < _rest.Length && end + 1 == _rest.Length;
                _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
                SawEmptyMember |= member.IsEmpty || endsInComma;
                if (!member.IsEmpty)
                {
                    Current = member;
                    return true;
                }
            }

            _row = _message.FindRow(_name, _row + 1);
            if (_row < 0)
            {
                _row = _message.HeaderCount;
                Current = default;
                return false;
            }

            _rest = _message.GetHeaderValue(_row);
        }
    }

    /// <summary>The first comma outside quotes and brackets, or the end of the text.</summary>
    private static int FindComma(ReadOnlySpan<byte> text)
    {
        int position = 0;
        while (true)
        {
            int step = text[position..].IndexOfAny(Marks);
            if (step < 0)
            {
                return text.Length;
            }

            position += step;
            switch (text[position])
            {
                case (byte)',':
                    return position;
                case (byte)'"':
                    position = SipGrammar.SkipQuoted(text, position);
                    if (position < 0)
                    {
                        return text.Length;
                    }

                    break;
                default:
                    int close = text[position..].IndexOf((byte)'>');
                    if (close < 0)
                    {
                        return text.Length;
                    }

                    position += close + 1;
                    break;
            }
        }
    }
}
