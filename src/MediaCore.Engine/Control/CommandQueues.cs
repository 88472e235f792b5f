namespace MediaCore.Engine.Control;

/// <summary>
/// Commands that wait for a name to be looked up, and behind each what was sent to the same call later: commands of one call are carried out in the order in which they were given. Thread-safe; bounded by
/// <see cref="ControlLimits.MaxLookups"/> and <see cref="ControlLimits.MaxWaitingCommands"/>.
/// </summary>
internal sealed class CommandQueues
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Func<Task>>> _calls = new(StringComparer.Ordinal);
    private int _lookups;

    /// <summary>What became of a command.</summary>
    public enum Entry
    {
        /// <summary>Nothing of its call waits: go on. Where it has to be looked up its call has a queue now, until <see cref="TryTakeNext"/> finds it empty.</summary>
        First,

        /// <summary>It waits for its turn.</summary>
        Queued,

        /// <summary>As many of its call wait as may.</summary>
        CallFull,

        /// <summary>As many names are looked up as may be.</summary>
        LookupsFull,
    }

    /// <summary>Lines a command up.</summary>
    /// <param name="callId">Its call; empty for one that makes a call and so has no order.</param>
    /// <param name="needsLookup">Whether it needs a name.</param>
    /// <param name="turn">What is run when it has its turn, if it has to wait.</param>
    public Entry Enter(string callId, bool needsLookup, Func<Task> turn)
    {
        lock (_gate)
        {
            if (callId.Length > 0 && _calls.TryGetValue(callId, out Queue<Func<Task>>? queue))
            {
                if (queue.Count >= ControlLimits.MaxWaitingCommands)
                {
                    return Entry.CallFull;
                }

                queue.Enqueue(turn);
                return Entry.Queued;
            }

            if (!needsLookup)
            {
                return Entry.First;
            }

            if (_lookups >= ControlLimits.MaxLookups)
            {
                return Entry.LookupsFull;
            }

            _lookups++;
            if (callId.Length > 0)
            {
                _calls.Add(callId, new Queue<Func<Task>>());
            }

            return Entry.First;
        }
    }

    /// <summary>The next command of a call; false, and the queue is gone, when none waits.</summary>
    public bool TryTakeNext(string callId, out Func<Task>? turn)
    {
        lock (_gate)
        {
            turn = null;
            if (_calls.TryGetValue(callId, out Queue<Func<Task>>? queue) && queue.TryDequeue(out turn))
            {
                return true;
            }

            _calls.Remove(callId);
            _lookups--;
            return false;
        }
    }
}
