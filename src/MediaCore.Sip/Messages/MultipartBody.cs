using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Walks the parts of a <c>multipart/*</c> body (RFC 2046 §5.1, RFC 5621) in place. A line of a part ends with CRLF and with nothing else, so that no second reader
/// can see other parts than we do (AC-10); nothing is allocated and nothing is taken from a declared size. Ends early, with <see cref="IsMalformed"/> set, at a part that
/// is no part, at the bound of parts, and at a body that its close-delimiter does not end.
/// </summary>
public ref struct MultipartBody
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly ReadOnlySpan<byte> _boundary;
    private int _position;
    private int _count;
    private bool _isClosed;

    private MultipartBody(ReadOnlySpan<byte> body, ReadOnlySpan<byte> boundary, int position, bool isClosed)
    {
        _body = body;
        _boundary = boundary;
        _position = position;
        _isClosed = isClosed;
    }

    /// <summary>The headers of the current part, each row with its CRLF; empty when it has none.</summary>
    public ReadOnlySpan<byte> PartHeaders { get; private set; }

    /// <summary>The content of the current part.</summary>
    public ReadOnlySpan<byte> Part { get; private set; }

    /// <summary>Where <see cref="Part"/> begins in the body.</summary>
    public int PartOffset { get; private set; }

    /// <summary>Whether the walk ended at something that RFC 2046 does not allow.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>
    /// Goes before the first part. False when the boundary is missing, empty, too long (70, RFC 2046 §5.1.1) or holds bytes that no boundary may, and when no delimiter of
    /// it stands in the body.
    /// </summary>
    public static bool TryOpen(scoped in MediaType mediaType, ReadOnlySpan<byte> boundary, ReadOnlySpan<byte> body, out MultipartBody parts)
    {
        parts = default;
        if (!mediaType.IsMultipart || boundary.Length is 0 or > SipLimits.MaxBoundaryBytes || boundary[^1] == (byte)' ' || boundary.IndexOfAnyExcept(SipGrammar.BoundaryBytes) >= 0)
        {
            return false;
        }

        // The preamble is passed over; a delimiter stands at the start of a line.
        int position = 0;
        int first;
        bool isClose;
        while (!TryReadDelimiter(body, boundary, position, out first, out isClose))
        {
            int step = body[position..].IndexOf("\r\n--"u8);
            if (step < 0)
            {
                return false;
            }

            position += step + 2;
        }

        parts = new MultipartBody(body, boundary, first, isClose);
        return true;
    }

    /// <summary>Goes to the next part; false after the close-delimiter and at the first fault.</summary>
    public bool MoveNext()
    {
        if (_isClosed || IsMalformed)
        {
            return false;
        }

        if (++_count > SipLimits.MaxBodyParts)
        {
            return Fail();
        }

        int start = _position;
        int search = start;
        while (true)
        {
            // The CRLF before a delimiter belongs to the delimiter; an empty part may share its own with it.
            int end;
            if (search == start && TryReadDelimiter(_body, _boundary, start, out int next, out bool isClose))
            {
                end = start;
            }
            else
            {
                int step = _body[search..].IndexOf("\r\n--"u8);
                if (step < 0)
                {
                    return Fail();
                }

                end = search + step;
                if (!TryReadDelimiter(_body, _boundary, end + 2, out next, out isClose))
                {
                    search = end + 2;
                    continue;
                }
            }

            _position = next;
            _isClosed = isClose;
            return SplitPart(start, end);
        }
    }

    /// <summary>The value of a header of the current part, its name compared without regard to case; folds are kept.</summary>
    public readonly bool TryGetPartHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = PartHeaders;
        while (TryReadRow(ref rest, out ReadOnlySpan<byte> rowName, out value))
        {
            if (Ascii.EqualsIgnoreCase(rowName, name))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    private bool SplitPart(int start, int end)
    {
        ReadOnlySpan<byte> part = _body[start..end];
        int headersEnd = part.StartsWith("\r\n"u8) ? 0 : part.IndexOf("\r\n\r\n"u8) + 2;
        if (part.Length < 2 || (headersEnd < 2 && !part.StartsWith("\r\n"u8)))
        {
            // Headers and nothing else: the delimiter's own CRLF ends their last line. It is there, or we had not found the delimiter.
            PartHeaders = part.IsEmpty ? default : _body.Slice(start, part.Length + 2);
            Part = default;
            PartOffset = end;
            return AreHeaders(PartHeaders) || Fail();
        }

        PartHeaders = part[..headersEnd];
        PartOffset = start + headersEnd + 2;
        Part = part[(headersEnd + 2)..];
        return AreHeaders(PartHeaders) || Fail();
    }

    private static bool AreHeaders(ReadOnlySpan<byte> headers)
    {
        int rows = 0;
        while (!headers.IsEmpty)
        {
            if (++rows > SipLimits.MaxPartHeaders || !TryReadRow(ref headers, out _, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadRow(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        int end = 0;
        while (true)
        {
            int step = rest[end..].IndexOfAny((byte)'\r', (byte)'\n');
            if (step < 0)
            {
                return false;
            }

            end += step;
            if (end + 1 >= rest.Length || rest[end] != (byte)'\r' || rest[end + 1] != (byte)'\n')
            {
                return false;
            }

            if (end + 2 >= rest.Length || rest[end + 2] is not ((byte)' ' or (byte)'\t'))
            {
                break;
            }

            end += 2;
        }

        ReadOnlySpan<byte> row = rest[..end];
        rest = rest[(end + 2)..];
        int colon = row.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        name = row[..colon].TrimEnd(" \t"u8);
        value = SipGrammar.Trim(row[(colon + 1)..]);
        return SipGrammar.IsToken(name);
    }

    /// <summary>Reads <c>--boundary</c>, the two dashes of a close-delimiter, white space, and the line's end (or the body's, after a close-delimiter).</summary>
    private static bool TryReadDelimiter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> boundary, int position, out int next, out bool isClose)
    {
        next = 0;
        isClose = false;
        ReadOnlySpan<byte> rest = body[position..];
        if (!rest.StartsWith("--"u8) || !rest[2..].StartsWith(boundary))
        {
            return false;
        }

        int cursor = 2 + boundary.Length;
        if (rest[cursor..].StartsWith("--"u8))
        {
            isClose = true;
            cursor += 2;
        }

        while (cursor < rest.Length && rest[cursor] is (byte)' ' or (byte)'\t')
        {
            cursor++;
        }

        if (isClose && cursor == rest.Length)
        {
            next = body.Length;
            return true;
        }

        next = position + cursor + 2;
        return rest[cursor..].StartsWith("\r\n"u8);
    }

    private bool Fail()
    {
        IsMalformed = true;
        PartHeaders = Part = default;
        PartOffset = 0;
        return false;
    }
}
