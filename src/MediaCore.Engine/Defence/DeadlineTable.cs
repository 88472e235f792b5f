using MediaCore.Primitives;

namespace MediaCore.Engine.Defence;

/// <summary>
/// Address hashes, each good until a time; a fixed number of places, of which a hash has <see cref="DefenceLimits.Ways"/>. What is still good is never
/// given up for another, so nobody can push out an entry by making others. Reading takes no lock.
/// </summary>
internal sealed class DeadlineTable
{
    private const int StripeCount = 64;
    private readonly Entry[] _entries;
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(static _ => new Lock())];
    private long _latest = long.MinValue;

    public DeadlineTable(int capacity)
    {
        _entries = new Entry[capacity];
    }

    /// <summary>Whether the hash is in it and good.</summary>
    public bool Contains(ulong hash, Timestamp now)
    {
        if (Volatile.Read(ref _latest) <= now.Nanoseconds)
        {
            return false;
        }

        foreach (ref Entry entry in Places(hash))
        {
            // The writer clears the time before it changes the hash: a time read between two sights of the same hash is that hash's.
            if (Volatile.Read(ref entry.Hash) == hash && Volatile.Read(ref entry.Until) > now.Nanoseconds && Volatile.Read(ref entry.Hash) == hash)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts it in, or lengthens its time; false when all its places are taken by others that are good.</summary>
    public bool TryAdd(ulong hash, Timestamp until, Timestamp now)
    {
        Span<Entry> places = Places(hash);
        lock (StripeOf(hash))
        {
            int free = -1;
            for (int i = 0; i < places.Length; i++)
            {
                if (places[i].Hash == hash)
                {
                    if (places[i].Until < until.Nanoseconds)
                    {
                        Volatile.Write(ref places[i].Until, until.Nanoseconds);
                        Note(until);
                    }

                    return true;
                }

                if (free < 0 && places[i].Until <= now.Nanoseconds)
                {
                    free = i;
                }
            }

            if (free < 0)
            {
                return false;
            }

            Volatile.Write(ref places[free].Until, long.MinValue);
            Volatile.Write(ref places[free].Hash, hash);
            Volatile.Write(ref places[free].Until, until.Nanoseconds);
            Note(until);
            return true;
        }
    }

    /// <summary>Takes it out.</summary>
    public void Remove(ulong hash)
    {
        Span<Entry> places = Places(hash);
        lock (StripeOf(hash))
        {
            foreach (ref Entry entry in places)
            {
                if (entry.Hash == hash)
                {
                    Volatile.Write(ref entry.Until, long.MinValue);
                }
            }
        }
    }

    /// <summary>How many are good; looks at every place, for metrics.</summary>
    public int Count(Timestamp now)
    {
        int count = 0;
        if (Volatile.Read(ref _latest) > now.Nanoseconds)
        {
            foreach (ref Entry entry in _entries.AsSpan())
            {
                count += Volatile.Read(ref entry.Until) > now.Nanoseconds && entry.Hash != 0 ? 1 : 0;
            }
        }

        return count;
    }

    private void Note(Timestamp until)
    {
        long seen = Volatile.Read(ref _latest);
        while (seen < until.Nanoseconds)
        {
            long found = Interlocked.CompareExchange(ref _latest, until.Nanoseconds, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private Span<Entry> Places(ulong hash) =>
        _entries.AsSpan((int)(hash % (ulong)(_entries.Length / DefenceLimits.Ways)) * DefenceLimits.Ways, DefenceLimits.Ways);

    private Lock StripeOf(ulong hash) => _stripes[(int)(hash % (ulong)(_entries.Length / DefenceLimits.Ways)) % StripeCount];

    private struct Entry
    {
        public ulong Hash;
        public long Until;
    }
}
