using System.Buffers;
using System.Text;

namespace MediaCore.Sdp;

/// <summary>The lexical rules of RFC 8866 §9 that several readers share, and the names that both reader and writer know.</summary>
internal static class SdpGrammar
{
    private static readonly SearchValues<byte> _tokenBytes = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>A non-empty <c>token</c>.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(_tokenBytes);

    /// <summary>Tokens joined by slashes, as <c>proto</c> is.</summary>
    public static bool IsProtocolToken(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int slash = text.IndexOf((byte)'/');
            if (slash < 0)
            {
                return IsToken(text);
            }

            if (!IsToken(text[..slash]))
            {
                return false;
            }

            text = text[(slash + 1)..];
        }
    }

    /// <summary>Only visible ASCII and spaces: what may be written into a line of ours.</summary>
    public static bool IsVisible(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e);

    /// <summary>One to ten digits and nothing else, within 32 bits; 4294967296 is refused, not wrapped.</summary>
    public static bool TryReadUInt32(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > 10)
        {
            return false;
        }

        ulong sum = 0;
        foreach (byte digit in text)
        {
            if ((uint)(digit - '0') > 9)
            {
                return false;
            }

            sum = (sum * 10) + (uint)(digit - '0');
        }

        value = (uint)sum;
        return sum <= uint.MaxValue;
    }

    /// <summary>A payload type, 0–127.</summary>
    public static bool TryReadPayloadType(ReadOnlySpan<byte> text, out byte payloadType)
    {
        bool valid = TryReadUInt32(text, out uint value) && value <= 127;
        payloadType = valid ? (byte)value : (byte)0;
        return valid;
    }

    /// <summary>Takes the next run of bytes other than SP off the front of <paramref name="rest"/>; false at the end.</summary>
    public static bool TryTakeField(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        int start = rest.IndexOfAnyExcept((byte)' ');
        if (start < 0)
        {
            field = default;
            rest = default;
            return false;
        }

        ReadOnlySpan<byte> text = rest[start..];
        int end = text.IndexOf((byte)' ');
        field = end < 0 ? text : text[..end];
        rest = end < 0 ? default : text[end..];
        return true;
    }

    /// <summary>Splits <c>&lt;payload type&gt; SP &lt;text&gt;</c>, the shape of <c>rtpmap</c> and <c>fmtp</c> values.</summary>
    public static bool TrySplitPayloadType(ReadOnlySpan<byte> value, out byte payloadType, out ReadOnlySpan<byte> text)
    {
        if (!TryTakeField(ref value, out ReadOnlySpan<byte> number) || !TryReadPayloadType(number, out payloadType))
        {
            payloadType = 0;
            text = default;
            return false;
        }

        text = value.Trim((byte)' ');
        return true;
    }

    /// <summary>Splits <c>name/clock[/channels]</c> (RFC 8866 §6.6).</summary>
    public static bool TryReadRtpMap(ReadOnlySpan<byte> text, out RtpMap map)
    {
        map = default;
        int slash = text.IndexOf((byte)'/');
        if (slash < 0 || !IsToken(text[..slash]))
        {
            return false;
        }

        ReadOnlySpan<byte> clock = text[(slash + 1)..];
        uint channels = 1;
        int second = clock.IndexOf((byte)'/');
        if (second >= 0)
        {
            if (!TryReadUInt32(clock[(second + 1)..], out channels) || channels is 0 or > 255)
            {
                return false;
            }

            clock = clock[..second];
        }

        if (!TryReadUInt32(clock, out uint clockRateHz) || clockRateHz == 0)
        {
            return false;
        }

        map = new RtpMap(text[..slash], clockRateHz, (byte)channels);
        return true;
    }

    /// <summary>The kind that a media token names; case is forgiven.</summary>
    public static SdpMediaKind KindOf(ReadOnlySpan<byte> token)
    {
        for (SdpMediaKind kind = SdpMediaKind.Audio; kind <= SdpMediaKind.Message; kind++)
        {
            if (Ascii.EqualsIgnoreCase(token, TokenOf(kind)))
            {
                return kind;
            }
        }

        return SdpMediaKind.Unknown;
    }

    /// <summary>The token of a kind; empty for <see cref="SdpMediaKind.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> TokenOf(SdpMediaKind kind) => kind switch
    {
        SdpMediaKind.Audio => "audio"u8,
        SdpMediaKind.Video => "video"u8,
        SdpMediaKind.Application => "application"u8,
        SdpMediaKind.Image => "image"u8,
        SdpMediaKind.Text => "text"u8,
        SdpMediaKind.Message => "message"u8,
        _ => default,
    };

    /// <summary>The protocol that a token names; case is forgiven.</summary>
    public static SdpProtocol ProtocolOf(ReadOnlySpan<byte> token)
    {
        for (SdpProtocol protocol = SdpProtocol.RtpAvp; protocol <= SdpProtocol.Udptl; protocol++)
        {
            if (Ascii.EqualsIgnoreCase(token, TokenOf(protocol)))
            {
                return protocol;
            }
        }

        return SdpProtocol.Unknown;
    }

    /// <summary>The token of a protocol; empty for <see cref="SdpProtocol.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> TokenOf(SdpProtocol protocol) => protocol switch
    {
        SdpProtocol.RtpAvp => "RTP/AVP"u8,
        SdpProtocol.RtpAvpf => "RTP/AVPF"u8,
        SdpProtocol.RtpSavp => "RTP/SAVP"u8,
        SdpProtocol.RtpSavpf => "RTP/SAVPF"u8,
        SdpProtocol.UdpTlsRtpSavp => "UDP/TLS/RTP/SAVP"u8,
        SdpProtocol.UdpTlsRtpSavpf => "UDP/TLS/RTP/SAVPF"u8,
        SdpProtocol.Udptl => "udptl"u8,
        _ => default,
    };

    /// <summary>Whether formats under this protocol are RTP payload types.</summary>
    public static bool IsRtp(SdpProtocol protocol) => protocol is >= SdpProtocol.RtpAvp and <= SdpProtocol.UdpTlsRtpSavpf;

    /// <summary>The attribute that a name stands for; names are case-significant (RFC 8866 §5).</summary>
    public static SdpAttribute AttributeOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 => name.SequenceEqual("fmtp"u8) ? SdpAttribute.Fmtp : name.SequenceEqual("rtcp"u8) ? SdpAttribute.Rtcp : SdpAttribute.Other,
        5 => name.SequenceEqual("ptime"u8) ? SdpAttribute.Ptime : SdpAttribute.Other,
        6 => name.SequenceEqual("rtpmap"u8) ? SdpAttribute.RtpMap : SdpAttribute.Other,
        8 => name switch
        {
            _ when name.SequenceEqual("sendrecv"u8) => SdpAttribute.SendRecv,
            _ when name.SequenceEqual("sendonly"u8) => SdpAttribute.SendOnly,
            _ when name.SequenceEqual("recvonly"u8) => SdpAttribute.RecvOnly,
            _ when name.SequenceEqual("inactive"u8) => SdpAttribute.Inactive,
            _ when name.SequenceEqual("maxptime"u8) => SdpAttribute.MaxPtime,
            _ when name.SequenceEqual("rtcp-mux"u8) => SdpAttribute.RtcpMux,
            _ => SdpAttribute.Other,
        },
        _ => SdpAttribute.Other,
    };
}
