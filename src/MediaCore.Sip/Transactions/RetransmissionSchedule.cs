using MediaCore.Primitives;

namespace MediaCore.Sip.Transactions;

/// <summary>The doubling interval that timers A, E and G and the UAS core's 2xx share. Plain data, 16 bytes.</summary>
internal struct RetransmissionSchedule
{
    private TimeSpan _interval;
    private Timestamp _deadline;

    /// <summary>When to send again; <see cref="Timestamp.Never"/> once stopped. Meaningless before the first start or stop.</summary>
    public readonly Timestamp Deadline => _deadline;

    public void Start(Timestamp now, TimeSpan interval)
    {
        _interval = interval;
        _deadline = now + interval;
    }

    public void Stop() => _deadline = Timestamp.Never;

    /// <summary>Doubles the interval up to <paramref name="longest"/> and sets the next deadline.</summary>
    public void Advance(Timestamp now, TimeSpan longest)
    {
        TimeSpan doubled = _interval + _interval;
        Restart(now, doubled < longest ? doubled : longest);
    }

    /// <summary>Sets the next deadline one <paramref name="interval"/> after the one that has just fired.</summary>
    public void Restart(Timestamp now, TimeSpan interval)
    {
        // Counting from the deadline keeps the RFC's schedule exact however late the timing wheel is; after a stall longer than the
        // interval it would make a burst, so then the count starts anew.
        _interval = interval;
        Timestamp next = _deadline + interval;
        _deadline = next > now ? next : now + interval;
    }
}
