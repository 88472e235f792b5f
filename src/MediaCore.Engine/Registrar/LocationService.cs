using System.Collections.Concurrent;
using System.Collections.Immutable;
using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// The location service of RFC 3261 §10: account → its contacts. Shared by all shards: a list is immutable and replaced by compare-and-swap,
/// so a reader takes no lock. Bounded by the number of accounts (only authenticated ones register) times the contacts per account.
/// </summary>
internal sealed class LocationService
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Binding>> _bindings = new(StringComparer.Ordinal);

    /// <summary>The contacts that have not expired, the newest first.</summary>
    public ImmutableArray<Binding> Get(string account, Timestamp now)
    {
        if (!_bindings.TryGetValue(account, out ImmutableArray<Binding> bindings))
        {
            return [];
        }

        foreach (Binding binding in bindings)
        {
            if (binding.ExpiresAt <= now)
            {
                return bindings.RemoveAll(b => b.ExpiresAt <= now);
            }
        }

        return bindings;
    }

    /// <summary>Replaces the list that <paramref name="seen"/> was; false when another shard changed it meanwhile.</summary>
    public bool TryReplace(string account, ImmutableArray<Binding> seen, ImmutableArray<Binding> next)
    {
        if (seen.IsEmpty && _bindings.TryAdd(account, next))
        {
            return true;
        }

        return _bindings.TryGetValue(account, out ImmutableArray<Binding> current)
            && (current == seen || current.SequenceEqual(seen))
            && _bindings.TryUpdate(account, next, current);
    }

    /// <summary>The stored list, expired contacts included.</summary>
    public ImmutableArray<Binding> GetStored(string account) => _bindings.GetValueOrDefault(account, []);

    /// <summary>Drops what has expired; called now and then by one shard.</summary>
    public void Sweep(Timestamp now)
    {
        foreach ((string account, ImmutableArray<Binding> bindings) in _bindings)
        {
            ImmutableArray<Binding> left = bindings.RemoveAll(b => b.ExpiresAt <= now);
            if (left.IsEmpty)
            {
                _bindings.TryRemove(new KeyValuePair<string, ImmutableArray<Binding>>(account, bindings));
            }
            else if (left.Length != bindings.Length)
            {
                _bindings.TryUpdate(account, left, bindings);
            }
        }
    }

    /// <summary>All accounts with contacts, for listings.</summary>
    public IEnumerable<KeyValuePair<string, ImmutableArray<Binding>>> All => _bindings;
}
