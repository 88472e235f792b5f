using System.Collections.Immutable;
using System.Net;
using MediaCore.Engine;
using MediaCore.Transport.Dns;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>sip.dns</c>: who is asked for the addresses of next hops, and how long that may take.</summary>
internal sealed record DnsSettings
{
    private const ushort NameServerPort = 53;

    /// <summary>Name servers in order; none for those of the system.</summary>
    public ImmutableArray<IPEndPoint> Servers { get; init; } = [];

    /// <summary>All questions for one next hop together.</summary>
    public TimeSpan TimeBudget { get; init; } = DnsLimits.TimeBudget;

    /// <summary>One try at one server.</summary>
    public TimeSpan TryTimeout { get; init; } = DnsLimits.TryTimeout;

    /// <summary>Reads the section.</summary>
    public static DnsSettings Read(SectionReader section)
    {
        ImmutableArray<IPEndPoint>.Builder servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (ConfigurationText text in section.Texts("servers"))
        {
            if (!SipServerLocator.TryParseLiteral(HostOf(text.Value), out _) || !IPEndPoint.TryParse(text.Value, out IPEndPoint? server))
            {
                section.Error(text, $"\"{text.Value}\" is not the address of a name server, as \"192.0.2.53\", \"192.0.2.53:5353\" or \"[2001:db8::53]:53\"");
                continue;
            }

            server.Port = server.Port == 0 ? NameServerPort : server.Port;
            servers.Add(server);
        }

        DnsSettings result = new()
        {
            Servers = servers.ToImmutable(),
            TimeBudget = section.Seconds("timeoutSeconds", DnsLimits.TimeBudget, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30)),
            TryTimeout = section.Seconds("tryTimeoutSeconds", DnsLimits.TryTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(10)),
        };
        if (result.TryTimeout > result.TimeBudget)
        {
            section.Error("tryTimeoutSeconds", "must not be above timeoutSeconds, which is for all tries together");
        }

        section.Finish();
        return result;
    }

    /// <summary>The resolver of names, for transports and address families that there are listeners of.</summary>
    public SipNameResolver CreateResolver(IReadOnlyList<SipListener> listeners)
    {
        ImmutableArray<DnsRecordType> families = [.. new[] { (IsIPv6: false, Type: DnsRecordType.A), (IsIPv6: true, Type: DnsRecordType.Aaaa) }
            .Where(family => listeners.Any(l => l.Endpoint.IsIPv6 == family.IsIPv6)).Select(static family => family.Type)];
        ImmutableArray<SipService> services = [.. new[] { (Kind: SipTransportKind.Udp, Service: SipService.Udp), (Kind: SipTransportKind.Tcp, Service: SipService.Tcp), (Kind: SipTransportKind.Tls, Service: SipService.Tls) }
            .Where(transport => listeners.Any(l => l.Transport == transport.Kind)).Select(static transport => transport.Service)];
        return new SipNameResolver(new DnsServerLookup(new DnsServerOptions { Servers = Servers, TryTimeout = TryTimeout }), new SipServerLocator(families, services), budget: TimeBudget);
    }

    private static string HostOf(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > text.LastIndexOf(']') && text.IndexOf(':') is var first && (first == colon || text.StartsWith('['));
        return hasPort ? text[..colon] : text;
    }
}
