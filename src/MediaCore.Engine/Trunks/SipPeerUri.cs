using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// A configured SIP URI as a next hop: <c>sip:[user@]host[:port][;transport=udp|tcp|tls]</c>, the part of RFC 3261 §19.1 that an operator
/// writes. IPv6 addresses stand in brackets. Other parameters, headers, passwords and <c>sips:</c> are refused with a reason rather than
/// passed over.
/// </summary>
public static class SipPeerUri
{
    /// <summary>Longest URI accepted in a configuration.</summary>
    public const int MaxCharacters = 255;

    /// <summary>
    /// Why <c>sips:</c> is refused rather than read as TLS: RFC 3261 §26.2.2 has it stand for TLS on every hop up to the callee's domain, and what lies behind the next hop
    /// is out of the reach of a server that ends the dialog.
    /// </summary>
    public const string SecureSchemeRefused =
        "sips: asks for TLS on every hop up to the callee, which cannot be promised beyond the next one; write sip:HOST;transport=tls, which demands TLS and a certificate of HOST there.";

    /// <summary>Port of <c>sip:</c> when the URI has none, RFC 3261 §19.1.2.</summary>
    public const ushort DefaultPort = 5060;

    /// <summary>Port of <c>sip:</c> over TLS when the URI has none, RFC 3261 §19.1.2.</summary>
    public const ushort DefaultTlsPort = 5061;

    /// <summary>Reads the URI. Address literals are resolved at once; names wait for <see cref="SipPeerResolver"/>.</summary>
    public static bool TryParse(string uri, [NotNullWhen(true)] out SipPeer? peer, out string? user, [NotNullWhen(false)] out string? error)
    {
        peer = null;
        user = null;
        error = Parse(uri, ref peer, ref user);
        return peer is not null;
    }

    /// <summary>Sets the endpoint of a peer whose host is an address literal; false when it is a name.</summary>
    public static bool TryResolveLiteral(SipPeer peer)
    {
        Span<byte> text = stackalloc byte[MaxCharacters];
        if (!Encoding.UTF8.TryGetBytes(peer.Host, text, out int length)
            || !NetworkEndpoint.TryParseAddress(text[..length], peer.Port, out NetworkEndpoint endpoint))
        {
            return false;
        }

        peer.Endpoint = endpoint;
        return true;
    }

    private static string? Parse(string uri, ref SipPeer? peer, ref string? user)
    {
        if (uri.Length > MaxCharacters)
        {
            return $"A SIP URI has at most {MaxCharacters} characters here.";
        }

        if (uri.StartsWith("sips:", StringComparison.OrdinalIgnoreCase))
        {
            return SecureSchemeRefused;
        }

        if (!uri.StartsWith("sip:", StringComparison.OrdinalIgnoreCase))
        {
            return "A target is written sip:host[:port][;transport=udp|tcp|tls].";
        }

        if (uri.AsSpan().ContainsAnyExceptInRange('!', '~') || uri.AsSpan().IndexOfAny("<>\"") >= 0)
        {
            return "A SIP URI has no spaces, quotes, angle brackets, control or non-ASCII characters.";
        }

        string rest = uri[4..];
        int at = rest.IndexOf('@');
        if (at >= 0)
        {
            user = rest[..at];
            rest = rest[(at + 1)..];
            if (user.Length == 0 || user.Contains(':') || rest.Contains('@'))
            {
                return "The user before '@' is empty or carries a password.";
            }
        }

        if (rest.Contains('?'))
        {
            return "Headers after '?' are not possible in a target.";
        }

        string[] parts = rest.Split(';');
        SipTransportKind? transport = null;
        foreach (string parameter in parts.AsSpan(1))
        {
            switch (parameter.ToLowerInvariant())
            {
                case "transport=udp":
                    transport = SipTransportKind.Udp;
                    break;
                case "transport=tcp":
                    transport = SipTransportKind.Tcp;
                    break;
                case "transport=tls":
                    transport = SipTransportKind.Tls;
                    break;
                default:
                    return $"Parameter '{parameter}' is not possible here; only transport=udp, transport=tcp and transport=tls are.";
            }
        }

        return ParseHostPort(parts[0], transport, ref peer);
    }

    private static string? ParseHostPort(string text, SipTransportKind? transport, ref SipPeer? peer)
    {
        string host = text;
        ushort port = transport == SipTransportKind.Tls ? DefaultTlsPort : DefaultPort;
        int bracket = text.LastIndexOf(']');
        int colon = text.LastIndexOf(':');
        if (colon > bracket)
        {
            host = text[..colon];
            if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0)
            {
                return $"'{text[(colon + 1)..]}' is no port (1 to 65535).";
            }
        }

        var candidate = new SipPeer(host, port, transport ?? SipTransportKind.Udp) { IsPortGiven = colon > bracket, IsTransportGiven = transport is not null };
        if (TryResolveLiteral(candidate))
        {
            if (candidate.Endpoint.IsUnspecified || candidate.Endpoint.IsMulticastOrBroadcast)
            {
                return $"'{host}' is no address of a peer.";
            }
        }
        else if (!IsHostName(host))
        {
            return $"'{host}' is neither a host name nor an address (IPv6 goes in brackets).";
        }

        peer = candidate;
        return null;
    }

    // RFC 1123 §2.1 host names; a last label of digits only would be a mistyped IPv4 address.
    private static bool IsHostName(string host)
    {
        string[] labels = host.TrimEnd('.').Split('.');
        return host.Length is > 0 and <= 253
            && Array.TrueForAll(labels, label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            && !labels[^1].All(char.IsAsciiDigit);
    }
}
