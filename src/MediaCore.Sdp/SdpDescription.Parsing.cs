namespace MediaCore.Sdp;

public sealed partial class SdpDescription
{
    /// <summary>
    /// Indexes <paramref name="length"/> bytes of <paramref name="buffer"/>. On false <see cref="Error"/> and <see cref="ErrorLine"/> say why and the
    /// description is empty. Never throws for what the bytes hold.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range lies outside the buffer.</exception>
    public bool TryParse(byte[] buffer, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, buffer.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, buffer.Length - offset);
        Clear();
        if (length > SdpLimits.MaxSdpBytes)
        {
            return Refuse(SdpParseError.TooLarge, 0);
        }

        _buffer = buffer;
        _offset = offset;
        _length = length;
        SdpParseError error = IndexLines(buffer.AsSpan(offset, length), out int line);
        if (error != SdpParseError.None)
        {
            return Refuse(error, line);
        }

        if (_lineCount == 0)
        {
            return Refuse(SdpParseError.Empty, 0);
        }

        if (_origin[5].Length == 0)
        {
            return Refuse(SdpParseError.MissingOrigin, 0);
        }

        CurrentSection().LineEnd = (ushort)_lineCount;
        return true;
    }

    private bool Refuse(SdpParseError error, int line)
    {
        Clear();
        Error = error;
        ErrorLine = line;
        return false;
    }

    private ref SdpSectionIndex CurrentSection() => ref MediaCount == 0 ? ref _session : ref _media[MediaCount - 1];

    private SdpParseError IndexLines(ReadOnlySpan<byte> text, out int line)
    {
        line = 0;
        int position = 0;
        bool emptyLineSeen = false;
        while (position < text.Length)
        {
            line++;
            ReadOnlySpan<byte> rest = text[position..];
            int feed = rest.IndexOf((byte)'\n');
            int length = feed < 0 ? rest.Length : feed;
            int next = feed < 0 ? text.Length : position + feed + 1;
            if (length > 0 && rest[length - 1] == (byte)'\r')
            {
                length--;
            }

            if (length == 0)
            {
                // Many senders end the body with one line end too many; text after an empty line is another matter.
                emptyLineSeen = true;
            }
            else
            {
                SdpParseError error = emptyLineSeen ? SdpParseError.MalformedLine : IndexLine(rest[..length], position);
                if (error != SdpParseError.None)
                {
                    return error;
                }
            }

            position = next;
        }

        return SdpParseError.None;
    }

    private SdpParseError IndexLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.ContainsAny((byte)0, (byte)'\r'))
        {
            return SdpParseError.IllegalByte;
        }

        if (line.Length < 2 || line[1] != (byte)'=')
        {
            return SdpParseError.MalformedLine;
        }

        if (_lineCount == SdpLimits.MaxLineCount)
        {
            return SdpParseError.TooManyLines;
        }

        byte type = line[0];
        if (_lineCount == 0 && type != (byte)'v')
        {
            return SdpParseError.MissingVersion;
        }

        ReadOnlySpan<byte> value = line[2..];
        SdpRange range = new((ushort)(start + 2), (ushort)value.Length);
        SdpAttribute attribute = SdpAttribute.None;
        SdpParseError error = SdpParseError.None;
        switch (type)
        {
            case (byte)'a':
                attribute = IndexAttribute(value);
                break;
            case (byte)'m':
                error = IndexMedia(value, range.Start);
                break;
            case (byte)'c':
                error = IndexConnection(value);
                break;
            case (byte)'b' or (byte)'i' or (byte)'k':
                break;
            case (byte)'v' or (byte)'o' or (byte)'s' or (byte)'u' or (byte)'e' or (byte)'p' or (byte)'t' or (byte)'r' or (byte)'z':
                error = MediaCount > 0 ? SdpParseError.MisplacedLine : IndexSessionLine(type, value, range);
                break;
            default:
                error = SdpParseError.UnknownType;
                break;
        }

        if (error == SdpParseError.None)
        {
            _lines[_lineCount++] = new SdpLineIndex(range, type, attribute);
        }

        return error;
    }

    private SdpParseError IndexSessionLine(byte type, ReadOnlySpan<byte> value, SdpRange range)
    {
        switch (type)
        {
            case (byte)'v':
                return _lineCount > 0 ? SdpParseError.DuplicateLine
                    : value.SequenceEqual("0"u8) ? SdpParseError.None
                    : SdpParseError.UnsupportedVersion;
            case (byte)'s':
                if (_hasSessionName)
                {
                    return SdpParseError.DuplicateLine;
                }

                _sessionName = range;
                _hasSessionName = true;
                return SdpParseError.None;
            case (byte)'o':
                return _origin[5].Length > 0 ? SdpParseError.DuplicateLine : IndexOrigin(value, range.Start);
            default:
                return SdpParseError.None;
        }
    }

    private SdpParseError IndexOrigin(ReadOnlySpan<byte> value, int start)
    {
        ReadOnlySpan<byte> rest = value;
        for (int i = 0; i < _origin.Length; i++)
        {
            if (!SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> field))
            {
                return SdpParseError.MalformedOrigin;
            }

            _origin[i] = RangeBefore(rest, field, value, start);
        }

        return rest.ContainsAnyExcept((byte)' ') ? SdpParseError.MalformedOrigin : SdpParseError.None;
    }

    private SdpParseError IndexConnection(ReadOnlySpan<byte> value)
    {
        ref SdpSectionIndex section = ref CurrentSection();
        if (section.ConnectionLine != 0)
        {
            // RFC 8866 §5.7 lets a medium have several (layered multicast), which only the first matters of to us, and a session one.
            return MediaCount == 0 ? SdpParseError.DuplicateLine : SdpParseError.None;
        }

        ReadOnlySpan<byte> rest = value;
        for (int i = 0; i < 3; i++)
        {
            if (!SdpGrammar.TryTakeField(ref rest, out _))
            {
                return SdpParseError.MalformedConnection;
            }
        }

        if (rest.ContainsAnyExcept((byte)' '))
        {
            return SdpParseError.MalformedConnection;
        }

        section.ConnectionLine = (ushort)_lineCount;
        return SdpParseError.None;
    }

    private SdpAttribute IndexAttribute(ReadOnlySpan<byte> value)
    {
        int colon = value.IndexOf((byte)':');
        SdpAttribute attribute = SdpGrammar.AttributeOf(colon < 0 ? value : value[..colon]);
        ref SdpSectionIndex section = ref CurrentSection();
        switch (attribute)
        {
            case >= SdpAttribute.Inactive and <= SdpAttribute.SendRecv when !section.HasDirection:
                section.Direction = (MediaDirection)(attribute - SdpAttribute.Inactive);
                section.HasDirection = true;
                break;
            case SdpAttribute.RtcpMux:
                section.HasRtcpMux = true;
                break;
            case SdpAttribute.Rtcp when section.RtcpLine == 0:
                section.RtcpLine = (ushort)_lineCount;
                break;
            case SdpAttribute.Ptime when section.PtimeLine == 0:
                section.PtimeLine = (ushort)_lineCount;
                break;
            case SdpAttribute.MaxPtime when section.MaxPtimeLine == 0:
                section.MaxPtimeLine = (ushort)_lineCount;
                break;
            default:
                break;
        }

        return attribute;
    }

    private SdpParseError IndexMedia(ReadOnlySpan<byte> value, int start)
    {
        if (MediaCount == SdpLimits.MaxMediaCount)
        {
            return SdpParseError.TooManyMedia;
        }

        ReadOnlySpan<byte> rest = value;
        if (!SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> kind) || kind.Length > SdpLimits.MaxTokenBytes || !SdpGrammar.IsToken(kind))
        {
            return SdpParseError.MalformedMedia;
        }

        SdpSectionIndex media = new()
        {
            KindToken = RangeBefore(rest, kind, value, start),
            Kind = SdpGrammar.KindOf(kind),
            FormatStart = (ushort)_formatCount,
            LineStart = (ushort)_lineCount,
        };
        if (!SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> ports))
        {
            return SdpParseError.MalformedMedia;
        }

        if (!TryReadPorts(ports, out media.Port, out media.PortCount))
        {
            return SdpParseError.InvalidPort;
        }

        if (!SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> protocol) || protocol.Length > SdpLimits.MaxTokenBytes || !SdpGrammar.IsProtocolToken(protocol))
        {
            return SdpParseError.MalformedMedia;
        }

        media.ProtocolToken = RangeBefore(rest, protocol, value, start);
        media.Protocol = SdpGrammar.ProtocolOf(protocol);
        while (SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> format))
        {
            if (media.FormatCount == SdpLimits.MaxFormatsPerMedia)
            {
                return SdpParseError.TooManyFormats;
            }

            if (format.Length > SdpLimits.MaxTokenBytes || !SdpGrammar.IsToken(format))
            {
                return SdpParseError.MalformedMedia;
            }

            _formats[_formatCount++] = RangeBefore(rest, format, value, start);
            media.FormatCount++;
        }

        CurrentSection().LineEnd = (ushort)_lineCount;
        _media[MediaCount++] = media;
        return SdpParseError.None;
    }

    private static bool TryReadPorts(ReadOnlySpan<byte> text, out ushort port, out uint count)
    {
        port = 0;
        count = 1;
        int slash = text.IndexOf((byte)'/');
        if (slash >= 0 && (!SdpGrammar.TryReadUInt32(text[(slash + 1)..], out count) || count is 0 or > ushort.MaxValue))
        {
            return false;
        }

        if (!SdpGrammar.TryReadUInt32(slash < 0 ? text : text[..slash], out uint number) || number > ushort.MaxValue)
        {
            return false;
        }

        port = (ushort)number;
        return true;
    }

    /// <summary>Where a field just taken lies: it ends where the rest begins, or at the value's end.</summary>
    private static SdpRange RangeBefore(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, int start) =>
        new((ushort)(start + value.Length - rest.Length - field.Length), (ushort)field.Length);
}
