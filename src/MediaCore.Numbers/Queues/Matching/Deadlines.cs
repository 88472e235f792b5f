namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What is due when. Moving something to a later time costs nothing: it is found at its former time and put back.</summary>
internal sealed class Deadlines
{
    private readonly PriorityQueue<Timed, long> _heap = new();

    /// <summary>When to look next; <see cref="long.MaxValue"/> for never. May be earlier than the next deadline, never later.</summary>
    public long NextMs => _heap.TryPeek(out _, out long due) ? due : long.MaxValue;

    /// <summary>Sets when something is due.</summary>
    public void Set(Timed what, long dueMs)
    {
        what.DueMs = dueMs;
        if (dueMs < what.QueuedMs)
        {
            what.QueuedMs = dueMs;
            _heap.Enqueue(what, dueMs);
        }
    }

    /// <summary>Takes the next thing that is due; null where nothing is.</summary>
    public Timed? Take(long nowMs)
    {
        while (_heap.TryPeek(out Timed? what, out long queued) && queued <= nowMs)
        {
            _heap.Dequeue();
            if (queued != what.QueuedMs)
            {
                continue;
            }

            what.QueuedMs = long.MaxValue;
            if (what.DueMs <= nowMs)
            {
                what.DueMs = long.MaxValue;
                return what;
            }

            if (what.DueMs != long.MaxValue)
            {
                Set(what, what.DueMs);
            }
        }

        return null;
    }
}
