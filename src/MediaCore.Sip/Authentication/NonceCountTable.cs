using MediaCore.Primitives;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// Which counts of which nonces have been used. Only responses that prove a secret get here, so a stranger cannot fill it. Striped locks:
/// registrations come from every shard and a lock is held for one look into a bucket.
/// </summary>
/// <remarks>A table of fixed size, 32 bytes a nonce: a nonce lies in one bucket of <see cref="Ways"/>, where the oldest makes room.</remarks>
internal sealed class NonceCountTable
{
    private const int Ways = 8;
    private const int StripeCount = 16;

    private readonly Uses[] _uses;

    // Nonces of a bucket issued up to here may have been forgotten, so one that is not in it must not be taken as new.
    private readonly Timestamp[] _forgottenThrough;
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(static _ => new Lock())];

    public NonceCountTable(int maxNonces)
    {
        int buckets = Math.Max(1, maxNonces / Ways);
        _uses = new Uses[buckets * Ways];
        _forgottenThrough = new Timestamp[buckets];
        Array.Fill(_forgottenThrough, new Timestamp(long.MinValue));
    }

    /// <summary>Uses a count, which is not 0, once. <paramref name="mark"/> is of the request that uses it; 0 for none.</summary>
    /// <returns>Accepted, Repeated, Replayed, or StaleNonce for a nonce that had to be forgotten.</returns>
    public DigestVerdict Use(UInt128 id, uint count, uint mark)
    {
        // The low half is a keyed hash.
        int bucket = (int)((ulong)id % (ulong)_forgottenThrough.Length);
        lock (_stripes[bucket % StripeCount])
        {
            Span<Uses> ways = _uses.AsSpan(bucket * Ways, Ways);
            int chosen = 0;
            for (int i = 0; i < ways.Length; i++)
            {
                if (ways[i].IsInUse && ways[i].Id == id)
                {
                    return ways[i].Use(count, mark);
                }

                if (ways[chosen].IsInUse && (!ways[i].IsInUse || DigestNonce.IssuedAt(ways[i].Id) < DigestNonce.IssuedAt(ways[chosen].Id)))
                {
                    chosen = i;
                }
            }

            Timestamp issued = DigestNonce.IssuedAt(id);
            ref Timestamp forgotten = ref _forgottenThrough[bucket];
            if (ways[chosen].IsInUse && issued > forgotten)
            {
                forgotten = DigestNonce.IssuedAt(ways[chosen].Id) > forgotten ? DigestNonce.IssuedAt(ways[chosen].Id) : forgotten;
            }

            if (issued <= forgotten)
            {
                return DigestVerdict.StaleNonce;
            }

            ways[chosen] = new Uses { Id = id };
            return ways[chosen].Use(count, mark);
        }
    }

    /// <summary>The highest count seen, by which request, and a bit for each of the counts up to it in the window.</summary>
    private struct Uses
    {
        public UInt128 Id;
        private ulong _window;
        private uint _highest;
        private uint _mark;

        public readonly bool IsInUse => _highest != 0;

        public DigestVerdict Use(uint count, uint mark)
        {
            if (count > _highest)
            {
                uint shift = count - _highest;
                _window = shift >= DigestLimits.NonceCountWindow ? 1 : (_window << (int)shift) | 1;
                _highest = count;
                _mark = mark;
                return DigestVerdict.Accepted;
            }

            uint behind = _highest - count;
            ulong bit = behind < DigestLimits.NonceCountWindow ? 1UL << (int)behind : 0;
            if (bit == 0 || (_window & bit) != 0)
            {
                return behind == 0 && mark != 0 && mark == _mark ? DigestVerdict.Repeated : DigestVerdict.Replayed;
            }

            _window |= bit;
            return DigestVerdict.Accepted;
        }
    }
}
