namespace MediaCore.Control.Publishing;

/// <summary>One reader of the events, with a position of its own; used by one task. While there is one, events are made.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly EventHub _hub;
    private IDisposable? _want;

    public EventReader(EventHub hub, IDisposable want, bool wantsRegistrations)
    {
        _hub = hub;
        _want = want;
        WantsRegistrations = wantsRegistrations;
    }

    /// <summary>The position of the next event.</summary>
    public long Position { get; set; }

    /// <summary>Whether it is told of registrations: while no reader is, none is told of.</summary>
    public bool WantsRegistrations { get; }

    /// <summary>Is set when there may be events.</summary>
    public Pulse Pulse { get; } = new();

    /// <summary>The next event. False with <paramref name="missed"/> 0: there is none now. False with more: so many were overrun, and the next read goes on behind them.</summary>
    public bool TryRead(out EventEntry? entry, out long missed)
    {
        if (_hub.Ring.TryRead(Position, out entry, out missed))
        {
            Position++;
            return true;
        }

        Position += missed;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _want, null) is { } want)
        {
            _hub.Remove(this);
            want.Dispose();
        }
    }
}
