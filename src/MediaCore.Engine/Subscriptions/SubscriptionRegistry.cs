using System.Collections.Concurrent;
using System.Collections.Immutable;
using MediaCore.Primitives;

namespace MediaCore.Engine.Subscriptions;

/// <summary>
/// What the shards have to know of each other's subscriptions: how many there are, and which shards watch an account. Without locks; entries are as many as
/// subscriptions at most.
/// </summary>
internal sealed class SubscriptionRegistry
{
    private readonly ConcurrentDictionary<string, int> _byAccount = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<NetworkEndpoint, int> _bySource = new();
    private readonly ConcurrentDictionary<(EventPackage Package, string Account), ImmutableArray<int>> _watches = new();
    private readonly ConcurrentDictionary<(string Account, NetworkEndpoint Phone), int> _told = new();
    private int _dialogWatches;
    private int _total;

    /// <summary>Whether anybody watches calls: what every change of every call asks first.</summary>
    public bool WatchesDialogs => Volatile.Read(ref _dialogWatches) != 0;

    /// <summary>Subscriptions of all shards.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>Entries kept; 0 when there are no subscriptions.</summary>
    public int Held => _byAccount.Count + _bySource.Count + _watches.Count + _told.Count;

    /// <summary>Counts a subscription in; 0, or the status that refuses it.</summary>
    public int TryEnter(string account, in NetworkEndpoint source)
    {
        if (Interlocked.Increment(ref _total) > SubscriptionLimits.MaxSubscriptions)
        {
            Interlocked.Decrement(ref _total);
            return 503;
        }

        int status = !TryAdd(_byAccount, account, SubscriptionLimits.MaxPerAccount) ? 403 : 0;
        if (status == 0 && !TryAdd(_bySource, source.WithPort(0), SubscriptionLimits.MaxPerSource))
        {
            Remove(_byAccount, account);
            status = 503;
        }

        if (status != 0)
        {
            Interlocked.Decrement(ref _total);
        }

        return status;
    }

    /// <summary>A subscription that was counted in is over.</summary>
    public void Leave(string account, in NetworkEndpoint source)
    {
        Interlocked.Decrement(ref _total);
        Remove(_byAccount, account);
        Remove(_bySource, source.WithPort(0));
    }

    /// <summary>A shard has its first subscription to an account's state.</summary>
    public void Watch(EventPackage package, string account, int shard)
    {
        _watches.AddOrUpdate((package, account), static (_, s) => [s], static (_, shards, s) => shards.Contains(s) ? shards : shards.Add(s), shard);
        if (package == EventPackage.Dialog)
        {
            Interlocked.Increment(ref _dialogWatches);
        }
    }

    /// <summary>A shard's last subscription to an account's state is over.</summary>
    public void Unwatch(EventPackage package, string account, int shard)
    {
        (EventPackage, string) key = (package, account);
        while (_watches.TryGetValue(key, out ImmutableArray<int> shards))
        {
            ImmutableArray<int> left = shards.Remove(shard);
            if (left.IsEmpty ? _watches.TryRemove(KeyValuePair.Create(key, shards)) : _watches.TryUpdate(key, left, shards))
            {
                break;
            }
        }

        if (package == EventPackage.Dialog)
        {
            Interlocked.Decrement(ref _dialogWatches);
        }
    }

    /// <summary>The shards that have subscriptions to an account's state.</summary>
    public ImmutableArray<int> GetWatchers(EventPackage package, string account) => _watches.TryGetValue((package, account), out ImmutableArray<int> shards) ? shards : [];

    /// <summary>A phone has a subscription to its account's messages.</summary>
    public void BeginTelling(string account, in NetworkEndpoint phone) => TryAdd(_told, (account, phone), int.MaxValue);

    /// <summary>That is over.</summary>
    public void EndTelling(string account, in NetworkEndpoint phone) => Remove(_told, (account, phone));

    /// <summary>Whether the phone that is at this address has a subscription to its account's messages.</summary>
    public bool IsTold(string account, in NetworkEndpoint phone) => _told.ContainsKey((account, phone));

    /// <summary>Whom to tell that other messages wait for an account: the shards of its subscribers, and one for the phones that have not subscribed where these are told, too.</summary>
    public IEnumerable<(int Shard, SubscriptionItem Item)> OfMessages(string account, MessageNotifications whom, int shards)
    {
        foreach (int shard in GetWatchers(EventPackage.MessageSummary, account))
        {
            yield return (shard, new SubscriptionItem.MessagesChanged(account));
        }

        if (whom == MessageNotifications.Phones)
        {
            yield return ((int)((uint)StringComparer.Ordinal.GetHashCode(account) % (uint)shards), new SubscriptionItem.LampsChanged(account));
        }
    }

    private static bool TryAdd<TKey>(ConcurrentDictionary<TKey, int> counts, TKey key, int max)
        where TKey : notnull
    {
        while (true)
        {
            if (!counts.TryGetValue(key, out int count))
            {
                if (counts.TryAdd(key, 1))
                {
                    return true;
                }
            }
            else if (count >= max)
            {
                return false;
            }
            else if (counts.TryUpdate(key, count + 1, count))
            {
                return true;
            }
        }
    }

    private static void Remove<TKey>(ConcurrentDictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        while (counts.TryGetValue(key, out int count))
        {
            if (count > 1 ? counts.TryUpdate(key, count - 1, count) : counts.TryRemove(KeyValuePair.Create(key, count)))
            {
                return;
            }
        }
    }
}
