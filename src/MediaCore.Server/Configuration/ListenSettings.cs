using MediaCore.Engine;

namespace MediaCore.Server.Configuration;

/// <summary>Key <c>sip.listen</c>: texts, or objects where a listener has more to say than its address.</summary>
internal static class ListenSettings
{
    /// <summary>Reads the listeners.</summary>
    /// <param name="section">Section <c>sip</c>.</param>
    /// <param name="advertised">What <c>sip.advertised</c> says for listeners that do not say it themselves.</param>
    /// <param name="defaultDscp">What <c>sip.dscp</c> says for them.</param>
    public static IReadOnlyList<SipListener> Read(SectionReader section, string? advertised, byte defaultDscp)
    {
        List<SipListener> listeners = [];
        foreach ((ConfigurationText? text, SectionReader? item) in section.TextsOrSections("listen", "udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"))
        {
            string? host = null;
            ushort port = 0;
            byte dscp = defaultDscp;
            string? network = null;
            ConfigurationText? address = text;
            if (item is not null)
            {
                address = item.RequiredText("address");
                (host, port) = ReadAdvertised(item);
                dscp = (byte)item.Integer("dscp", defaultDscp, 0, 63);
                network = item.OptionalText("network", null)?.Value;
                item.Finish();
            }

            if (address is not { } written)
            {
                continue;
            }

            if (EndpointSyntax.TryParseListener(written.Value, out SipListener listener) is { } error)
            {
                section.Error(written, error);
            }
            else if (listener.Endpoint.Port != 0 && listeners.Any(l => l.Transport == listener.Transport && l.Endpoint == listener.Endpoint))
            {
                section.Error(written, $"\"{written.Value}\" is listed twice");
            }
            else if (listener.Endpoint.Port != 0 && listener.Transport != SipTransportKind.Udp
                && listeners.Any(l => l.Transport != SipTransportKind.Udp && l.Endpoint == listener.Endpoint))
            {
                section.Error(written, $"\"{written.Value}\" has the address of another listener; TCP, TLS and WebSocket need a port each");
            }
            else
            {
                listeners.Add(listener with { AdvertisedHost = host, AdvertisedPort = port, Dscp = dscp, Network = network });
                if (listener.Endpoint.IsUnspecified && advertised is null && host is null)
                {
                    section.Error(written, "listens on every address, so sip.advertised must say which host peers reach this server by");
                }
            }
        }

        if (listeners.Count == 0 && !section.HasError("listen"))
        {
            section.Error("listen", "needs at least one listener, as \"udp://127.0.0.1:5060\"");
        }

        return listeners;
    }

    private static (string? Host, ushort Port) ReadAdvertised(SectionReader item)
    {
        if (item.OptionalText("advertised", null) is not { } text)
        {
            return (null, 0);
        }

        if (EndpointSyntax.TrySplitHostPort(text.Value, 0, out string host, out ushort port) is { } error)
        {
            item.Error(text, error);
        }
        else if (!EndpointSyntax.IsHost(host))
        {
            item.Error(text, $"\"{host}\" is neither a host name nor an IP address (IPv6 in brackets)");
        }

        return (host, port);
    }
}
