using System.Text;
using MediaCore.Engine.Registrar;
using MediaCore.Primitives;

namespace MediaCore.Engine.Questions;

/// <summary>What a control plane has said of accounts, refusals too. Shared by all shards; at <see cref="QuestionLimits.MaxRememberedAccounts"/> the oldest answers go.</summary>
/// <remarks>Thread-safe: a lock per stripe, held for one look at a table. Only names that the server does not know get here.</remarks>
internal sealed class AccountCache
{
    private const int StripeCount = 16;
    private readonly Stripe[] _stripes;

    public AccountCache(int capacity = QuestionLimits.MaxRememberedAccounts) => _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe(Math.Max(1, capacity / StripeCount)))];

    /// <summary>What is remembered of a name: true with the account, or with null for a refused one; false when it is to be asked for.</summary>
    /// <param name="name">The name.</param>
    /// <param name="now">The time.</param>
    /// <param name="account">The account; null where the name was refused.</param>
    /// <param name="since">When that was said.</param>
    public bool TryGet(ReadOnlySpan<byte> name, Timestamp now, out Account? account, out Timestamp since)
    {
        Span<char> text = stackalloc char[256];
        account = null;
        since = default;
        return Encoding.UTF8.TryGetChars(name, text, out int length) && StripeOf(text[..length]).TryGet(text[..length], now, out account, out since);
    }

    /// <summary>Remembers an answer.</summary>
    public void Set(string name, Account? account, Timestamp now, TimeSpan goodFor)
    {
        if (goodFor > TimeSpan.Zero)
        {
            StripeOf(name).Set(name, new Entry(account, now, now + goodFor));
        }
    }

    private Stripe StripeOf(ReadOnlySpan<char> name) => _stripes[(uint)string.GetHashCode(name, StringComparison.Ordinal) % StripeCount];

    private readonly record struct Entry(Account? Account, Timestamp Since, Timestamp Until);

    private sealed class Stripe(int capacity)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
        private readonly Queue<(string Name, Timestamp Since)> _order = new();

        public bool TryGet(ReadOnlySpan<char> name, Timestamp now, out Account? account, out Timestamp since)
        {
            lock (_lock)
            {
                bool isKnown = _entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out Entry entry) && now < entry.Until;
                (account, since) = isKnown ? (entry.Account, entry.Since) : default;
                return isKnown;
            }
        }

        public void Set(string name, Entry entry)
        {
            lock (_lock)
            {
                // A name that was said again stands in the order twice; its first place says nothing any more.
                _entries[name] = entry;
                _order.Enqueue((name, entry.Since));
                while (_entries.Count > capacity || _order.Count > 2 * capacity)
                {
                    (string oldest, Timestamp since) = _order.Dequeue();
                    if (_entries.TryGetValue(oldest, out Entry known) && known.Since == since)
                    {
                        _entries.Remove(oldest);
                    }
                }
            }
        }
    }
}
