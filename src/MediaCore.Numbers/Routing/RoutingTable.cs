using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// Where the calls to all numbers go, as of one moment: immutable, shared by all shards, swapped whole. Most numbers stand in one large table; those that changed
/// since it was made in a small one that is looked at first, so that a change among millions costs what changed. A look-up allocates nothing.
/// </summary>
public sealed class RoutingTable
{
    /// <summary>Value of a number in the small table that is no longer routed.</summary>
    internal const int Gone = -1;

    private readonly NumberTable _all;
    private readonly NumberTable _changed;
    private readonly NumberRoute[] _routes;

    internal RoutingTable(NumberTable all, NumberTable changed, NumberRoute[] routes, long version, int count)
    {
        _all = all;
        _changed = changed;
        _routes = routes;
        Version = version;
        Count = count;
    }

    /// <summary>A table without numbers.</summary>
    public static RoutingTable Empty { get; } = new(NumberTable.Empty, NumberTable.Empty, [], 0, 0);

    /// <summary>The audit's number that it has everything up to.</summary>
    public long Version { get; }

    /// <summary>The audit's number of the last change of an account or a tenant: who may register is what it was as long as this is.</summary>
    public long AccountsSeq { get; internal init; }

    /// <summary>Numbers that somebody has.</summary>
    public int Count { get; }

    /// <summary>Different things that numbers lead to.</summary>
    public int RouteCount => _routes.Length;

    /// <summary>Memory of the tables, bytes.</summary>
    public long Bytes => _all.Bytes + _changed.Bytes;

    /// <summary>Finds where calls to a number go; false for a number that nobody has.</summary>
    /// <param name="key">The number, <see cref="NumberKey"/>.</param>
    /// <param name="route">Where they go.</param>
    public bool TryFind(ulong key, [NotNullWhen(true)] out NumberRoute? route)
    {
        int value;
        if ((_changed.Count > 0 && _changed.TryGet(key, out value)) || _all.TryGet(key, out value))
        {
            route = value == Gone ? null : _routes[value];
            return value != Gone;
        }

        route = null;
        return false;
    }

    /// <summary>Finds where calls to a number go by its text, as <see cref="Model.VirtualNumber.Number"/> has it.</summary>
    public bool TryFind(ReadOnlySpan<char> number, [NotNullWhen(true)] out NumberRoute? route)
    {
        route = null;
        return NumberKey.TryParse(number, out ulong key) && TryFind(key, out route);
    }
}
