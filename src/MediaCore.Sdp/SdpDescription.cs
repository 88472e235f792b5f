namespace MediaCore.Sdp;

/// <summary>
/// A session description (RFC 8866) indexed in place over a caller's buffer: about 15 kB of tables, made once and overwritten by each
/// <see cref="TryParse"/>. Everything it hands out points into that buffer, so it holds only as long as the bytes stay. Parsing takes linear time and
/// allocates nothing. Not for use from several threads; a shard keeps one.
/// </summary>
/// <remarks>
/// Strict where two readers could otherwise disagree (type letters, stray control bytes, repeated lines, ports), lenient where the field is: LF alone ends a line, the
/// last line end may be missing, empty lines may follow, <c>s=</c> and <c>t=</c> may be absent, session lines may stand in any order after <c>v=</c>.
/// </remarks>
public sealed partial class SdpDescription
{
    private readonly SdpLineIndex[] _lines = new SdpLineIndex[SdpLimits.MaxLineCount];
    private readonly SdpSectionIndex[] _media = new SdpSectionIndex[SdpLimits.MaxMediaCount];
    private readonly SdpRange[] _formats = new SdpRange[SdpLimits.MaxMediaCount * SdpLimits.MaxFormatsPerMedia];
    private readonly SdpRange[] _origin = new SdpRange[6];
    private SdpSectionIndex _session;
    private SdpRange _sessionName;
    private byte[] _buffer = [];
    private int _offset;
    private int _length;
    private int _lineCount;
    private int _formatCount;
    private bool _hasSessionName;

    /// <summary>Why the last <see cref="TryParse"/> failed.</summary>
    public SdpParseError Error { get; private set; }

    /// <summary>The line where it failed, from 1; 0 where no line is to blame.</summary>
    public int ErrorLine { get; private set; }

    /// <summary>Number of <c>m=</c> lines.</summary>
    public int MediaCount { get; private set; }

    /// <summary>The whole text that was parsed.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(_offset, _length);

    /// <summary>First field of <c>o=</c>, <c>-</c> where the peer has no user names.</summary>
    public ReadOnlySpan<byte> OriginUsername => Slice(_origin[0]);

    /// <summary>Second field of <c>o=</c>: digits, of any length.</summary>
    public ReadOnlySpan<byte> OriginSessionId => Slice(_origin[1]);

    /// <summary>Third field of <c>o=</c>: digits; equal to the last one where nothing changed (RFC 3264 §8).</summary>
    public ReadOnlySpan<byte> OriginVersion => Slice(_origin[2]);

    /// <summary>Fourth field of <c>o=</c>, <c>IN</c>.</summary>
    public ReadOnlySpan<byte> OriginNetworkType => Slice(_origin[3]);

    /// <summary>Fifth field of <c>o=</c>, <c>IP4</c> or <c>IP6</c>.</summary>
    public ReadOnlySpan<byte> OriginAddressType => Slice(_origin[4]);

    /// <summary>Last field of <c>o=</c>, an address or a name.</summary>
    public ReadOnlySpan<byte> OriginAddress => Slice(_origin[5]);

    /// <summary>The value of <c>s=</c>; empty where there is none.</summary>
    public ReadOnlySpan<byte> SessionName => Slice(_sessionName);

    /// <summary>All lines before the first <c>m=</c>.</summary>
    public SdpLines SessionLines => new(this, 0, _session.LineEnd, 0);

    /// <summary>The <c>a=</c> lines before the first <c>m=</c>, known or not.</summary>
    public SdpLines SessionAttributes => new(this, 0, _session.LineEnd, (byte)'a');

    /// <summary>A view of one <c>m=</c> line and what belongs to it; <paramref name="index"/> from 0.</summary>
    public SdpMedia GetMedia(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, MediaCount);
        return new SdpMedia(this, index);
    }

    /// <summary>Forgets the buffer and all that was parsed.</summary>
    public void Clear()
    {
        _buffer = [];
        _offset = 0;
        _length = 0;
        _lineCount = 0;
        _formatCount = 0;
        _session = default;
        _sessionName = default;
        _hasSessionName = false;
        _origin.AsSpan().Clear();
        MediaCount = 0;
        Error = SdpParseError.None;
        ErrorLine = 0;
    }

    internal ref readonly SdpSectionIndex Session => ref _session;

    internal ref readonly SdpSectionIndex Section(int media) => ref _media[media];

    internal ref readonly SdpLineIndex LineAt(int index) => ref _lines[index];

    internal SdpLine GetLine(int index) => new(_lines[index].Type, Slice(_lines[index].Value));

    internal ReadOnlySpan<byte> Format(int index) => Slice(_formats[index]);

    internal ReadOnlySpan<byte> Slice(SdpRange range) => _buffer.AsSpan(_offset + range.Start, range.Length);
}
