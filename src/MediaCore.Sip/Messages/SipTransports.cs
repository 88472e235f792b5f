using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>Transport tokens as they stand on the wire, compared without regard to case (RFC 3261 §7.3.1).</summary>
public static class SipTransports
{
    /// <summary>The transport of a token, or <see cref="SipTransport.Unknown"/>.</summary>
    public static SipTransport Parse(ReadOnlySpan<byte> token)
    {
        switch (token.Length)
        {
            case 2:
                return Ascii.EqualsIgnoreCase(token, "ws"u8) ? SipTransport.Ws : SipTransport.Unknown;
            case 3:
                uint word = (uint)(token[0] | (token[1] << 8) | (token[2] << 16)) | 0x202020;
                return word switch
                {
                    'u' | ('d' << 8) | ('p' << 16) => SipTransport.Udp,
                    't' | ('c' << 8) | ('p' << 16) => SipTransport.Tcp,
                    't' | ('l' << 8) | ('s' << 16) => SipTransport.Tls,
                    'w' | ('s' << 8) | ('s' << 16) => SipTransport.Wss,
                    _ => SipTransport.Unknown,
                };
            case 4:
                return Ascii.EqualsIgnoreCase(token, "sctp"u8) ? SipTransport.Sctp : SipTransport.Unknown;
            default:
                return SipTransport.Unknown;
        }
    }

    /// <summary>The token for a Via header, in capitals; empty for <see cref="SipTransport.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> GetViaToken(SipTransport transport) => transport switch
    {
        SipTransport.Udp => "UDP"u8,
        SipTransport.Tcp => "TCP"u8,
        SipTransport.Tls => "TLS"u8,
        SipTransport.Ws => "WS"u8,
        SipTransport.Wss => "WSS"u8,
        SipTransport.Sctp => "SCTP"u8,
        _ => [],
    };

    /// <summary>The value of a URI's <c>transport</c> parameter, in small letters; empty for <see cref="SipTransport.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> GetUriToken(SipTransport transport) => transport switch
    {
        SipTransport.Udp => "udp"u8,
        SipTransport.Tcp => "tcp"u8,
        SipTransport.Tls => "tls"u8,
        SipTransport.Ws => "ws"u8,
        SipTransport.Wss => "wss"u8,
        SipTransport.Sctp => "sctp"u8,
        _ => [],
    };
}
