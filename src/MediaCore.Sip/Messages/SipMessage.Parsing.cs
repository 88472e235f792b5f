using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaCore.Sip.Messages;

/// <content>The index: start line, header rows, body.</content>
public sealed partial class SipMessage
{
    /// <summary>CR and LF as two bytes read at once.</summary>
    private static readonly ushort LineEnd = BitConverter.IsLittleEndian ? (ushort)0x0a0d : (ushort)0x0d0a;

    /// <summary>
    /// Indexes one message: a datagram, or a frame that <see cref="SipFrameScanner"/> cut. A body longer than Content-Length is cut to it, and without
    /// Content-Length the body is the rest (RFC 3261 §18.3); one shorter is <see cref="SipParseError.BodyTruncated"/>. After
    /// <see cref="ParseStatus.Malformed"/> all rows that could be indexed are readable, so that a 400 can be formed when <see cref="CanAnswer"/> says so.
    /// </summary>
    public ParseStatus Parse(byte[] buffer, int offset, int length)
    {
        ReadOnlySpan<byte> input = buffer.AsSpan(offset, length);
        Reset(buffer, offset);

        // Step 1: line ends before the start line (RFC 3261 §7.5); nothing but those is a keep-alive, not a message.
        int start = SkipLineEnds(input);
        Offset = offset + start;
        input = input[start..];
        if (input.IsEmpty)
        {
            return Status = ParseStatus.NeedMoreData;
        }

        // Step 2: what won't fit the 16-bit index is cut, so that the top of an oversized request can still be answered.
        bool isTooLarge = input.Length > SipLimits.MaxMessageBytes;
        if (isTooLarge)
        {
            input = input[..SipLimits.MaxMessageBytes];
        }

        Length = input.Length;

        // Step 3: the start line. A faulty one doesn't end the walk, since the answer needs the headers.
        int position = ReadStartLine(input);

        // Step 4: header rows up to the empty line.
        if (position >= 0)
        {
            position = ReadHeaders(input, position);
        }

        if (isTooLarge)
        {
            Error = SipParseError.None;
            Fail(SipParseError.MessageTooLarge, SipLimits.MaxMessageBytes);
        }

        // Step 5: the body.
        if (position >= 0 && Error == SipParseError.None)
        {
            ReadBody(input, position);
        }

        return Status = Error == SipParseError.None ? ParseStatus.Complete : ParseStatus.Malformed;
    }

    private static int SkipLineEnds(ReadOnlySpan<byte> input)
    {
        int position = 0;
        while ((uint)position < (uint)input.Length && input[position] is (byte)'\r' or (byte)'\n')
        {
            position++;
        }

        return position;
    }

    private void Reset(byte[] buffer, int offset)
    {
        Buffer = buffer;
        Offset = offset;
        Length = 0;
        Error = SipParseError.None;
        ErrorOffset = 0;
        IsRequest = false;
        IsResponse = false;
        StatusCode = 0;
        _first.AsSpan().Fill(-1);
        _rowCount = 0;
        _repeated = 0;
        _method = _uri = _reason = _version = _body = default;
        _typed = Typed.None;
        _method0 = SipMethod.Unknown;
    }

    private void Fail(SipParseError error, int position)
    {
        if (Error == SipParseError.None)
        {
            Error = error;
            ErrorOffset = Offset + position;
        }
    }

    /// <summary>Reads the start line and returns where the headers start, or -1 when the line doesn't end.</summary>
    private int ReadStartLine(ReadOnlySpan<byte> input)
    {
        int end = FindLineEnd(input);
        if (end < 0)
        {
            Fail(SipParseError.NoHeaderEnd, input.Length);
            end = input.Length;
        }

        ReadOnlySpan<byte> line = input[..end];
        if (line.StartsWith("SIP/"u8))
        {
            ReadStatusLine(line);
        }
        else
        {
            ReadRequestLine(line);
        }

        if (end == input.Length)
        {
            return -1;
        }

        if (input[end] == (byte)'\r' && end + 1 < input.Length && input[end + 1] == (byte)'\n')
        {
            return end + 2;
        }

        Fail(end + 1 == input.Length ? SipParseError.NoHeaderEnd : SipParseError.StartLine, end);
        return -1;
    }

    private static int FindLineEnd(ReadOnlySpan<byte> input)
    {
        ulong ends = LineMarks.Of(input, 0).Ends;
        return ends != 0 ? BitOperations.TrailingZeroCount(ends) : input.IndexOfAny((byte)'\r', (byte)'\n');
    }

    private void ReadRequestLine(ReadOnlySpan<byte> line)
    {
        int methodEnd = line.IndexOf((byte)' ');
        SipMethod method = methodEnd > 0 ? SipMethods.Parse(line[..methodEnd]) : SipMethod.Unknown;
        if (methodEnd <= 0 || (method == SipMethod.Unknown && !SipGrammar.IsToken(line[..methodEnd])))
        {
            Fail(methodEnd <= 0 ? SipParseError.StartLine : SipParseError.Method, 0);
            return;
        }

        IsRequest = true;
        _method = TextRange.Between(0, methodEnd);
        _method0 = method;
        if (methodEnd > SipLimits.MaxMethodBytes)
        {
            Fail(SipParseError.Method, SipLimits.MaxMethodBytes);
        }

        int uri = methodEnd + 1;
        int uriLength = line[uri..].IndexOf((byte)' ');
        if (uriLength <= 0)
        {
            Fail(SipParseError.StartLine, uri);
            return;
        }

        int version = uri + uriLength + 1;
        _uri = TextRange.Between(uri, version - 1);
        if (uriLength > SipLimits.MaxUriBytes)
        {
            Fail(SipParseError.UriTooLong, uri + SipLimits.MaxUriBytes);
        }

        ReadVersion(line[version..], version);
    }

    private void ReadStatusLine(ReadOnlySpan<byte> line)
    {
        IsResponse = true;
        int versionEnd = line.IndexOf((byte)' ');
        if (versionEnd < 0)
        {
            Fail(SipParseError.StartLine, line.Length);
            return;
        }

        ReadVersion(line[..versionEnd], 0);
        ReadOnlySpan<byte> rest = line[(versionEnd + 1)..];
        int codeLength = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> code = codeLength < 0 ? rest : rest[..codeLength];
        if (code.Length != 3 || !SipGrammar.TryParseNumber(code, 699, out ulong status) || status < 100)
        {
            Fail(SipParseError.StatusCode, versionEnd + 1);
            return;
        }

        // The space after the code is due even when there is no phrase, but many leave it out (RFC 4475 §3.1.1.13).
        StatusCode = (int)status;
        _reason = codeLength < 0 ? default : TextRange.Between(versionEnd + 1 + codeLength + 1, line.Length);
    }

    /// <summary>SIP-Version: <c>SIP/</c> digits <c>.</c> digits, without regard to case (RFC 3261 §7.1). Which version it is, <see cref="Validate"/> asks.</summary>
    private void ReadVersion(ReadOnlySpan<byte> text, int position)
    {
        _version = TextRange.Between(position, position + text.Length);
        if (text.SequenceEqual("SIP/2.0"u8))
        {
            return;
        }

        int slash = text.IndexOf((byte)'/');
        int dot = text.IndexOf((byte)'.');
        if (slash < 0 || dot < slash || !SipGrammar.IsToken(text[..slash]) || !IsDigits(text[(slash + 1)..dot]) || !IsDigits(text[(dot + 1)..]))
        {
            Fail(SipParseError.StartLine, position);
        }
        else if (!System.Text.Ascii.EqualsIgnoreCase(text[..slash], "SIP"u8))
        {
            Fail(SipParseError.Version, position);
        }
    }

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Indexes rows until the empty line and returns where the body starts, or -1 when it can't be found.</summary>
    private int ReadHeaders(ReadOnlySpan<byte> input, int position)
    {
        ref byte first = ref MemoryMarshal.GetReference(input);
        int block = position & -LineMarks.BlockBytes;
        LineMarks marks = LineMarks.Of(input, block);
        while (true)
        {
            // Step 4.1: the empty line ends the headers.
            int start = position;
            if (start + 1 < input.Length && input[start] == (byte)'\r' && input[start + 1] == (byte)'\n')
            {
                return start + 2;
            }

            // Step 4.2: the end of the row: a CRLF that no white space follows. Any other CR or LF is a fault, whoever might read it as a line end.
            int colon = -1;
            int end;
            while (true)
            {
                if (position - block >= LineMarks.BlockBytes)
                {
                    block = position & -LineMarks.BlockBytes;
                    marks = LineMarks.Of(input, block);
                }

                ulong ends = marks.Ends >> (position - block);
                if (colon < 0)
                {
                    // Of the row only when no line end stands before it.
                    ulong colons = marks.Colons >> (position - block);
                    colon = (colons & ~ends & (ends - 1)) != 0 ? position + BitOperations.TrailingZeroCount(colons) : -1;
                }

                if (ends == 0)
                {
                    position = block + LineMarks.BlockBytes;
                    if (position < input.Length)
                    {
                        continue;
                    }

                    Fail(SipParseError.NoHeaderEnd, input.Length);
                    return -1;
                }

                end = position + BitOperations.TrailingZeroCount(ends);
                position = end + 2;
                if (position < input.Length)
                {
                    // The everyday row: CRLF, compared at once, and more after it.
                    if (Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref first, end)) != LineEnd)
                    {
                        Fail(SipParseError.HeaderValue, end);
                        return -1;
                    }

                    byte next = Unsafe.Add(ref first, position);
                    if (next is not ((byte)' ' or (byte)'\t'))
                    {
                        break;
                    }
                }
                else
                {
                    if (position > input.Length)
                    {
                        Fail(SipParseError.NoHeaderEnd, input.Length);
                        return -1;
                    }

                    if (input[end] != (byte)'\r' || input[end + 1] != (byte)'\n')
                    {
                        Fail(SipParseError.HeaderValue, end);
                        return -1;
                    }

                    break;
                }
            }

            // Step 4.3: name, colon, value. A faulty row is passed over: the rows after it may be needed for the answer.
            if (end - start > SipLimits.MaxHeaderBytes)
            {
                Fail(SipParseError.HeaderTooLarge, start);
                continue;
            }

            if (colon <= start)
            {
                Fail(SipParseError.HeaderName, start);
                continue;
            }

            // A name that is found in the table needs no further check: it has been compared whole.
            int nameEnd = colon;
            SipHeaderName name = SipHeaderNames.Parse(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, start), colon - start));
            if (name == SipHeaderName.Unknown)
            {
                nameEnd = FindNameEnd(input, start, colon);
                if (nameEnd < 0)
                {
                    Fail(SipParseError.HeaderName, start);
                    continue;
                }

                name = nameEnd == colon ? SipHeaderName.Unknown : SipHeaderNames.Parse(input[start..nameEnd]);
            }

            if (_rowCount == _rows.Length && !TryGrow())
            {
                Fail(SipParseError.TooManyHeaders, start);
                return -1;
            }

            // Nearly always there is one space in front and none behind; all white space is at or below the space.
            int value = colon + 1;
            if (value < end && input[value] == (byte)' ')
            {
                value++;
            }

            if (value < end && input[value] <= (byte)' ')
            {
                value = SipGrammar.SkipWhite(input[..end], value);
            }

            while (end > value && input[end - 1] <= (byte)' ' && SipGrammar.Is(input[end - 1], SipGrammar.White))
            {
                end--;
            }

            // Step 4.4: the row.
            int row = _rowCount++;
            _rows[row] = new HeaderRow { NameText = TextRange.Between(start, nameEnd), Value = TextRange.Between(value, end), Name = name };
            ref short firstRow = ref _first[(int)name];
            if (firstRow < 0)
            {
                firstRow = (short)row;
            }
            else if ((int)name < 64)
            {
                _repeated |= 1UL << (int)name;
            }
        }
    }

    /// <summary>Where the token ends that a row has for a name, or -1 when it is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FindNameEnd(ReadOnlySpan<byte> input, int start, int colon)
    {
        // HCOLON lets SP and HTAB stand before the colon (RFC 3261 §25.1) and nothing else; the name is cut to its token here, once, for everybody.
        int end = colon;
        while (end > start && input[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        return SipGrammar.IsToken(input[start..end]) ? end : -1;
    }

    private bool TryGrow()
    {
        if (_rows.Length >= SipLimits.MaxHeaderCount)
        {
            return false;
        }

        Array.Resize(ref _rows, Math.Min(_rows.Length * 2, SipLimits.MaxHeaderCount));
        return true;
    }

    private void ReadBody(ReadOnlySpan<byte> input, int start)
    {
        int rest = input.Length - start;
        if (TryGetHeader(SipHeaderName.ContentLength, out ReadOnlySpan<byte> value))
        {
            int position = Offset + start;
            if ((_repeated & (1UL << (int)SipHeaderName.ContentLength)) != 0)
            {
                // Even two equal ones: whoever frames the stream by another row than we do must not find us agreeing.
                Fail(SipParseError.ContentLengthConflict, position - Offset);
            }
            else if (!IsDigits(value))
            {
                Fail(SipParseError.ContentLengthInvalid, position - Offset);
            }
            else if (!SipGrammar.TryParseNumber(value, (ulong)rest, out ulong length))
            {
                Fail(SipParseError.BodyTruncated, position - Offset);
            }
            else
            {
                rest = (int)length;
            }
        }

        if (Error == SipParseError.None)
        {
            _body = TextRange.Between(start, start + rest);
            Length = start + rest;
        }
    }
}
