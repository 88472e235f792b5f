using System.Runtime.CompilerServices;

namespace MediaCore.Sip.Messages;

/// <summary>
/// A SIP message, indexed in place over the caller's buffer (RFC 3261 §7). <see cref="Parse"/> finds the start line, the header rows and the body once; a header
/// is typed when it is asked for and remembered. Nothing is copied; a reused instance allocates nothing, and first-time growth of
/// the row index ends at <see cref="SipLimits.MaxHeaderCount"/>. Spans are valid while the buffer is unchanged and until the next <see cref="Parse"/>.
/// Owned by one thread.
/// </summary>
public sealed partial class SipMessage
{
    private const int InitialRows = 48;

    private readonly short[] _first = new short[SipHeaderNames.Count];
    private HeaderRow[] _rows = new HeaderRow[InitialRows];
    private int _rowCount;
    private ulong _repeated;
    private TextRange _method;
    private TextRange _uri;
    private TextRange _reason;
    private TextRange _version;
    private TextRange _body;
    private Typed _typed;
    private ViaHeader.Layout _via;
    private NameAddress.Layout _from;
    private NameAddress.Layout _to;
    private NameAddress.Layout _contact;
    private CSeqHeader _cseq;
    private int _maxForwards;
    private SipMethod _method0;

    /// <summary>The buffer that was parsed.</summary>
    public byte[] Buffer { get; private set; } = [];

    /// <summary>Where the message starts in <see cref="Buffer"/>, leading line ends passed over.</summary>
    public int Offset { get; private set; }

    /// <summary>Length of the message in bytes: start line, headers and body, without what followed a body in a datagram.</summary>
    public int Length { get; private set; }

    /// <summary>What the last <see cref="Parse"/> returned.</summary>
    public ParseStatus Status { get; private set; } = ParseStatus.NeedMoreData;

    /// <summary>Why the message was refused.</summary>
    public SipParseError Error { get; private set; }

    /// <summary>Where in <see cref="Buffer"/> the parser noticed the error.</summary>
    public int ErrorOffset { get; private set; }

    /// <summary>Whether the start line is that of a request. Also true of a malformed one whose method could be read.</summary>
    public bool IsRequest { get; private set; }

    /// <summary>Whether the start line is that of a response.</summary>
    public bool IsResponse { get; private set; }

    /// <summary>
    /// Whether an error answer makes sense: it is a request other than ACK and has a Via to copy. What else is missing (RFC 4475 §3.3.1) is left out of the answer.
    /// </summary>
    public bool CanAnswer => IsRequest && _method0 != SipMethod.Ack && Has(SipHeaderName.Via);

    /// <summary>The method of a request; of a response the method in CSeq.</summary>
    public SipMethod Method => IsResponse && TryGetCSeq(out CSeqHeader cseq) ? cseq.Method : _method0;

    /// <summary>The method token of a request; of a response the token in CSeq.</summary>
    public ReadOnlySpan<byte> MethodToken
    {
        get
        {
            if (!IsResponse)
            {
                return Slice(_method);
            }

            return TryGetCSeq(out CSeqHeader cseq) ? cseq.MethodToken.Of(GetHeaderValue(_first[(int)SipHeaderName.CSeq])) : [];
        }
    }

    /// <summary>The Request-URI; empty in a response.</summary>
    public ReadOnlySpan<byte> RequestUri => Slice(_uri);

    /// <summary>The version of the start line, for example <c>SIP/2.0</c>.</summary>
    public ReadOnlySpan<byte> Version => Slice(_version);

    /// <summary>The status code of a response, 100 to 699; 0 in a request.</summary>
    public int StatusCode { get; private set; }

    /// <summary>The reason phrase of a response, possibly empty.</summary>
    public ReadOnlySpan<byte> ReasonPhrase => Slice(_reason);

    /// <summary>How many header rows were indexed.</summary>
    public int HeaderCount => _rowCount;

    /// <summary>The body; empty when there is none.</summary>
    public ReadOnlySpan<byte> Body => Slice(_body);

    /// <summary>Where <see cref="Body"/> begins in <see cref="Buffer"/>.</summary>
    public int BodyOffset => Offset + _body.Start;

    /// <summary>The bytes of the whole message.</summary>
    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(Offset, Length);

    /// <summary>The name of a row.</summary>
    public SipHeaderName GetHeaderName(int index) => Row(index).Name;

    /// <summary>The name of a row as written.</summary>
    public ReadOnlySpan<byte> GetHeaderNameToken(int index) => Slice(Row(index).NameText);

    /// <summary>The value of a row, white space cut off both ends, line folds inside kept.</summary>
    public ReadOnlySpan<byte> GetHeaderValue(int index) => Slice(Row(index).Value);

    /// <summary>Whether there is a row of this name.</summary>
    public bool Has(SipHeaderName name) => _first[(int)name] >= 0;

    /// <summary>The value of the first row of a name.</summary>
    public bool TryGetHeader(SipHeaderName name, out ReadOnlySpan<byte> value)
    {
        int row = _first[(int)name];
        if (row < 0)
        {
            value = default;
            return false;
        }

        value = Slice(_rows[row].Value);
        return true;
    }

    /// <summary>The value of the first row whose name, as written and without regard to case, is this; for names without a <see cref="SipHeaderName"/>.</summary>
    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        SipHeaderName known = SipHeaderNames.Parse(name);
        if (known != SipHeaderName.Unknown)
        {
            return TryGetHeader(known, out value);
        }

        for (int i = FindRow(SipHeaderName.Unknown, 0); i >= 0; i = FindRow(SipHeaderName.Unknown, i + 1))
        {
            if (System.Text.Ascii.EqualsIgnoreCase(GetHeaderNameToken(i), name))
            {
                value = GetHeaderValue(i);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>How many rows have this name.</summary>
    public int CountHeaders(SipHeaderName name)
    {
        int count = 0;
        for (int i = FindRow(name, 0); i >= 0; i = FindRow(name, i + 1))
        {
            count++;
        }

        return count;
    }

    /// <summary>Walks the values of all rows of a name, lists split.</summary>
    public HeaderValueEnumerator EnumerateValues(SipHeaderName name) => new(this, name);

    /// <summary>The first row of a name from <paramref name="from"/> on, or -1.</summary>
    public int FindRow(SipHeaderName name, int from)
    {
        int first = _first[(int)name];
        if (first < 0)
        {
            return -1;
        }

        for (int i = Math.Max(from, first); i < _rowCount; i++)
        {
            if (_rows[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Slice(TextRange range) => Buffer.AsSpan(Offset + range.Start, range.Length);

    private ref readonly HeaderRow Row(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_rowCount, nameof(index));
        return ref _rows[index];
    }

    /// <summary>One header row; positions count from <see cref="Offset"/>.</summary>
    private struct HeaderRow
    {
        public TextRange NameText;
        public TextRange Value;
        public SipHeaderName Name;
    }
}
