using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MediaCore.Engine.Control.Events;
using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// The location service of RFC 3261 §10: account → its contacts. Shared by all shards: a list is immutable and replaced by compare-and-swap,
/// so a reader takes no lock and allocates nothing. Bounded by the number of accounts (only authenticated ones register) times the contacts per account.
/// </summary>
internal sealed class LocationService
{
    private readonly ConcurrentDictionary<string, AccountBindings> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<AccountBindings> _changed = new();
    private IEnumerator<KeyValuePair<string, AccountBindings>>? _sweep;
    private Timestamp _sweepFrom;

    /// <summary>Set where changes are to be written down: then each account that changes stands once in the queue that <see cref="TryTakeChanged"/> empties.</summary>
    public bool TracksChanges { get; set; }

    /// <summary>Accounts held, those without contacts included until the sweep has come by.</summary>
    public int AccountCount => _accounts.Count;

    /// <summary>
    /// The contacts that calls can reach, best first: what has expired or whose outbound flow is gone is left out, and of several flows or
    /// addresses of one instance only the newest is there, since it is one phone that would ring twice (RFC 5626 §7).
    /// </summary>
    public ImmutableArray<Binding> Get(string account, Timestamp now)
    {
        Binding[] stored = GetStored(account);
        if (stored.Length == 0)
        {
            return [];
        }

        Binding[] live = AccountBindings.WithoutDead(stored, now);
        return ImmutableCollectionsMarshal.AsImmutableArray(HasRepeatedInstance(live) ? WithoutRepeatedInstances(live) : live);
    }

    /// <summary>The stored list, expired contacts included.</summary>
    public Binding[] GetStored(string account) => _accounts.TryGetValue(account, out AccountBindings? entry) && entry.Stored is [not null, ..] stored ? stored : [];

    /// <summary>The account's entry, to read and change.</summary>
    public AccountBindings GetEntry(string account)
    {
        while (true)
        {
            if (_accounts.TryGetValue(account, out AccountBindings? entry))
            {
                if (!entry.IsRetired)
                {
                    return entry;
                }

                _accounts.TryRemove(new KeyValuePair<string, AccountBindings>(account, entry));
            }

            entry = new AccountBindings(account);
            if (_accounts.TryAdd(account, entry))
            {
                return entry;
            }
        }
    }

    /// <summary>Removes one binding, whose flow turned out to be dead (RFC 5626 §7).</summary>
    public void Remove(string account, Binding binding, RegistrationNews news)
    {
        if (!_accounts.TryGetValue(account, out AccountBindings? entry))
        {
            return;
        }

        while (true)
        {
            Binding[] seen = entry.Stored;
            if (entry.IsRetired || Array.IndexOf(seen, binding) < 0)
            {
                return;
            }

            Binding[] left = Array.FindAll(seen, b => !ReferenceEquals(b, binding));
            if (entry.TryReplace(seen, left))
            {
                NoteChange(entry);
                news.Tell(entry, seen, reason: RegistrationReason.FlowLost);
                return;
            }
        }
    }

    /// <summary>Remembers that an account's contacts have changed.</summary>
    public void NoteChange(AccountBindings entry)
    {
        if (TracksChanges && entry.MarkDirty())
        {
            _changed.Enqueue(entry);
        }
    }

    /// <summary>The next account that has changed; what changes after this call makes it stand in the queue again.</summary>
    public bool TryTakeChanged([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AccountBindings? entry)
    {
        if (!_changed.TryDequeue(out entry))
        {
            return false;
        }

        entry.TakeDirty();
        return true;
    }

    /// <summary>
    /// Drops what has expired, some accounts at a time; called now and then by one thread. A pass begins anew when the last one is through and
    /// <paramref name="pause"/> is over.
    /// </summary>
    public void Sweep(Timestamp now, TimeSpan pause, RegistrationNews? news = null)
    {
        if (_sweep is null)
        {
            if (now < _sweepFrom)
            {
                return;
            }

            _sweep = _accounts.GetEnumerator();
            _sweepFrom = now + pause;
        }

        for (int i = 0; i < RegistrarLimits.SweptAccountsPerStep; i++)
        {
            if (!_sweep.MoveNext())
            {
                _sweep.Dispose();
                _sweep = null;
                return;
            }

            Sweep(_sweep.Current.Value, now, news);
        }
    }

    /// <summary>The accounts, one after the other and without a copy of them all; what changes meanwhile may be seen or not.</summary>
    public IEnumerable<AccountBindings> Walk()
    {
        foreach (KeyValuePair<string, AccountBindings> entry in _accounts)
        {
            yield return entry.Value;
        }
    }

    /// <summary>All accounts with contacts, for listings.</summary>
    public IEnumerable<AccountBindings> All => _accounts.Values.Where(static e => !e.IsRetired);

    private void Sweep(AccountBindings entry, Timestamp now, RegistrationNews? news)
    {
        Binding[] seen = entry.Stored;
        if (entry.IsRetired)
        {
            return;
        }

        Binding[] left = AccountBindings.WithoutDead(seen, now);
        if (left.Length == 0 && (seen.Length == 0 ? entry.Untold == 0 : news is not { IsWanted: true }))
        {
            if (entry.TryRetire(seen))
            {
                _accounts.TryRemove(new KeyValuePair<string, AccountBindings>(entry.Account, entry));
            }
        }
        else if (left.Length != seen.Length && entry.TryReplace(seen, left))
        {
            // An entry that others are told of stays until the next pass, so that nobody can begin another for the account while this one is being told.
            news?.Tell(entry, seen, reason: RegistrationNews.GetReason(seen.AsSpan(), now));
        }
    }

    private static bool HasRepeatedInstance(ReadOnlySpan<Binding> bindings)
    {
        for (int i = 1; i < bindings.Length; i++)
        {
            if (IsRepeated(bindings, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRepeated(ReadOnlySpan<Binding> bindings, int index)
    {
        ReadOnlySpan<byte> instance = bindings[index].Instance;
        if (!instance.IsEmpty)
        {
            for (int i = 0; i < index; i++)
            {
                if (bindings[i].Instance.SequenceEqual(instance))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static Binding[] WithoutRepeatedInstances(Binding[] bindings)
    {
        var once = new List<Binding>(bindings.Length);
        for (int i = 0; i < bindings.Length; i++)
        {
            if (!IsRepeated(bindings, i))
            {
                once.Add(bindings[i]);
            }
        }

        return [.. once];
    }
}
