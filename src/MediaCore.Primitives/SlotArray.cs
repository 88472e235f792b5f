using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Primitives;

/// <summary>
/// A shard's sessions by slot number. <see cref="Allocate"/> and <see cref="Free"/> belong to the owning shard's thread;
/// <see cref="TryGet"/> may be called from any thread and is wait-free. The maximum is fixed: 16 bytes per slot, all of them allocated
/// by the constructor, nothing afterwards.
/// </summary>
/// <remarks>
/// A slot's generation rises when it is freed, so a handle from before never finds the slot's next tenant. For a reader on another thread:
/// <see cref="Free"/> publishes the new generation before <see cref="Allocate"/> can publish the next item (release stores, in that
/// order), and the reader loads generation, item, generation (acquire loads, in that order). If it saw the next tenant, its second load
/// sees the new generation, which differs from the handle's, and the reader reports a miss. After 2³² − 1 uses of one slot the
/// generation comes round to 1; a handle would have to be kept for all of them (at 100 calls a second through one slot, 497 days).
/// </remarks>
/// <typeparam name="T">The session type.</typeparam>
public sealed class SlotArray<T>
    where T : class
{
    private const int EndOfList = -1;

    private readonly Entry[] _entries;
    private int _firstFree = EndOfList;
    private int _untouched;
    private int _count;

    /// <summary>Makes room for exactly <paramref name="capacity"/> sessions of <paramref name="shard"/>.</summary>
    public SlotArray(int shard, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)shard, (uint)SessionHandle.MaxShard, nameof(shard));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, SessionHandle.MaxSlot + 1);
        Shard = shard;
        _entries = new Entry[capacity];
    }

    /// <summary>The shard whose number its handles carry.</summary>
    public int Shard { get; }

    /// <summary>The fixed maximum.</summary>
    public int Capacity => _entries.Length;

    /// <summary>Slots in use.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Slots that have ever been used: the range of <see cref="TryGetAt"/> for a walk over all sessions. Owner's thread.</summary>
    public int HighWater => _untouched;

    /// <summary>The session in a slot, whatever its generation. Owner's thread.</summary>
    public bool TryGetAt(int slot, [NotNullWhen(true)] out T? item)
    {
        item = (uint)slot < (uint)_untouched ? _entries[slot].Item : null;
        return item is not null;
    }

    /// <summary>Gives <paramref name="item"/> a slot, or returns <see cref="SessionHandle.None"/> when all are taken. Owner's thread only.</summary>
    public SessionHandle Allocate(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        int slot = _firstFree;
        if (slot != EndOfList)
        {
            _firstFree = _entries[slot].NextFree;
        }
        else if (_untouched < _entries.Length)
        {
            slot = _untouched++;
            _entries[slot].Generation = 1;
        }
        else
        {
            return SessionHandle.None;
        }

        ref Entry entry = ref _entries[slot];
        SessionHandle handle = new(Shard, slot, entry.Generation);
        Volatile.Write(ref entry.Item, item);
        Volatile.Write(ref _count, _count + 1);
        return handle;
    }

    /// <summary>The session that <paramref name="handle"/> was given out for, while it lives. Any thread.</summary>
    public bool TryGet(SessionHandle handle, [NotNullWhen(true)] out T? item)
    {
        item = null;
        if (handle.Shard != Shard || handle.IsNone || handle.Slot >= _entries.Length)
        {
            return false;
        }

        ref Entry entry = ref _entries[handle.Slot];
        if (Volatile.Read(ref entry.Generation) != handle.Generation)
        {
            return false;
        }

        T? found = Volatile.Read(ref entry.Item);
        if (found is null || Volatile.Read(ref entry.Generation) != handle.Generation)
        {
            return false;
        }

        item = found;
        return true;
    }

    /// <summary>Frees the slot if <paramref name="handle"/> still holds it. Owner's thread only.</summary>
    public bool Free(SessionHandle handle)
    {
        if (!TryGet(handle, out _))
        {
            return false;
        }

        ref Entry entry = ref _entries[handle.Slot];
        uint next = entry.Generation + 1;
        Volatile.Write(ref entry.Generation, next == 0 ? 1 : next);
        Volatile.Write(ref entry.Item, null);
        entry.NextFree = _firstFree;
        _firstFree = handle.Slot;
        Volatile.Write(ref _count, _count - 1);
        return true;
    }

    private struct Entry
    {
        public T? Item;
        public uint Generation;
        public int NextFree;
    }
}
