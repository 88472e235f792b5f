using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// Numbers and a value of 32 bits each, immutable: one array of entries of 12 bytes, filled to three quarters by linear probing, so 16 bytes a number and mostly
/// one line of the processor's cache a look-up. Thread-safe once it is made; a look-up allocates nothing.
/// </summary>
/// <remarks>
/// The place is the upper half of the product of the mixed key and the length of the array, which needs no power of two (a table of ten million would take
/// half as much again). Whoever chooses numbers does not choose places: the key is mixed with a secret of the process.
/// </remarks>
public sealed class NumberTable
{
    private static readonly ulong Secret = MakeSecret();
    private readonly Entry[] _entries;

    private NumberTable(Entry[] entries, int count)
    {
        _entries = entries;
        Count = count;
    }

    /// <summary>A table without numbers.</summary>
    public static NumberTable Empty { get; } = new(new Entry[1], 0);

    /// <summary>Numbers in it.</summary>
    public int Count { get; }

    /// <summary>Memory of the entries, bytes.</summary>
    public long Bytes => (long)_entries.Length * Unsafe.SizeOf<Entry>();

    /// <summary>Makes a table. Where a key comes twice the later value holds.</summary>
    /// <param name="capacity">How many numbers there are, or a few more.</param>
    /// <param name="numbers">Keys (<see cref="NumberKey"/>, not 0) and values.</param>
    public static NumberTable Build(int capacity, IEnumerable<KeyValuePair<ulong, int>> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        var builder = new Builder(capacity);
        foreach ((ulong key, int value) in numbers)
        {
            builder.Set(key, value);
        }

        return builder.Build();
    }

    /// <summary>Looks a number up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(ulong key, out int value)
    {
        Entry[] entries = _entries;
        uint at = PlaceOf(key, entries.Length);
        while (true)
        {
            ref Entry entry = ref entries[at];
            if (entry.Key == key)
            {
                value = entry.Value;
                return key != 0;
            }

            if (entry.Key == 0)
            {
                value = 0;
                return false;
            }

            at = at + 1 == (uint)entries.Length ? 0 : at + 1;
        }
    }

    /// <summary>All numbers, in no order.</summary>
    public IEnumerable<KeyValuePair<ulong, int>> Enumerate()
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Key != 0)
            {
                yield return new(entry.Key, entry.Value);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint PlaceOf(ulong key, int length)
    {
        ulong mixed = (key ^ Secret) * 0x9E37_79B9_7F4A_7C15;
        mixed ^= mixed >> 32;
        mixed *= 0xD6E8_FEB8_6659_FD93;
        return (uint)Math.BigMul(mixed, (ulong)length, out _);
    }

    private static ulong MakeSecret()
    {
        Span<byte> bytes = stackalloc byte[8];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return MemoryMarshal.Read<ulong>(bytes);
    }

    /// <summary>Takes numbers in, growing as needed, and becomes a table once.</summary>
    public sealed class Builder
    {
        private Entry[] _entries;
        private int _count;

        /// <summary>Begins a table of about so many numbers.</summary>
        public Builder(int capacity) => _entries = new Entry[LengthFor(capacity)];

        /// <summary>Numbers so far.</summary>
        public int Count => _count;

        /// <summary>Sets a number's value.</summary>
        /// <param name="key">Not 0.</param>
        /// <param name="value">Any.</param>
        public void Set(ulong key, int value)
        {
            ArgumentOutOfRangeException.ThrowIfZero(key);
            if (_count >= _entries.Length - _entries.Length / 4 - 1)
            {
                Grow();
            }

            if (Put(_entries, key, value))
            {
                _count++;
            }
        }

        /// <summary>The table; the builder is empty afterwards.</summary>
        public NumberTable Build()
        {
            var table = new NumberTable(_entries, _count);
            _entries = new Entry[LengthFor(0)];
            _count = 0;
            return table;
        }

        private void Grow()
        {
            var larger = new Entry[LengthFor(checked(_count * 2))];
            foreach (Entry entry in _entries)
            {
                if (entry.Key != 0)
                {
                    Put(larger, entry.Key, entry.Value);
                }
            }

            _entries = larger;
        }

        private static bool Put(Entry[] entries, ulong key, int value)
        {
            uint at = PlaceOf(key, entries.Length);
            while (entries[at].Key != 0 && entries[at].Key != key)
            {
                at = at + 1 == (uint)entries.Length ? 0 : at + 1;
            }

            bool isNew = entries[at].Key == 0;
            entries[at].Key = key;
            entries[at].Value = value;
            return isNew;
        }

        // Three quarters full when all are in, and at least one place is always empty: that is where a look-up ends.
        private static int LengthFor(int count) => (int)Math.Min(Array.MaxLength, (long)count * 4 / 3 + 8);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Entry
    {
        internal ulong Key;
        internal int Value;
    }
}
