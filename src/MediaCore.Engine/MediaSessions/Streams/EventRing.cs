namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>A queue of fixed size between one writing and one reading thread that refuses what does not fit. No locks: each side owns one index and publishes it after the item.</summary>
internal sealed class EventRing<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private long _head;
    private long _tail;

    /// <summary>Items waiting, as far as the calling side can know.</summary>
    public int Count => (int)(Volatile.Read(ref _tail) - Volatile.Read(ref _head));

    /// <summary>Appends an item; false when there is no room. The writer's thread.</summary>
    public bool TryWrite(in T item)
    {
        if (_tail - Volatile.Read(ref _head) == _items.Length)
        {
            return false;
        }

        _items[_tail % _items.Length] = item;
        Volatile.Write(ref _tail, _tail + 1);
        return true;
    }

    /// <summary>Looks at the oldest item without taking it; false when there is none. The reader's thread.</summary>
    public bool TryPeek(out T item)
    {
        bool any = Volatile.Read(ref _tail) != _head;
        item = any ? _items[_head % _items.Length] : default!;
        return any;
    }

    /// <summary>Takes the oldest item; false when there is none. The reader's thread.</summary>
    public bool TryRead(out T item)
    {
        if (!TryPeek(out item))
        {
            return false;
        }

        _items[_head % _items.Length] = default!;
        Volatile.Write(ref _head, _head + 1);
        return true;
    }
}
