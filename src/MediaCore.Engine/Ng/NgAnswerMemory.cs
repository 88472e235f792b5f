using MediaCore.Primitives;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Answers by cookie and asker: a request that comes again while it is under way is dropped, and later, for <see cref="NgLimits.AnswerMemory"/>, gets the same answer without being carried
/// out again. Bounded in number and bytes: beyond it the oldest are forgotten first. Owned by the server's thread.
/// </summary>
internal sealed class NgAnswerMemory
{
    private readonly Dictionary<(string Cookie, NetworkEndpoint Source), Entry> _entries = [];
    private readonly Queue<((string Cookie, NetworkEndpoint Source) Key, Entry Entry)> _order = new();

    /// <summary>Requests remembered, answered or not.</summary>
    public int Count => _entries.Count;

    /// <summary>Bytes of the answers.</summary>
    public long Bytes { get; private set; }

    /// <summary>Notes a request; false when it has come before, with its answer if there is one.</summary>
    public bool TryBegin(string cookie, in NetworkEndpoint source, Timestamp now, out byte[]? answer)
    {
        Forget(now);
        (string, NetworkEndpoint) key = (cookie, source);
        if (_entries.TryGetValue(key, out Entry? known))
        {
            answer = known.Answer;
            return false;
        }

        answer = null;
        Entry entry = new(now + NgLimits.AnswerMemory);
        _entries.Add(key, entry);
        _order.Enqueue((key, entry));
        return true;
    }

    /// <summary>The answer is there.</summary>
    public void Complete(string cookie, in NetworkEndpoint source, byte[] answer)
    {
        if (_entries.TryGetValue((cookie, source), out Entry? entry) && entry.Answer is null)
        {
            entry.Answer = answer;
            Bytes += answer.Length;
        }
    }

    /// <summary>A request that was not taken after all: it is new when it comes again.</summary>
    public void Cancel(string cookie, in NetworkEndpoint source) => _entries.Remove((cookie, source));

    private void Forget(Timestamp now)
    {
        while (_order.TryPeek(out var oldest) && (oldest.Entry.Until <= now || _order.Count >= NgLimits.MaxRememberedAnswers || Bytes > NgLimits.MaxRememberedBytes))
        {
            _order.Dequeue();
            Bytes -= oldest.Entry.Answer?.Length ?? 0;
            if (_entries.TryGetValue(oldest.Key, out Entry? entry) && ReferenceEquals(entry, oldest.Entry))
            {
                _entries.Remove(oldest.Key);
            }
        }
    }

    private sealed class Entry(Timestamp until)
    {
        public Timestamp Until { get; } = until;

        public byte[]? Answer { get; set; }
    }
}
