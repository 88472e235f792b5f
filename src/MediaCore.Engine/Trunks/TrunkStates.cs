using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// The <see cref="TrunkStatus"/> of every trunk by name. One for the whole engine: shards read it without locks, and a reload that makes new
/// <see cref="Trunk"/> objects finds the old status again. Grows only with the names of the configuration.
/// </summary>
public sealed class TrunkStates
{
    private readonly ConcurrentDictionary<string, TrunkStatus> _states = new(StringComparer.Ordinal);

    /// <summary>All, in no order; for listings and metrics.</summary>
    public IEnumerable<TrunkStatus> All => _states.Select(static pair => pair.Value);

    /// <summary>The status of a trunk, made at its first use. Thread-safe; allocates at the first use only.</summary>
    public TrunkStatus Get(Trunk trunk) => Get(trunk.Name);

    /// <summary>The status of the trunk of that name. The name must be one of the configuration, never one that a peer sent.</summary>
    public TrunkStatus Get(string name) => _states.TryGetValue(name, out TrunkStatus? status) ? status : _states.GetOrAdd(name, static n => new TrunkStatus(n));

    /// <summary>
    /// Makes a status for each configured trunk, so that listings and metrics show it before its first call, and forgets those that are no longer
    /// configured and carry no call any more.
    /// </summary>
    public void Keep(IEnumerable<Trunk> configured)
    {
        ImmutableHashSet<string> names = [.. configured.Select(trunk => Get(trunk).Name)];
        foreach (TrunkStatus status in _states.Values)
        {
            if (!names.Contains(status.Name) && status.ActiveCalls == 0)
            {
                _states.TryRemove(status.Name, out _);
            }
        }
    }
}
