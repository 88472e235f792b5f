using System.Globalization;
using System.Net;
using System.Text;
using MediaCore.Engine;
using MediaCore.Primitives;

namespace MediaCore.Server.Configuration;

/// <summary>Syntax of the addresses that a configuration holds; each method gives a value or says what is wrong.</summary>
internal static class EndpointSyntax
{
    /// <summary>RFC 3261 §19.1.2: the port of a SIP URI that names none.</summary>
    public const ushort DefaultSipPort = 5060;

    /// <summary>A listener: <c>udp://127.0.0.1:5060</c>, <c>tls://[::1]</c>; the port is the transport's own when there is none.</summary>
    public static string? TryParseListener(string text, out SipListener listener)
    {
        listener = default;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string name = scheme < 0 ? "" : text[..scheme];
        SipTransportKind transport;
        switch (name)
        {
            case "udp":
                transport = SipTransportKind.Udp;
                break;
            case "tcp":
                transport = SipTransportKind.Tcp;
                break;
            case "tls":
                transport = SipTransportKind.Tls;
                break;
            case "ws":
                transport = SipTransportKind.Ws;
                break;
            case "wss":
                transport = SipTransportKind.Wss;
                break;
            default:
                return $"\"{text}\" is not a listener; write udp://, tcp://, tls://, ws:// or wss:// and address:port";
        }

        ushort port = transport switch
        {
            SipTransportKind.Tls => 5061,
            SipTransportKind.Ws => 80,
            SipTransportKind.Wss => 443,
            _ => DefaultSipPort,
        };
        if (TryParseEndpoint(text[(scheme + 3)..].TrimEnd('/'), port, out NetworkEndpoint endpoint) is { } error)
        {
            return error;
        }

        listener = new SipListener(transport, endpoint);
        return null;
    }

    /// <summary>An HTTP listener: <c>http://127.0.0.1:8080</c>, or <c>https://</c>.</summary>
    public static string? TryParseHttp(string text, ushort defaultPort, out NetworkEndpoint endpoint, out bool isTls)
    {
        endpoint = default;
        isTls = text.StartsWith("https://", StringComparison.Ordinal);
        return isTls || text.StartsWith("http://", StringComparison.Ordinal)
            ? TryParseEndpoint(text[(isTls ? 8 : 7)..].TrimEnd('/'), defaultPort, out endpoint)
            : $"\"{text}\" is not an HTTP listener; write http://address:port or https://address:port";
    }

    /// <summary>A literal address with a port, IPv6 in brackets.</summary>
    public static string? TryParseEndpoint(string text, ushort defaultPort, out NetworkEndpoint endpoint)
    {
        endpoint = default;
        if (TrySplitHostPort(text, defaultPort, out string host, out ushort port) is { } error)
        {
            return error;
        }

        return NetworkEndpoint.TryParseAddress(Encoding.UTF8.GetBytes(host), port, out endpoint)
            ? null
            : $"\"{host}\" is not an IP address; a listener needs one, as 127.0.0.1 or [::1]";
    }

    /// <summary>A literal address without a port.</summary>
    public static string? TryParseAddress(string text, out NetworkEndpoint endpoint) =>
        NetworkEndpoint.TryParseAddress(Encoding.UTF8.GetBytes(text), 0, out endpoint)
            ? null
            : $"\"{text}\" is not an IP address; write one as 127.0.0.1 or ::1, without a port";

    /// <summary>A host name or literal as it may stand in a SIP URI (RFC 3261 §25.1 <c>host</c>); IPv6 in brackets.</summary>
    public static bool IsHost(string text)
    {
        if (text.Length is 0 or > 253)
        {
            return false;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (text[0] == '[' || text.All(static c => char.IsAsciiDigit(c) || c == '.'))
        {
            return NetworkEndpoint.TryParseAddress(bytes, 0, out _);
        }

        foreach (string label in text.TrimEnd('.').Split('.'))
        {
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Splits <c>host:port</c> where the host may be an IPv6 literal in brackets.</summary>
    public static string? TrySplitHostPort(string text, ushort defaultPort, out string host, out ushort port)
    {
        host = text;
        port = defaultPort;
        int bracket = text.IndexOf(']', StringComparison.Ordinal);
        int colon = text.IndexOf(':', bracket < 0 ? 0 : bracket);
        if (colon < 0)
        {
            return null;
        }

        if (bracket < 0 && text.IndexOf(':', colon + 1) >= 0)
        {
            return $"\"{text}\" looks like IPv6; put the address in brackets, as [{text}]";
        }

        host = text[..colon];
        return ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            ? null
            : $"\"{text[(colon + 1)..]}\" is not a port; a port is a number from 0 to 65535";
    }

    /// <summary>A network: <c>192.0.2.0/24</c>, <c>2001:db8::/32</c>, or one address.</summary>
    public static string? TryParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        if (!NetworkEndpoint.TryParseAddress(Encoding.UTF8.GetBytes(host), 0, out NetworkEndpoint address))
        {
            return $"\"{text}\" is not a network; write 192.0.2.0/24, 2001:db8::/32 or one address";
        }

        int bits = address.AddressLength * 8;
        int length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return $"\"{text[(slash + 1)..]}\" is not a prefix length; it goes from 0 to {bits}";
        }

        byte[] bytes = address.ToIPAddress().GetAddressBytes();
        byte[] masked = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            masked[i] = (byte)(bytes[i] & (0xff << (8 - kept)));
        }

        if (!bytes.AsSpan().SequenceEqual(masked))
        {
            return $"\"{text}\" has bits behind its prefix; did you mean {new IPAddress(masked)}/{length}, or {host} alone?";
        }

        network = new IPNetwork(new IPAddress(masked), length);
        return null;
    }
}
