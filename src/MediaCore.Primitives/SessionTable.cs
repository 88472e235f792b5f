using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaCore.Primitives;

/// <summary>
/// The one table from dialog and call identifiers to calls, shared by all shards: <see cref="SessionKey"/> → <see cref="SessionHandle"/>.
/// <see cref="TryGet"/> is wait-free from any thread; <see cref="TryAdd"/> and <see cref="TryRemove"/> are lock-free (a thread stopped
/// anywhere blocks nobody) and linearizable. The capacity is fixed; nothing allocates after the constructor. 66 bytes per session.
/// </summary>
/// <remarks>
/// <para><b>Layout.</b> Twice as many entries as sessions, in groups of eight. A key's home is a group; it may lie in the 64 entries from there on,
/// its window. An entry never moves, so there are no tombstones: a freed entry is simply free.</para>
/// <code>
///   entry (32 bytes)                              home (8 bytes, one per group)
///   +----------------------+-------+              +--------------------+-----------+-----------+
///   | version (62 bits)    | state |  meta        | version (48 bits)  | bound (8) | pend. (8) |
///   +----------------------+-------+              +--------------------+-----------+-----------+
///   | key, low                     |              version: one more at every change
///   | key, high                    |              bound:   entries of the window that ever held one of its keys
///   | handle                       |              pend.:   1 + offset of the entry being added, 0 = none
///   +------------------------------+              state:   Free → Claimed → Live → Free, version + 1 when freed
/// </code>
/// <para><b>Adding.</b> (1) Claim a free entry by compare-and-swap and write key and handle; nobody else reads a claimed entry. (2) Read the
/// home; if an addition is pending there, complete it first (that is the help that makes this lock-free). (3) Look for the key; if it is
/// live, give the entry back: Exists. (4) Compare-and-swap the home from what (2) read to "pending: this entry". (5) Complete: entry
/// Claimed → Live, then home to "none pending"; anyone may do either.</para>
/// <para><b>Removing.</b> Find the live entry; if it is still the pending one of its home, complete that; then compare-and-swap its meta to
/// Free with the next version. That is all.</para>
/// <para><b>No key twice.</b> An entry becomes Live only while its home says that it is pending, and the home's version rises with every addition. If (4)
/// succeeds, then from (2) on no key of this home became Live, so a live entry that (3) missed was removed meanwhile or never was.
/// Completing cannot hit a later tenant of the entry: a pending entry cannot be freed before the home is cleared, the helper saw the same
/// home word before and after it read the meta, and it swaps the meta with its version.</para>
/// <para><b>Reading.</b> Load the bound; per entry load meta; if Live, load key and handle, then meta again. If both metas are the same word, the entry was
/// Live with that key and handle all the while, since versions never repeat: the hit is true at that instant. If a key is present throughout
/// a read, then in one entry that does not change (keys do not move), within the bound (raised before the entry was Live): it is found. A key that
/// was removed and added again elsewhere during the read was absent in between, so a miss is true at that instant.</para>
/// <para><b>Memory order.</b> Every load here is an acquire, every store a release, every exchange a full barrier. A claimant's stores of key and
/// handle come after its exchange Free → Claimed, so a reader that loads any of them loads the changed meta afterwards and discards
/// what it has; they come before the home's exchange, hence before Live, so a reader that loads Live loads them whole. On x64 (TSO)
/// loads and stores already keep that order, and only the compiler is restrained. On Arm64 it is ldar/ldapr and stlr; the exchange is casal, or an ldaxr/stlxr loop with a barrier.
/// No step needs a store to be ordered before a later load except across an exchange.</para>
/// <para><b>Wrap-around.</b> Entry versions: 2⁶². Home versions: 2⁴⁸, and to be fooled a thread must stop between (2) and (4) for exactly that many changes of
/// one home (at 10⁷ a second, 325 days). A thread that stops while it adds keeps one entry from others; it blocks nothing.</para>
/// </remarks>
public sealed class SessionTable
{
    /// <summary>
    /// The most sessions that one table can be made for: 4 194 304, which takes 277 MB. A million calls of two legs with two identifiers each;
    /// more than that belong on more nodes.
    /// </summary>
    public const int MaxCapacity = 1 << 22;

    /// <summary>The least: below it the window would wrap onto itself.</summary>
    public const int MinCapacity = 32;

    /// <summary>Entries that a key may lie in, counted from its home. It bounds every search; see ADR 0003 for the fill that it allows.</summary>
    public const int WindowEntries = 64;

    private const int GroupEntries = 8;
    private const ulong StateMask = 3;
    private const ulong Free = 0;
    private const ulong Claimed = 1;
    private const ulong Live = 2;
    private const ulong VersionStep = 4;

    private const int BoundShift = 8;
    private const int HomeVersionShift = 16;

    private readonly Entry[] _entries;
    private readonly ulong[] _homes;
    private readonly Counter _count = new();

    /// <summary>A table for <paramref name="capacity"/> sessions, a power of two.</summary>
    public SessionTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, MinCapacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
        if (!BitOperations.IsPow2(capacity))
        {
            throw new ArgumentException("The capacity is a power of two.", nameof(capacity));
        }

        Capacity = capacity;
        _entries = new Entry[2 * capacity];
        _homes = new ulong[_entries.Length / GroupEntries];
    }

    /// <summary>The bound: so many keys fit, and <see cref="TryAdd"/> answers <see cref="SessionAddResult.Full"/> beyond.</summary>
    public int Capacity { get; }

    /// <summary>Keys in the table, including additions under way.</summary>
    public int Count => Volatile.Read(ref _count.Value);

    /// <summary>Finds the handle of <paramref name="key"/>. Wait-free: at most <see cref="WindowEntries"/> entries are looked at, once each.</summary>
    public bool TryGet(in SessionKey key, out SessionHandle handle) => TryGet<Uninterrupted>(key, out handle);

    /// <summary>Maps <paramref name="key"/> to <paramref name="handle"/> unless the key is there already or there is no room.</summary>
    public SessionAddResult TryAdd(in SessionKey key, SessionHandle handle) => TryAdd<Uninterrupted>(key, handle);

    /// <summary>Removes <paramref name="key"/> if it still maps to <paramref name="handle"/>; false when it does not.</summary>
    public bool TryRemove(in SessionKey key, SessionHandle handle) => TryRemove<Uninterrupted>(key, handle);

    internal bool TryGet<TInterleaving>(in SessionKey key, out SessionHandle handle)
        where TInterleaving : struct, IInterleaving => Find<TInterleaving>(key, out handle, out _) >= 0;

    internal SessionAddResult TryAdd<TInterleaving>(in SessionKey key, SessionHandle handle)
        where TInterleaving : struct, IInterleaving
    {
        if (handle.IsNone)
        {
            throw new ArgumentException("The handle stands for nothing.", nameof(handle));
        }

        if (TryGet<TInterleaving>(key, out _))
        {
            return SessionAddResult.Exists;
        }

        if (Interlocked.Increment(ref _count.Value) > Capacity)
        {
            return GiveUp<TInterleaving>(key);
        }

        int home = HomeOf(key);
        int offset = Claim<TInterleaving>(home, out ulong claimedMeta);
        if (offset < 0)
        {
            return GiveUp<TInterleaving>(key);
        }

        ref Entry entry = ref EntryAt(home, offset);
        TInterleaving.Point();
        Volatile.Write(ref entry.KeyLow, key.Low);
        Volatile.Write(ref entry.KeyHigh, key.High);
        TInterleaving.Point();
        Volatile.Write(ref entry.Handle, handle.Packed);

        while (true)
        {
            ulong word = Volatile.Read(ref _homes[home]);
            if (PendingOf(word) != 0)
            {
                Complete<TInterleaving>(home, word);
                continue;
            }

            if (TryGet<TInterleaving>(key, out _))
            {
                Volatile.Write(ref entry.Meta, FreedFrom(claimedMeta));
                Interlocked.Decrement(ref _count.Value);
                return SessionAddResult.Exists;
            }

            TInterleaving.Point();
            ulong announced = HomeWord(word, Math.Max(BoundOf(word), offset + 1), offset + 1);
            if (Interlocked.CompareExchange(ref _homes[home], announced, word) == word)
            {
                TInterleaving.Point();
                Complete<TInterleaving>(home, announced);
                return SessionAddResult.Added;
            }
        }
    }

    internal bool TryRemove<TInterleaving>(in SessionKey key, SessionHandle handle)
        where TInterleaving : struct, IInterleaving
    {
        int offset = Find<TInterleaving>(key, out SessionHandle found, out ulong meta);
        if (offset < 0 || found != handle)
        {
            return false;
        }

        int home = HomeOf(key);
        TInterleaving.Point();
        ulong word = Volatile.Read(ref _homes[home]);
        if (PendingOf(word) == offset + 1)
        {
            // Whether this call or another one clears it, it is cleared afterwards, and it cannot become pending a second time.
            Complete<TInterleaving>(home, word);
        }

        TInterleaving.Point();

        // If the exchange fails, somebody else removed it, and at that instant the key was absent.
        ref Entry entry = ref EntryAt(home, offset);
        if (Interlocked.CompareExchange(ref entry.Meta, FreedFrom(meta), meta) != meta)
        {
            return false;
        }

        Interlocked.Decrement(ref _count.Value);
        return true;
    }

    /// <summary>The offset of the key's live entry in its window, or −1.</summary>
    private int Find<TInterleaving>(in SessionKey key, out SessionHandle handle, out ulong meta)
        where TInterleaving : struct, IInterleaving
    {
        int home = HomeOf(key);
        int bound = BoundOf(Volatile.Read(ref _homes[home]));
        for (int offset = 0; offset < bound; offset++)
        {
            TInterleaving.Point();
            ref Entry entry = ref EntryAt(home, offset);
            meta = Volatile.Read(ref entry.Meta);
            if ((meta & StateMask) != Live
                || Volatile.Read(ref entry.KeyLow) != key.Low
                || Volatile.Read(ref entry.KeyHigh) != key.High)
            {
                continue;
            }

            TInterleaving.Point();
            ulong packed = Volatile.Read(ref entry.Handle);
            TInterleaving.Point();
            if (Volatile.Read(ref entry.Meta) == meta)
            {
                handle = SessionHandle.FromPacked(packed);
                return offset;
            }
        }

        handle = SessionHandle.None;
        meta = 0;
        return -1;
    }

    /// <summary>Takes a free entry of the window for this thread, or returns −1.</summary>
    private int Claim<TInterleaving>(int home, out ulong claimedMeta)
        where TInterleaving : struct, IInterleaving
    {
        for (int offset = 0; offset < WindowEntries; offset++)
        {
            ref Entry entry = ref EntryAt(home, offset);
            ulong meta = Volatile.Read(ref entry.Meta);
            if ((meta & StateMask) == Free && Interlocked.CompareExchange(ref entry.Meta, meta | Claimed, meta) == meta)
            {
                claimedMeta = meta | Claimed;
                return offset;
            }
        }

        claimedMeta = 0;
        return -1;
    }

    /// <summary>Finishes the addition that <paramref name="word"/> announces, unless the home has moved on.</summary>
    private void Complete<TInterleaving>(int home, ulong word)
        where TInterleaving : struct, IInterleaving
    {
        ref Entry entry = ref EntryAt(home, PendingOf(word) - 1);
        TInterleaving.Point();
        ulong meta = Volatile.Read(ref entry.Meta);
        TInterleaving.Point();
        if (Volatile.Read(ref _homes[home]) != word)
        {
            return;
        }

        TInterleaving.Point();
        if ((meta & StateMask) == Claimed)
        {
            Interlocked.CompareExchange(ref entry.Meta, (meta & ~StateMask) | Live, meta);
        }

        TInterleaving.Point();
        Interlocked.CompareExchange(ref _homes[home], HomeWord(word, BoundOf(word), 0), word);
    }

    private SessionAddResult GiveUp<TInterleaving>(in SessionKey key)
        where TInterleaving : struct, IInterleaving
    {
        Interlocked.Decrement(ref _count.Value);
        return TryGet<TInterleaving>(key, out _) ? SessionAddResult.Exists : SessionAddResult.Full;
    }

    private int HomeOf(in SessionKey key) => (int)key.Low & (_homes.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry EntryAt(int home, int offset) => ref _entries[((home * GroupEntries) + offset) & (_entries.Length - 1)];

    private static ulong FreedFrom(ulong meta) => (meta & ~StateMask) + VersionStep;

    private static int BoundOf(ulong word) => (int)(word >> BoundShift) & 0xff;

    private static int PendingOf(ulong word) => (int)(word & 0xff);

    private static ulong HomeWord(ulong last, int bound, int pending) =>
        (((last >> HomeVersionShift) + 1) << HomeVersionShift) | ((ulong)bound << BoundShift) | (uint)pending;

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Meta;
        public ulong KeyLow;
        public ulong KeyHigh;
        public ulong Handle;
    }

    /// <summary>Alone on its cache lines: writers change it, and readers must not lose the line with the array references for that.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private sealed class Counter
    {
        [FieldOffset(64)]
        public int Value;
    }
}
