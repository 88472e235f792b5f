namespace MediaCore.Engine.Control.Events;

/// <summary>
/// Something that has happened to a call. Events of a call are numbered from 1 without a gap as long as somebody wants them (<see cref="ICallEvents.IsWanted"/>), and <see cref="CallEnded"/> is the last. Those that belong to no call have no identifier and no number. Immutable for whoever gets it.
/// </summary>
public abstract record CallEvent
{
    private string _callId = "";
    private long _sequence;
    private DateTimeOffset _at;

    /// <summary>The call, as in records and logs.</summary>
    public string CallId { get => _callId; init => _callId = value; }

    /// <summary>The event's number within its call; 0 for one that came when its call was over (a recording that was saved).</summary>
    public long Sequence { get => _sequence; init => _sequence = value; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get => _at; init => _at = value; }

    /// <summary>The leg that it is about: the call's identifier, a hyphen, the leg's number. Null for the call as a whole.</summary>
    public string? LegId { get; init; }

    /// <summary>Gives it its place, once, before anybody sees it.</summary>
    internal void Stamp(string callId, long sequence, DateTimeOffset at) => (_callId, _sequence, _at) = (callId, sequence, at);
}
