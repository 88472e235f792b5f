using System.Collections.Immutable;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Policies;

/// <summary>
/// The policy of a pure SBC: calls come in from trunks and go out by the first route that matches. Immutable; a reload makes a new one.
/// Plans are made beforehand, so <see cref="Route"/> allocates nothing for exact and prefix patterns. Time is linear in the number of
/// routes before the match, a few nanoseconds each.
/// <para>A source that belongs to no trunk is refused (403 with cause 21), a number without a route is unknown (404 with cause 1).</para>
/// </summary>
public sealed class RouteTable : ICallPolicy
{
    private readonly Entry[] _entries;
    private readonly TrunkNetworks _networks;

    /// <summary>Builds the table; the configuration has been checked (unique names, at least one trunk per route).</summary>
    /// <exception cref="ArgumentException">A route without trunks.</exception>
    public RouteTable(IEnumerable<Trunk> trunks, IEnumerable<RouteRule> routes)
    {
        Trunks = [.. trunks];
        Routes = [.. routes];
        _networks = new TrunkNetworks(Trunks);
        _entries = [.. Routes.Select(MakeEntry)];
    }

    /// <summary>No trunks and no routes: every source is refused.</summary>
    public static RouteTable Empty { get; } = new([], []);

    /// <summary>The trunks as configured.</summary>
    public ImmutableArray<Trunk> Trunks { get; }

    /// <summary>The routes as configured, in order.</summary>
    public ImmutableArray<RouteRule> Routes { get; }

    /// <summary>Next hops of all trunks, for <see cref="SipPeerResolver"/>.</summary>
    public IEnumerable<SipPeer> Peers => Trunks.SelectMany(trunk => trunk.Targets).Distinct();

    /// <inheritdoc/>
    public Trunk? FindTrunk(in NetworkEndpoint source) => _networks.Find(source);

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

        foreach (Entry entry in _entries)
        {
            if (entry.To.IsMatch(request.Called) && (entry.From is null || entry.From.IsMatch(request.Caller)))
            {
                return entry.Plan;
            }
        }

        return RoutePlan.UnknownNumber;
    }

    private static Entry MakeEntry(RouteRule rule)
    {
        if (rule.Trunks.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"Route '{rule.Name}' has no trunks.", nameof(rule));
        }

        var step = new DialStep([.. rule.Trunks.Select(trunk => new TrunkTarget(trunk))], Parallel: false, rule.RingTime);
        return new Entry(rule.To, rule.From, new RoutePlan { Route = rule.Name, Steps = [step] });
    }

    private readonly record struct Entry(NumberPattern To, NumberPattern? From, RoutePlan Plan);
}
