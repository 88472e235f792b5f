using System.Numerics;
using System.Runtime.CompilerServices;

namespace MediaCore.Transport.Polling;

/// <summary>
/// A bounded queue from many threads to one: how work reaches a shard. Lock-free (the array queue of D. Vyukov with a single consumer); a
/// post is one compare-and-swap, a take none. Neither allocates.
/// <para>
/// Layout: each cell has a sequence number. <c>sequence == position</c>: free for the producer that claims that position;
/// <c>sequence == position + 1</c>: holds an item; the consumer sets it to <c>position + capacity</c>, free for the next lap.
/// </para>
/// <para>
/// Order: a producer writes the item, then the sequence (release); the consumer reads the sequence (acquire), then the item; and the same
/// the other way round for the free cell. Sleeping is Dekker's pattern: the producer writes the sequence, fences, reads <c>_idle</c>; the
/// consumer writes <c>_idle</c>, fences, reads the sequence; so at least one of them sees the other, on x86-64 and on Arm64.
/// </para>
/// <para>Rule for the consumer: take until <see cref="TryTake"/> says false before waiting on the poller; then no post is slept through.</para>
/// </summary>
/// <typeparam name="T">What is posted; copied in and out.</typeparam>
public sealed class Mailbox<T>
    where T : struct
{
    private readonly Cell[] _cells;
    private readonly int _mask;
    private readonly EventPoller? _poller;
    private PaddedLong _tail;
    private PaddedLong _head;
    private int _idle = 1;

    /// <summary>Makes an empty mailbox.</summary>
    /// <param name="capacity">The bound, rounded up to a power of two; 2 to 2^24.</param>
    /// <param name="poller">What the consumer sleeps on; null when it never sleeps.</param>
    public Mailbox(int capacity, EventPoller? poller)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        _cells = new Cell[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _cells.Length - 1;
        _poller = poller;
        for (int i = 0; i < _cells.Length; i++)
        {
            _cells[i].Sequence = i;
        }
    }

    /// <summary>The bound.</summary>
    public int Capacity => _cells.Length;

    /// <summary>About how many items wait; exact when nobody is posting.</summary>
    public int Count => (int)Math.Clamp(Volatile.Read(ref _tail.Value) - Volatile.Read(ref _head.Value), 0, _cells.Length);

    /// <summary>Posts an item. Any thread.</summary>
    /// <returns>False when the mailbox is full: the caller counts it and refuses the work.</returns>
    public bool TryPost(in T item)
    {
        long position = Volatile.Read(ref _tail.Value);
        while (true)
        {
            ref Cell cell = ref _cells[(int)position & _mask];
            long difference = Volatile.Read(ref cell.Sequence) - position;
            if (difference == 0)
            {
                long seen = Interlocked.CompareExchange(ref _tail.Value, position + 1, position);
                if (seen == position)
                {
                    cell.Item = item;
                    Volatile.Write(ref cell.Sequence, position + 1);
                    WakeIfIdle();
                    return true;
                }

                position = seen;
            }
            else if (difference < 0)
            {
                return false;
            }
            else
            {
                position = Volatile.Read(ref _tail.Value);
            }
        }
    }

    /// <summary>Takes the oldest item. The consumer's thread only.</summary>
    /// <returns>False when there is none; from then on a post wakes the poller.</returns>
    public bool TryTake(out T item)
    {
        long position = _head.Value;
        ref Cell cell = ref _cells[(int)position & _mask];
        if (Volatile.Read(ref cell.Sequence) != position + 1 && !IsFilledAfterIdle(ref cell, position))
        {
            item = default;
            return false;
        }

        item = cell.Item;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            cell.Item = default;
        }

        Volatile.Write(ref cell.Sequence, position + _cells.Length);
        Volatile.Write(ref _head.Value, position + 1);
        return true;
    }

    private bool IsFilledAfterIdle(ref Cell cell, long position)
    {
        // Already announced: whoever filled the cell since then has seen it, or will, and wakes the poller.
        if (Volatile.Read(ref _idle) != 0)
        {
            return Volatile.Read(ref cell.Sequence) == position + 1;
        }

        Interlocked.Exchange(ref _idle, 1);
        if (Volatile.Read(ref cell.Sequence) != position + 1)
        {
            return false;
        }

        // Awake after all; taking the announcement back only saves a needless wake-up.
        Volatile.Write(ref _idle, 0);
        return true;
    }

    private void WakeIfIdle()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _idle) != 0 && Interlocked.Exchange(ref _idle, 0) != 0)
        {
            _poller?.Wake();
        }
    }

    private struct Cell
    {
        public long Sequence;
        public T Item;
    }
}
