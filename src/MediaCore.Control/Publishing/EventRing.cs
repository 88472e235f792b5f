namespace MediaCore.Control.Publishing;

/// <summary>
/// The last events of the node, each at a position that only grows. Many write, many read, nobody waits: a writer takes the next position, puts its entry there in place of the one a round older, and drops the oldest while they
/// take too much memory. A reader has a position of its own and sees by the entry there whether it was overrun.
/// </summary>
/// <remarks>
/// Order of memory: an entry is complete, position included, before the compare-and-swap that publishes it, which is a full fence; readers load the slot with acquire. A writer that was passed by a whole round while it
/// held a position finds a later entry and drops its own; readers count it as missed. A position that was taken and not written holds readers back for as long as its writer is off the processor, no writer.
/// </remarks>
internal sealed class EventRing
{
    /// <summary>Entries that one append drops at most, so that it takes a bounded time; appends of small entries catch up with a large one.</summary>
    private const int MaxDropsPerAppend = 64;

    private readonly EventEntry?[] _slots;
    private readonly long _maxBytes;
    private long _head;
    private long _tail;
    private long _bytes;

    /// <summary>A ring of so many entries, a power of two, and so much memory.</summary>
    public EventRing(int capacity, long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity & (capacity - 1), 0, nameof(capacity));
        _slots = new EventEntry?[capacity];
        _maxBytes = maxBytes;
    }

    /// <summary>The position of the next entry.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The oldest position that may still be there.</summary>
    public long Tail => Math.Max(Volatile.Read(ref _tail), Head - _slots.Length);

    /// <summary>Memory of the entries, by their own estimate.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Adds an entry.</summary>
    public void Append(EventEntry entry)
    {
        long position = Interlocked.Increment(ref _head) - 1;
        entry.Position = position;
        ref EventEntry? slot = ref _slots[position & (_slots.Length - 1)];
        EventEntry? former = Volatile.Read(ref slot);
        while (true)
        {
            if (former is not null && former.Position > position)
            {
                return;
            }

            EventEntry? found = Interlocked.CompareExchange(ref slot, entry, former);
            if (ReferenceEquals(found, former))
            {
                break;
            }

            former = found;
        }

        Interlocked.Add(ref _bytes, entry.Bytes - (former?.Bytes ?? 0));
        for (int i = 0; i < MaxDropsPerAppend && Bytes > _maxBytes; i++)
        {
            DropOldest(position);
        }
    }

    /// <summary>Forgets all, and leaves a gap that every reader sees: events were not made for a while. Nobody appends meanwhile.</summary>
    public void Clear()
    {
        long head = Interlocked.Increment(ref _head);
        while (Tail < head)
        {
            DropOldest(head);
        }
    }

    /// <summary>The entry at a position. False with <paramref name="missed"/> 0: it has not come yet. False with more: so many are gone from that position on.</summary>
    public bool TryRead(long position, out EventEntry? entry, out long missed)
    {
        entry = null;
        missed = 0;
        if (position >= Head)
        {
            return false;
        }

        EventEntry? found = Volatile.Read(ref _slots[position & (_slots.Length - 1)]);
        if (found?.Position == position)
        {
            entry = found;
            return true;
        }

        // Read after the slot: what took the entry away has moved the tail or the head before.
        long tail = Tail;
        missed = tail > position ? tail - position : found?.Position > position ? 1 : 0;
        return false;
    }

    private void DropOldest(long end)
    {
        long tail = Tail;
        long former = Volatile.Read(ref _tail);
        if (tail >= end || former > tail || Interlocked.CompareExchange(ref _tail, tail + 1, former) != former)
        {
            return;
        }

        ref EventEntry? slot = ref _slots[tail & (_slots.Length - 1)];
        EventEntry? oldest = Volatile.Read(ref slot);
        if (oldest?.Position == tail && ReferenceEquals(Interlocked.CompareExchange(ref slot, null, oldest), oldest))
        {
            Interlocked.Add(ref _bytes, -oldest.Bytes);
        }
    }
}
