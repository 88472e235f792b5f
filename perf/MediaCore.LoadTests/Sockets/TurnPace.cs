using MediaCore.Primitives;

namespace MediaCore.LoadTests.Sockets;

/// <summary>
/// How often a thread wakes up: at once as long as there is little to do, and above a rate only every so often, so that what comes meanwhile shares a turn. A wake-up costs a virtual machine as much as all the datagrams of
/// a call. The leaky bucket of a policer, turned on oneself (ITU-T I.371, generic cell rate algorithm).
/// </summary>
/// <param name="interval">One turn in this time on the average; zero: any number.</param>
/// <param name="burst">Turns that may follow each other at once after a pause.</param>
internal struct TurnPace(TimeSpan interval, int burst)
{
    private readonly TimeSpan _tolerance = interval * burst;
    private Timestamp _expected;

    /// <summary>Takes a turn at <paramref name="now"/>.</summary>
    /// <returns>How long to be still before the next; zero: not at all.</returns>
    public TimeSpan Take(Timestamp now)
    {
        _expected = (_expected > now ? _expected : now) + interval;
        TimeSpan pause = _expected - now - _tolerance;
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }
}
