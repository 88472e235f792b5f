using System.Buffers;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Finds where messages end on a byte stream by Content-Length (RFC 3261 §18.3), and double CRLF keep-alives (RFC 5626 §4.4.1). Sans-IO. Fed the unconsumed bytes
/// again with whatever arrived since, in any segmentation, it goes on where it stopped: every header byte is looked at once, a body not at all.
/// It reads names and line ends by the same rules as <see cref="SipMessage"/>, and says <see cref="FrameScanResult.Invalid"/> where they leave a doubt.
/// A mutable struct: keep it in a field, never in a readonly one. After <see cref="FrameScanResult.Invalid"/> it is of no more use.
/// </summary>
public struct SipFrameScanner
{
    private long _scanned;
    private long _start;
    private long _frameEnd;
    private int _nameLength;
    private long _contentLength;
    private State _state;
    private NameMatch _name;
    private bool _hasContentLength;
    private bool _hasDigits;
    private bool _digitsEnded;
    private bool _isFaulty;

    private enum State : byte
    {
        /// <summary>Before the start line, where line ends are passed over.</summary>
        Leading,

        /// <summary>After a CR before the start line.</summary>
        LeadingCr,

        /// <summary>In the start line or in a row that isn't Content-Length.</summary>
        Line,

        /// <summary>After the CR that should end a line.</summary>
        LineCr,

        /// <summary>At the first byte of a line.</summary>
        LineStart,

        /// <summary>After a CR at the first byte of a line: the empty line.</summary>
        EmptyLineCr,

        /// <summary>In a header name.</summary>
        Name,

        /// <summary>In white space between a name that matched and its colon.</summary>
        NameEnd,

        /// <summary>In the value of Content-Length.</summary>
        Value,

        /// <summary>Headers are over; the body is awaited.</summary>
        Body,
    }

    private enum NameMatch : byte
    {
        None,
        Short,
        Long,
    }

    private static ReadOnlySpan<byte> LongName => "content-length"u8;

    /// <summary>
    /// Looks for the next message.
    /// </summary>
    /// <param name="input">All bytes not yet consumed, starting right after those that the last call consumed.</param>
    /// <param name="consumed">
    /// With <see cref="FrameScanResult.Frame"/> and <see cref="FrameScanResult.KeepAlive"/> the bytes to take off the stream; otherwise 0.
    /// A frame may have line ends in front of it, so it is the last <paramref name="frameLength"/> bytes of them.
    /// </param>
    /// <param name="frameLength">
    /// Length of the message. With <see cref="FrameScanResult.Invalid"/>, how many bytes at the front of the input hold the start line and all headers,
    /// when their end is known, so that a 400 can be sent before the connection is closed; otherwise 0.
    /// </param>
    public FrameScanResult Scan(in ReadOnlySequence<byte> input, out long consumed, out long frameLength)
    {
        consumed = 0;
        frameLength = 0;
        if (_state != State.Body)
        {
            FrameScanResult result = ScanHeaders(input, ref consumed);
            if (result != FrameScanResult.Frame)
            {
                if (result == FrameScanResult.Invalid)
                {
                    frameLength = _state == State.Body ? _scanned : 0;
                    consumed = 0;
                }

                return result;
            }
        }

        if (input.Length < _frameEnd)
        {
            return FrameScanResult.NeedMoreData;
        }

        consumed = _frameEnd;
        frameLength = _frameEnd - _start;
        this = default;
        return FrameScanResult.Frame;
    }

    private FrameScanResult ScanHeaders(in ReadOnlySequence<byte> input, ref long consumed)
    {
        foreach (ReadOnlyMemory<byte> segment in input.Slice(_scanned))
        {
            ReadOnlySpan<byte> span = segment.Span;
            long segmentStart = _scanned;
            int position = 0;
            while (position < span.Length)
            {
                FrameScanResult result = Step(span, ref position);
                _scanned = segmentStart + position;
                if (result == FrameScanResult.KeepAlive)
                {
                    consumed = _scanned;
                    this = default;
                    return result;
                }

                if (result == FrameScanResult.Invalid || _scanned - _start > SipLimits.MaxFrameHeaderBytes)
                {
                    return FrameScanResult.Invalid;
                }

                if (_state == State.Body)
                {
                    return EndHeaders();
                }
            }
        }

        return FrameScanResult.NeedMoreData;
    }

    private FrameScanResult EndHeaders()
    {
        // On a stream a message without Content-Length has no end (RFC 3261 §18.3, §20.14).
        if (_isFaulty || !_hasContentLength || !_hasDigits || _scanned - _start + _contentLength > SipLimits.MaxMessageBytes)
        {
            return FrameScanResult.Invalid;
        }

        _frameEnd = _scanned + _contentLength;
        return FrameScanResult.Frame;
    }

    /// <summary>Takes at least one byte.</summary>
    private FrameScanResult Step(ReadOnlySpan<byte> span, ref int position)
    {
        byte value = span[position];
        switch (_state)
        {
            case State.Leading:
                if (value == (byte)'\r')
                {
                    position++;
                    _state = State.LeadingCr;
                }
                else if (value == (byte)'\n')
                {
                    return FrameScanResult.Invalid;
                }
                else
                {
                    _start = _scanned;
                    _state = State.Line;
                }

                return FrameScanResult.NeedMoreData;

            case State.LeadingCr:
                position++;
                if (value != (byte)'\n')
                {
                    return FrameScanResult.Invalid;
                }

                _state = State.Leading;
                return ++_nameLength == 2 ? FrameScanResult.KeepAlive : FrameScanResult.NeedMoreData;

            case State.Line:
                int end = span[position..].IndexOfAny((byte)'\r', (byte)'\n');
                if (end < 0)
                {
                    position = span.Length;
                    return FrameScanResult.NeedMoreData;
                }

                position += end + 1;
                return ToLineEnd(span[position - 1]);

            case State.LineCr:
                position++;
                if (value != (byte)'\n')
                {
                    return FrameScanResult.Invalid;
                }

                _state = State.LineStart;
                return FrameScanResult.NeedMoreData;

            case State.LineStart:
                if (value == (byte)'\r')
                {
                    position++;
                    _state = State.EmptyLineCr;
                }
                else if (value is (byte)' ' or (byte)'\t')
                {
                    // A fold: the row before goes on.
                    _state = _name == NameMatch.None ? State.Line : State.Value;
                }
                else
                {
                    _nameLength = 0;
                    _name = NameMatch.None;
                    _state = State.Name;
                }

                return FrameScanResult.NeedMoreData;

            case State.EmptyLineCr:
                position++;
                if (value != (byte)'\n')
                {
                    return FrameScanResult.Invalid;
                }

                _state = State.Body;
                return FrameScanResult.NeedMoreData;

            case State.Name:
                return StepName(span, ref position);

            case State.NameEnd:
                position = SkipBlanks(span, position);
                if (position < span.Length)
                {
                    BeginValue(span[position]);
                    position += _state == State.Value ? 1 : 0;
                }

                return FrameScanResult.NeedMoreData;

            default:
                return StepValue(span, ref position);
        }
    }

    private FrameScanResult StepName(ReadOnlySpan<byte> span, ref int position)
    {
        while (position < span.Length)
        {
            byte value = span[position];
            if (value is (byte)':' or (byte)' ' or (byte)'\t')
            {
                // "l" alone is the compact form; its full name is fourteen bytes long.
                if (_nameLength == LongName.Length || (_nameLength == 1 && _name == NameMatch.Short))
                {
                    _name = NameMatch.Long;
                    _state = State.NameEnd;
                }
                else
                {
                    _name = NameMatch.None;
                    _state = State.Line;
                }

                return FrameScanResult.NeedMoreData;
            }

            byte folded = (byte)(value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20 : value);
            if (_nameLength == 0 && folded == (byte)'l')
            {
                _name = NameMatch.Short;
            }
            else if (_name == NameMatch.Short || _nameLength >= LongName.Length || LongName[_nameLength] != folded)
            {
                _name = NameMatch.None;
                _state = State.Line;
                return FrameScanResult.NeedMoreData;
            }

            _nameLength++;
            position++;
        }

        return FrameScanResult.NeedMoreData;
    }

    private void BeginValue(byte value)
    {
        if (value != (byte)':')
        {
            // No header by the parser's rules; the frame goes to it whole, if another row gives the length, and is refused there.
            _name = NameMatch.None;
            _state = State.Line;
            return;
        }

        _isFaulty |= _hasContentLength;
        _hasContentLength = true;
        _hasDigits = false;
        _digitsEnded = false;
        _contentLength = 0;
        _state = State.Value;
    }

    private FrameScanResult StepValue(ReadOnlySpan<byte> span, ref int position)
    {
        byte value = span[position++];
        uint digit = (uint)value - '0';
        if (digit <= 9)
        {
            // Beyond the limit the exact number doesn't matter, so it stops growing there.
            _isFaulty |= _digitsEnded;
            _hasDigits = true;
            _contentLength = Math.Min((_contentLength * 10) + digit, SipLimits.MaxMessageBytes + 1);
            return FrameScanResult.NeedMoreData;
        }

        switch (value)
        {
            case (byte)' ':
            case (byte)'\t':
                _digitsEnded |= _hasDigits;
                return FrameScanResult.NeedMoreData;
            case (byte)'\r':
            case (byte)'\n':
                _digitsEnded |= _hasDigits;
                return ToLineEnd(value);
            default:
                _isFaulty = true;
                return FrameScanResult.NeedMoreData;
        }
    }

    private FrameScanResult ToLineEnd(byte value)
    {
        _state = State.LineCr;
        return value == (byte)'\r' ? FrameScanResult.NeedMoreData : FrameScanResult.Invalid;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> span, int position)
    {
        while (position < span.Length && span[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        return position;
    }
}
