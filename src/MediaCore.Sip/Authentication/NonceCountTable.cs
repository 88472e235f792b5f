using System.Runtime.InteropServices;
using MediaCore.Primitives;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// Which counts of which nonces have been used. Only responses that prove a secret get here, so a stranger cannot fill it. Striped locks:
/// registrations come from every shard and a lock is held for one dictionary access.
/// </summary>
internal sealed class NonceCountTable(int maxNonces)
{
    private const int StripeCount = 16;
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe(Math.Max(1, maxNonces / StripeCount)))];

    /// <summary>Uses a count once.</summary>
    /// <returns>Accepted, Replayed, or StaleNonce for a nonce that had to be forgotten.</returns>
    public DigestVerdict Use(UInt128 id, Timestamp issued, uint count) => _stripes[(int)((ulong)id % StripeCount)].Use(id, issued, count);

    private sealed class Stripe(int maxNonces)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<UInt128, Uses> _uses = [];
        private readonly Queue<(UInt128 Id, Timestamp Issued)> _order = [];

        // Nonces issued up to here may have been forgotten, so one that is not in the table must not be taken as new.
        private Timestamp _forgottenThrough = new(long.MinValue);

        public DigestVerdict Use(UInt128 id, Timestamp issued, uint count)
        {
            lock (_gate)
            {
                ref Uses known = ref CollectionsMarshal.GetValueRefOrNullRef(_uses, id);
                if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref known))
                {
                    return known.TryUse(count) ? DigestVerdict.Accepted : DigestVerdict.Replayed;
                }

                if (issued <= _forgottenThrough)
                {
                    return DigestVerdict.StaleNonce;
                }

                if (_order.Count == maxNonces)
                {
                    (UInt128 oldest, Timestamp oldestIssued) = _order.Dequeue();
                    _uses.Remove(oldest);
                    _forgottenThrough = oldestIssued > _forgottenThrough ? oldestIssued : _forgottenThrough;
                    if (issued <= _forgottenThrough)
                    {
                        return DigestVerdict.StaleNonce;
                    }
                }

                Uses first = default;
                first.TryUse(count);
                _uses.Add(id, first);
                _order.Enqueue((id, issued));
                return DigestVerdict.Accepted;
            }
        }
    }

    /// <summary>The highest count seen and a bit for each of the counts up to it in the window.</summary>
    private struct Uses
    {
        private uint _highest;
        private ulong _window;

        public bool TryUse(uint count)
        {
            if (count > _highest)
            {
                uint shift = count - _highest;
                _window = shift >= DigestLimits.NonceCountWindow ? 1 : (_window << (int)shift) | 1;
                _highest = count;
                return true;
            }

            uint behind = _highest - count;
            ulong bit = behind < DigestLimits.NonceCountWindow ? 1UL << (int)behind : 0;
            if (bit == 0 || (_window & bit) != 0)
            {
                return false;
            }

            _window |= bit;
            return true;
        }
    }
}
