namespace MediaCore.Engine.Calls;

/// <summary>How often a leg was on hold, and how long: its peer held us, or a command held it.</summary>
internal struct LegHold
{
    private TimeSpan _before;
    private DateTimeOffset _since;

    /// <summary>Holds that have begun.</summary>
    public int Count { get; private set; }

    /// <summary>Whether one lasts.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Notes whether the leg is on hold now.</summary>
    public void Note(bool isHeld, DateTimeOffset now)
    {
        if (isHeld != IsHeld)
        {
            _before = Until(now);
            (IsHeld, _since) = (isHeld, now);
            Count += isHeld ? 1 : 0;
        }
    }

    /// <summary>How long it was on hold until a moment. The clock may have been set back: no hold is shorter than nothing.</summary>
    public readonly TimeSpan Until(DateTimeOffset end) => IsHeld && end > _since ? _before + (end - _since) : _before;
}
