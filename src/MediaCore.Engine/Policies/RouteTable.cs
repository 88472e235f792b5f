using System.Collections.Frozen;
using System.Collections.Immutable;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Policies;

/// <summary>
/// The policy of a pure SBC: calls come in from trunks and go out by the first route that matches. Immutable; a reload makes a new one.
/// Plans are made beforehand, so <see cref="Route"/> allocates nothing. Time is linear in the length of the number: only routes whose
/// prefix it has are looked at, and a rate sheet of a million prefixes is one step per digit (<see cref="RateTrie"/>). Regular
/// expressions cost what they cost, one after the other.
/// <para>A source that belongs to no trunk is refused (403 with cause 21), a number without a route is unknown (404 with cause 1).</para>
/// </summary>
public sealed class RouteTable : ICallPolicy
{
    private readonly RouteEntry[] _entries;
    private readonly RouteIndex _index;
    private readonly TrunkNetworks _networks;
    private readonly FrozenDictionary<string, Trunk> _byHost;
    private readonly FrozenDictionary<string, Trunk> _byName;

    /// <summary>Builds the table; the configuration has been checked (unique names, at least one trunk per route).</summary>
    /// <exception cref="ArgumentException">A route without trunks.</exception>
    public RouteTable(IEnumerable<Trunk> trunks, IEnumerable<RouteRule> routes)
    {
        Trunks = [.. trunks];
        Routes = [.. routes];
        _networks = new TrunkNetworks(Trunks);
        _byHost = Trunks.SelectMany(static t => t.Targets.Select(target => (target.Host, Trunk: t)))
            .DistinctBy(static t => t.Host, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(static t => t.Host, static t => t.Trunk, StringComparer.OrdinalIgnoreCase);
        _byName = Trunks.Where(static t => !t.Targets.IsEmpty).DistinctBy(static t => t.Name, StringComparer.Ordinal).ToFrozenDictionary(static t => t.Name, StringComparer.Ordinal);
        _entries = [.. Routes.Select(static rule => new RouteEntry(rule))];
        _index = new RouteIndex(_entries);
    }

    /// <summary>No trunks and no routes: every source is refused.</summary>
    public static RouteTable Empty { get; } = new([], []);

    /// <summary>The trunks as configured.</summary>
    public ImmutableArray<Trunk> Trunks { get; }

    /// <summary>The routes as configured, in order.</summary>
    public ImmutableArray<RouteRule> Routes { get; }

    /// <summary>Next hops and registrars of all trunks, for <see cref="SipPeerResolver"/>.</summary>
    public IEnumerable<SipPeer> Peers => Trunks.SelectMany(trunk => trunk.Peers).Distinct();

    /// <inheritdoc/>
    public Trunk? FindTrunk(in NetworkEndpoint source) => _networks.Find(source);

    /// <inheritdoc/>
    public Trunk? FindTrunkByHost(string host) => _byHost.GetValueOrDefault(host);

    /// <inheritdoc/>
    public CallerAdmission Admit(in RouteRequest request)
        => request.InboundTrunk is null ? CallerAdmission.Forbid : CallerAdmission.Accept;

    /// <inheritdoc/>
    public RoutePlan Route(in RouteRequest request)
    {
        // Whoever was let in for another reason (a public number, say) has no business on the trunks.
        if (request.InboundTrunk is null && request.Account is null)
        {
            return RoutePlan.Forbidden;
        }

        return _index.Find(request) ?? RoutePlan.UnknownNumber;
    }

    /// <inheritdoc/>
    public Trunk? FindTrunkByName(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public RoutePlan? FindRoute(string name, in RouteRequest request)
    {
        foreach (RouteEntry entry in _entries)
        {
            if (entry.Rule.Name == name)
            {
                return entry.GetPlan(request);
            }
        }

        return null;
    }

    /// <summary>What each route says to a call, down to the first that matches; for people, so it allocates.</summary>
    public IReadOnlyList<(RouteRule Rule, string Verdict)> Explain(in RouteRequest request)
    {
        var verdicts = new List<(RouteRule, string)>();
        foreach (RouteEntry entry in _entries)
        {
            verdicts.Add((entry.Rule, entry.Explain(request)));
            if (entry.Match(request) is not null)
            {
                break;
            }
        }

        return verdicts;
    }
}
