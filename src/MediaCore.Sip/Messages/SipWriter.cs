using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Appends the wire bytes of a message to a caller's span. Allocates nothing; when the span is full nothing more is written and
/// <see cref="Overflowed"/> stays set. Whatever is passed as a URI, a reason phrase or a header value can't add a line: a CR or LF in it is
/// written as a space (in a URI, escaped). <see cref="Raw(ReadOnlySpan{byte})"/> writes as it is told.
/// </summary>
public ref struct SipWriter
{
    private readonly Span<byte> _destination;

    /// <summary>Starts at the front of the destination.</summary>
    public SipWriter(Span<byte> destination)
    {
        _destination = destination;
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something didn't fit. What was written is then no message.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[..Length];

    /// <summary>Request-Line (RFC 3261 §7.1).</summary>
    public void RequestLine(SipMethod method, scoped ReadOnlySpan<byte> uri) => RequestLine(SipMethods.GetToken(method), uri);

    /// <summary>Request-Line with a method that isn't known by value; it must be a token.</summary>
    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> uri)
    {
        Raw(method);
        Raw(" "u8);
        WriteUri(uri);
        Raw(" SIP/2.0\r\n"u8);
    }

    /// <summary>Status-Line (RFC 3261 §7.2). An empty reason stands for the default phrase.</summary>
    public void StatusLine(int code, scoped ReadOnlySpan<byte> reason)
    {
        Raw("SIP/2.0 "u8);
        Raw(code);
        Raw(" "u8);
        WriteOneLine(reason.IsEmpty ? SipReasonPhrases.Get(code) : reason);
        Raw("\r\n"u8);
    }

    /// <summary>A header row.</summary>
    public void Header(SipHeaderName name, scoped ReadOnlySpan<byte> value)
    {
        HeaderStart(name);
        WriteRowEnd(value);
    }

    /// <summary>A header row with a name that isn't known by value; it must be a token.</summary>
    public void Header(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Raw(name);
        Raw(": "u8);
        WriteRowEnd(value);
    }

    /// <summary>A header row with a decimal number.</summary>
    public void Header(SipHeaderName name, long value)
    {
        HeaderStart(name);
        Raw(value);
        Raw("\r\n"u8);
    }

    /// <summary><c>Name: </c>, to be followed by the value in pieces and <see cref="EndLine"/>.</summary>
    public void HeaderStart(SipHeaderName name)
    {
        Raw(SipHeaderNames.GetTokenAndColon(name));
    }

    /// <summary>A piece of a header value that came from outside: line folds and stray CR or LF become spaces.</summary>
    public void Text(scoped ReadOnlySpan<byte> value) => WriteOneLine(value);

    /// <summary>CRLF.</summary>
    public void EndLine() => Raw("\r\n"u8);

    /// <summary>Bytes as they are. Never pass what came from outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (Overflowed || !bytes.TryCopyTo(_destination[Length..]))
        {
            Overflowed = true;
            return;
        }

        Length += bytes.Length;
    }

    /// <summary>A decimal number.</summary>
    public void Raw(long value)
    {
        if (Overflowed || !Utf8Formatter.TryFormat(value, _destination[Length..], out int written))
        {
            Overflowed = true;
            return;
        }

        Length += written;
    }

    /// <summary>Content-Type, Content-Length, the empty line and the body. Nothing may follow.</summary>
    public void Body(scoped ReadOnlySpan<byte> contentType, scoped ReadOnlySpan<byte> body)
    {
        Header(SipHeaderName.ContentType, contentType);
        Header(SipHeaderName.ContentLength, body.Length);
        Raw("\r\n"u8);
        Raw(body);
    }

    /// <summary><c>Content-Length: 0</c> and the empty line. Nothing may follow.</summary>
    public void EndWithoutBody() => Raw("Content-Length: 0\r\n\r\n"u8);

    /// <summary>A row of another message: a known name in its usual spelling, an unknown one as written, the value unfolded.</summary>
    public void CopyHeader(SipMessage from, int headerIndex)
    {
        SipHeaderName name = from.GetHeaderName(headerIndex);
        if (name == SipHeaderName.Unknown)
        {
            Header(from.GetHeaderNameToken(headerIndex), from.GetHeaderValue(headerIndex));
        }
        else
        {
            Header(name, from.GetHeaderValue(headerIndex));
        }
    }

    /// <summary>All rows of a name, in their order; what an answer does with Via and Record-Route (RFC 3261 §8.2.6.2, §12.1.1).</summary>
    public void CopyHeaders(SipMessage from, SipHeaderName name)
    {
        for (int row = from.FindRow(name, 0); row >= 0; row = from.FindRow(name, row + 1))
        {
            CopyHeader(from, row);
        }
    }

    /// <summary>A value and CRLF, in one go when it is one line.</summary>
    private void WriteRowEnd(scoped ReadOnlySpan<byte> value)
    {
        Span<byte> rest = _destination[Length..];
        if (!Overflowed && value.Length + 2 <= rest.Length && value.IndexOfAny((byte)'\r', (byte)'\n') < 0)
        {
            value.CopyTo(rest);
            "\r\n"u8.CopyTo(rest[value.Length..]);
            Length += value.Length + 2;
            return;
        }

        WriteOneLine(value);
        Raw("\r\n"u8);
    }

    private void WriteOneLine(scoped ReadOnlySpan<byte> value)
    {
        while (true)
        {
            int stop = value.IndexOfAny((byte)'\r', (byte)'\n');
            if (stop < 0)
            {
                Raw(value);
                return;
            }

            // A fold, white space around it included, equals one space (RFC 3261 §7.3.1); so does a stray line end here.
            int end = stop;
            while (end > 0 && value[end - 1] is (byte)' ' or (byte)'\t')
            {
                end--;
            }

            Raw(value[..end]);
            Raw(" "u8);
            value = value[SipGrammar.SkipWhite(value, stop)..];
        }
    }

    private void WriteUri(scoped ReadOnlySpan<byte> uri)
    {
        while (true)
        {
            int stop = uri.IndexOfAnyInRange((byte)0, (byte)' ');
            if (stop < 0)
            {
                Raw(uri);
                return;
            }

            Raw(uri[..stop]);
            Raw("%"u8);
            Raw("0123456789ABCDEF"u8.Slice(uri[stop] >> 4, 1));
            Raw("0123456789ABCDEF"u8.Slice(uri[stop] & 15, 1));
            uri = uri[(stop + 1)..];
        }
    }
}
