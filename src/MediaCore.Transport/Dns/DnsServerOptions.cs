using System.Collections.Immutable;
using System.Net;

namespace MediaCore.Transport.Dns;

/// <summary>Which name servers are asked, and how.</summary>
public sealed record DnsServerOptions
{
    /// <summary>Servers in the order to be asked; empty for those of the system (/etc/resolv.conf).</summary>
    public ImmutableArray<IPEndPoint> Servers { get; init; } = [];

    /// <summary>How long one server may take; then the next one is asked, a single one a second time.</summary>
    public TimeSpan TryTimeout { get; init; } = DnsLimits.TryTimeout;

    /// <summary>File with names of this machine and its neighbours, which are not asked for elsewhere; null for none.</summary>
    public string? HostsFile { get; init; } = "/etc/hosts";
}
