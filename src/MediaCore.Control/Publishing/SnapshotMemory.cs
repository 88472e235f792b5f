namespace MediaCore.Control.Publishing;

/// <summary>
/// What joins a snapshot and the events around it: the calls that were told with the number of their last event, and until which position events may be part of that. An event that is is not news. Reading began before the
/// snapshot was taken, so nothing is lost; what is in both is dropped here, so nothing is doubled.
/// </summary>
internal sealed class SnapshotMemory
{
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);
    private long _end = -1;

    /// <summary>A call was told.</summary>
    public void Add(string callId, long sequence) => _told[callId] = sequence;

    /// <summary>All were told; events from that position on are news.</summary>
    public void End(long position) => _end = position;

    /// <summary>Whether an event is part of what was told.</summary>
    public bool IsKnown(EventEntry entry)
    {
        if (_told.Count == 0)
        {
            return false;
        }

        if (_end >= 0 && entry.Position >= _end)
        {
            _told.Clear();
            return false;
        }

        return _told.TryGetValue(entry.Event.CallId, out long sequence) && entry.Event.Sequence != 0 && entry.Event.Sequence <= sequence;
    }
}
