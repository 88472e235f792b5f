using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// Keeps passwords from being guessed: counts wrong ones per account and source, per source and per account, and says when no more are looked at. Only
/// credentials over a nonce that was given to the same address count, so nobody can use up the tries of an address that he does not hold; and an address that the
/// account was used from within <see cref="AuthenticationLimits.KnownFor"/> is exempt from what others do, so nobody can lock a phone out from its own place.
/// </summary>
/// <remarks>Thread-safe; two tables of fixed size, about 8 MB. Names that are no accounts are counted like those that are.</remarks>
internal sealed class AuthenticationGuard(SipHashKey key)
{
    private readonly CountTable _failures = new(AuthenticationLimits.TrackedFailures);
    private readonly CountTable _known = new(AuthenticationLimits.TrackedAddresses);
    private long _lastFailure = long.MinValue;

    /// <summary>Whether credentials of this user from this source are looked at.</summary>
    public bool MayTry(ReadOnlySpan<byte> user, in NetworkEndpoint source, Timestamp now)
    {
        long last = Volatile.Read(ref _lastFailure);
        if (last == long.MinValue || now - new Timestamp(last) > AuthenticationLimits.Window)
        {
            return true;
        }

        ulong pair = Hash(1, user, source);
        bool isKnown = _known.Get(pair, now, AuthenticationLimits.KnownFor) > 0;
        int ofPair = _failures.Get(pair, now, AuthenticationLimits.Window);
        if (isKnown)
        {
            return ofPair < AuthenticationLimits.MaxFailuresFromKnownAddress;
        }

        return ofPair < AuthenticationLimits.MaxFailuresPerAccountAndSource
            && _failures.Get(Hash(2, default, source), now, AuthenticationLimits.Window) < AuthenticationLimits.MaxFailuresPerSource
            && _failures.Get(Hash(3, user, default), now, AuthenticationLimits.Window) < AuthenticationLimits.MaxFailuresPerAccount;
    }

    /// <summary>The secret was not proved.</summary>
    public void NoteFailure(ReadOnlySpan<byte> user, in NetworkEndpoint source, Timestamp now)
    {
        Volatile.Write(ref _lastFailure, now.Nanoseconds);
        _failures.Add(Hash(1, user, source), now, AuthenticationLimits.Window);
        _failures.Add(Hash(2, default, source), now, AuthenticationLimits.Window);
        _failures.Add(Hash(3, user, default), now, AuthenticationLimits.Window);
    }

    /// <summary>The secret was proved: from now on the address is one of the account's.</summary>
    public void NoteSuccess(ReadOnlySpan<byte> user, in NetworkEndpoint source, Timestamp now) => _known.Renew(Hash(1, user, source), now);

    private ulong Hash(byte kind, ReadOnlySpan<byte> user, in NetworkEndpoint source)
    {
        // An IPv6 host has a whole /64 to choose from.
        Span<byte> bytes = stackalloc byte[1 + 16 + 256];
        bytes[0] = kind;
        int length = 1;
        if (source.HasAddress)
        {
            int address = source.CopyAddressTo(bytes[1..17]);
            length += address == 16 ? 8 : address;
        }

        user = user[..Math.Min(user.Length, 256)];
        user.CopyTo(bytes[length..]);
        return SipHash24.Hash(bytes[..(length + user.Length)], key.K1, key.K0);
    }

    /// <summary>Counts by keyed hash in a table of fixed size, four places a hash: at the bound the place that says least is taken.</summary>
    private sealed class CountTable(int capacity)
    {
        private const int Ways = 4;
        private const int StripeCount = 64;
        private readonly Entry[] _entries = new Entry[capacity];
        private readonly Lock[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(static _ => new Lock())];

        public int Get(ulong hash, Timestamp now, TimeSpan window)
        {
            int bucket = BucketOf(hash);
            lock (_stripes[bucket % StripeCount])
            {
                ref Entry entry = ref Find(bucket, hash);
                return entry.Hash == hash && now - entry.Since <= window ? entry.Count : 0;
            }
        }

        public void Add(ulong hash, Timestamp now, TimeSpan window)
        {
            int bucket = BucketOf(hash);
            lock (_stripes[bucket % StripeCount])
            {
                ref Entry entry = ref Find(bucket, hash);
                if (entry.Hash == hash && now - entry.Since <= window)
                {
                    entry.Count++;
                }
                else
                {
                    entry = new Entry { Hash = hash, Since = now, Count = 1 };
                }
            }
        }

        public void Renew(ulong hash, Timestamp now)
        {
            int bucket = BucketOf(hash);
            lock (_stripes[bucket % StripeCount])
            {
                Find(bucket, hash) = new Entry { Hash = hash, Since = now, Count = 1 };
            }
        }

        private int BucketOf(ulong hash) => (int)(hash % (ulong)(_entries.Length / Ways));

        /// <summary>The place of a hash, or the one to be given up for it: an empty one, else that with the lowest count, of those the oldest.</summary>
        private ref Entry Find(int bucket, ulong hash)
        {
            Span<Entry> ways = _entries.AsSpan(bucket * Ways, Ways);
            int chosen = 0;
            for (int i = 0; i < Ways; i++)
            {
                if (ways[i].Hash == hash)
                {
                    return ref ways[i];
                }

                if (ways[i].Count < ways[chosen].Count || (ways[i].Count == ways[chosen].Count && ways[i].Since < ways[chosen].Since))
                {
                    chosen = i;
                }
            }

            return ref ways[chosen];
        }

        private struct Entry
        {
            public ulong Hash;
            public Timestamp Since;
            public int Count;
        }
    }
}
