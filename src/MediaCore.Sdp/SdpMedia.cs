using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>One <c>m=</c> line of a <see cref="SdpDescription"/> with its lines and what it takes over from the session. A view: valid until the next parse.</summary>
public readonly struct SdpMedia
{
    private readonly SdpDescription _description;
    private readonly int _index;

    internal SdpMedia(SdpDescription description, int index)
    {
        _description = description;
        _index = index;
    }

    /// <summary>The media type.</summary>
    public SdpMediaKind Kind => Section.Kind;

    /// <summary>The media type as written.</summary>
    public ReadOnlySpan<byte> KindToken => _description.Slice(Section.KindToken);

    /// <summary>The transport port; 0 means the stream is declined or removed (RFC 3264 §6, §8.2).</summary>
    public ushort Port => Section.Port;

    /// <summary>Number of ports, 1 where none is given.</summary>
    public int PortCount => (int)Section.PortCount;

    /// <summary>The transport protocol.</summary>
    public SdpProtocol Protocol => Section.Protocol;

    /// <summary>The transport protocol as written.</summary>
    public ReadOnlySpan<byte> ProtocolToken => _description.Slice(Section.ProtocolToken);

    /// <summary>Number of formats; 0 is against RFC 8866 but seen in declined lines.</summary>
    public int FormatCount => Section.FormatCount;

    /// <summary>Who may send; the session's where the medium has none, <see cref="MediaDirection.SendRecv"/> where neither has (RFC 8866 §6.7).</summary>
    public MediaDirection Direction =>
        Section.HasDirection ? Section.Direction
        : _description.Session.HasDirection ? _description.Session.Direction
        : MediaDirection.SendRecv;

    /// <summary>Whether <c>a=rtcp-mux</c> stands here (RFC 5761 §5.1.1).</summary>
    public bool HasRtcpMux => Section.HasRtcpMux;

    /// <summary>Whether a <c>c=</c> line is in force, be its address usable or not.</summary>
    public bool HasConnection => ConnectionLine != 0;

    /// <summary>Wanted packet time in ms (RFC 8866 §6.4); 0 where there is none or it is beyond <see cref="SdpLimits.MaxPacketTimeMilliseconds"/>.</summary>
    public int PtimeMilliseconds => ReadPacketTime(Section.PtimeLine);

    /// <summary>Longest packet time in ms (RFC 8866 §6.5); 0 where there is none or it is beyond <see cref="SdpLimits.MaxPacketTimeMilliseconds"/>.</summary>
    public int MaxPtimeMilliseconds => ReadPacketTime(Section.MaxPtimeLine);

    /// <summary>All lines of this medium, its <c>m=</c> line first.</summary>
    public SdpLines Lines => new(_description, Section.LineStart, Section.LineEnd, 0);

    /// <summary>Its <c>a=</c> lines, known or not.</summary>
    public SdpLines Attributes => new(_description, Section.LineStart, Section.LineEnd, (byte)'a');

    internal SdpDescription Description => _description;

    internal ref readonly SdpSectionIndex Section => ref _description.Section(_index);

    private int ConnectionLine => Section.ConnectionLine != 0 ? Section.ConnectionLine : _description.Session.ConnectionLine;

    /// <summary>A format as written; <paramref name="index"/> from 0, in order of preference.</summary>
    public ReadOnlySpan<byte> GetFormat(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, FormatCount);
        return _description.Format(Section.FormatStart + index);
    }

    /// <summary>A format as RTP payload type; false where the protocol is not RTP or the number is not within 0–127.</summary>
    public bool TryGetPayloadType(int index, out byte payloadType)
    {
        payloadType = 0;
        return SdpGrammar.IsRtp(Protocol) && SdpGrammar.TryReadPayloadType(GetFormat(index), out payloadType);
    }

    /// <summary>
    /// Where RTP is wanted: the address of <c>c=</c> (the medium's before the session's) with the port. False where there is no <c>c=</c> line or
    /// its address is no IPv4 or IPv6 literal of the stated type. <c>0.0.0.0</c> is a success: that is how RFC 2543 put a call on hold.
    /// </summary>
    public bool TryGetRtpEndpoint(out NetworkEndpoint endpoint)
    {
        endpoint = default;
        int line = ConnectionLine;
        return line != 0 && TryReadAddress(_description.GetLine(line).Value, Port, out endpoint);
    }

    /// <summary>
    /// Where RTCP is wanted: <c>a=rtcp:port [IN IP4 address]</c> (RFC 3605 §2.1), else the port after RTP's (RFC 3550 §11). False where there is
    /// no address, no such port, or the attribute is malformed. <see cref="HasRtcpMux"/> is the caller's to weigh, since it counts only when both sides have it.
    /// </summary>
    public bool TryGetRtcpEndpoint(out NetworkEndpoint endpoint)
    {
        endpoint = default;
        if (Section.RtcpLine == 0)
        {
            if (!TryGetRtpEndpoint(out NetworkEndpoint rtp) || rtp.Port is 0 or ushort.MaxValue)
            {
                return false;
            }

            endpoint = rtp.WithPort((ushort)(rtp.Port + 1));
            return true;
        }

        ReadOnlySpan<byte> rest = _description.GetLine(Section.RtcpLine).AttributeValue;
        if (!SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> number)
            || !SdpGrammar.TryReadUInt32(number, out uint port)
            || port is 0 or > ushort.MaxValue)
        {
            return false;
        }

        if (rest.ContainsAnyExcept((byte)' '))
        {
            return TryReadAddress(rest, (ushort)port, out endpoint);
        }

        bool found = TryGetRtpEndpoint(out NetworkEndpoint sameAddress);
        endpoint = found ? sameAddress.WithPort((ushort)port) : default;
        return found;
    }

    /// <summary>The meaning of a payload type: its first well-formed <c>a=rtpmap</c>, else its static assignment (RFC 3551 §6).</summary>
    public bool TryGetRtpMap(byte payloadType, out RtpMap map)
    {
        for (int line = Section.LineStart; line < Section.LineEnd; line++)
        {
            if (_description.LineAt(line).Attribute == SdpAttribute.RtpMap
                && SdpGrammar.TrySplitPayloadType(_description.GetLine(line).AttributeValue, out byte number, out ReadOnlySpan<byte> text)
                && number == payloadType
                && SdpGrammar.TryReadRtpMap(text, out map))
            {
                return true;
            }
        }

        return RtpMap.TryGetStatic(payloadType, out map);
    }

    /// <summary>The format parameters of a payload type (RFC 8866 §6.15), as written after the number.</summary>
    public bool TryGetFmtp(byte payloadType, out ReadOnlySpan<byte> parameters)
    {
        for (int line = Section.LineStart; line < Section.LineEnd; line++)
        {
            if (_description.LineAt(line).Attribute == SdpAttribute.Fmtp
                && SdpGrammar.TrySplitPayloadType(_description.GetLine(line).AttributeValue, out byte number, out parameters)
                && number == payloadType)
            {
                return true;
            }
        }

        parameters = default;
        return false;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> value, ushort port, out NetworkEndpoint endpoint)
    {
        endpoint = default;
        if (!SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> network)
            || !SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> type)
            || !SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> address)
            || !network.SequenceEqual("IN"u8))
        {
            return false;
        }

        // A multicast address carries a TTL or a count after a slash (RFC 8866 §5.7); the address itself says that it is one.
        int slash = address.IndexOf((byte)'/');
        address = slash < 0 ? address : address[..slash];
        bool colons = address.Contains((byte)':');
        return !address.IsEmpty
            && (colons ? type.SequenceEqual("IP6"u8) : type.SequenceEqual("IP4"u8))
            && address[0] != (byte)'['
            && NetworkEndpoint.TryParseAddress(address, port, out endpoint);
    }

    private int ReadPacketTime(int line)
    {
        if (line == 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> value = _description.GetLine(line).AttributeValue.Trim((byte)' ');
        int point = value.IndexOf((byte)'.');
        value = point < 0 ? value : value[..point];
        return SdpGrammar.TryReadUInt32(value, out uint milliseconds) && milliseconds <= SdpLimits.MaxPacketTimeMilliseconds ? (int)milliseconds : 0;
    }
}
