using MediaCore.Primitives;

namespace MediaCore.Engine.Defence;

/// <summary>What is counted of a source.</summary>
internal enum RateKind : byte
{
    /// <summary>Its requests.</summary>
    Requests,

    /// <summary>Our answers to those that belong to nobody.</summary>
    Answers,
}

/// <summary>A token bucket: so many at once, one more every interval.</summary>
internal readonly record struct Rate(long IntervalNanoseconds, int Burst)
{
    public static Rate PerSecond(int count, int burst) => new(1_000_000_000L / count, burst);

    public static Rate PerWindow(int count, TimeSpan window) => new(window.Ticks * TimeSpan.NanosecondsPerTick / count, count);
}

/// <summary>
/// Token buckets and strikes by address hash, in a table of fixed size. At the bound the entry whose loss says least makes room: a new address has a fuller bucket
/// than one that is over its limit, so a flood of addresses pushes out its own entries and not the exhausted ones.
/// </summary>
/// <remarks>Thread-safe: striped locks, held for one access. A bucket is one number, the time at which it is full again (GCRA, ITU-T I.371).</remarks>
internal sealed class RateTable
{
    private const int StripeCount = 256;
    private readonly Entry[] _entries;
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(static _ => new Lock())];

    public RateTable(int capacity)
    {
        _entries = new Entry[capacity];
    }

    /// <summary>Takes a token; false when there is none.</summary>
    public bool TryTake(ulong hash, RateKind kind, Rate rate, Timestamp now)
    {
        lock (StripeOf(hash))
        {
            ref Entry entry = ref Find(hash, now);
            ref long fullAt = ref (kind == RateKind.Requests ? ref entry.RequestsFullAt : ref entry.AnswersFullAt);
            long from = Math.Max(fullAt, now.Nanoseconds);
            if (from - now.Nanoseconds > (rate.Burst - 1) * rate.IntervalNanoseconds)
            {
                return false;
            }

            fullAt = from + rate.IntervalNanoseconds;
            return true;
        }
    }

    /// <summary>Whether a token could be taken; makes no entry.</summary>
    public bool HasToken(ulong hash, RateKind kind, Rate rate, Timestamp now)
    {
        lock (StripeOf(hash))
        {
            foreach (ref Entry entry in Places(hash))
            {
                if (entry.Hash == hash)
                {
                    long fullAt = kind == RateKind.Requests ? entry.RequestsFullAt : entry.AnswersFullAt;
                    return Math.Max(fullAt, now.Nanoseconds) - now.Nanoseconds <= (rate.Burst - 1) * rate.IntervalNanoseconds;
                }
            }

            return true;
        }
    }

    /// <summary>Counts strikes; true when they have become enough for a ban, and then they are forgotten.</summary>
    public bool Strike(ulong hash, int strikes, Timestamp now)
    {
        lock (StripeOf(hash))
        {
            ref Entry entry = ref Find(hash, now);
            if (now.Nanoseconds >= entry.StrikesUntil)
            {
                entry.Strikes = 0;
                entry.StrikesUntil = (now + DefenceLimits.StrikeWindow).Nanoseconds;
            }

            entry.Strikes += strikes;
            if (entry.Strikes < DefenceLimits.StrikesToBan)
            {
                return false;
            }

            entry.Strikes = 0;
            return true;
        }
    }

    private ref Entry Find(ulong hash, Timestamp now)
    {
        Span<Entry> places = Places(hash);
        int chosen = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i].Hash == hash)
            {
                return ref places[i];
            }

            if (places[i].Weight(now) < places[chosen].Weight(now))
            {
                chosen = i;
            }
        }

        places[chosen] = new Entry { Hash = hash };
        return ref places[chosen];
    }

    private Span<Entry> Places(ulong hash) =>
        _entries.AsSpan((int)(hash % (ulong)(_entries.Length / DefenceLimits.Ways)) * DefenceLimits.Ways, DefenceLimits.Ways);

    private Lock StripeOf(ulong hash) => _stripes[(int)(hash % (ulong)(_entries.Length / DefenceLimits.Ways)) % StripeCount];

    private struct Entry
    {
        public ulong Hash;
        public long RequestsFullAt;
        public long AnswersFullAt;
        public long StrikesUntil;
        public int Strikes;

        /// <summary>How much would be forgotten with it: the time until its buckets are full, and a second for each strike.</summary>
        public readonly long Weight(Timestamp now)
        {
            long bucket = Math.Max(Math.Max(RequestsFullAt, AnswersFullAt) - now.Nanoseconds, 0);
            return bucket + (StrikesUntil > now.Nanoseconds ? Strikes * 1_000_000_000L : 0);
        }
    }
}
