using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// A token bucket that any number of shards share without a lock: one number, the time at which the bucket would be full again (the virtual scheduling
/// form of the generic cell rate algorithm, ITU-T I.371 Annex A). Exact: in any stretch of time t at most burst + rate·t are let through.
/// </summary>
internal struct RateGate
{
    // Time at which the bucket is full; the past when it is.
    private long _fullAt;

    /// <summary>Takes a token; false when there is none.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="perSecond">Tokens per second, above 0.</param>
    /// <param name="burst">Tokens that the bucket holds, at least 1.</param>
    public bool TryTake(Timestamp now, double perSecond, int burst)
    {
        long interval = Math.Max(1, (long)Math.Ceiling(1e9 / perSecond));
        long tolerance = (long)Int128.Min((Int128)interval * (burst - 1), long.MaxValue / 4);
        while (true)
        {
            long fullAt = Volatile.Read(ref _fullAt);

            // A bucket never touched, or full for long, is full now.
            long start = Math.Max(fullAt, now.Nanoseconds);
            if (fullAt != 0 && start - now.Nanoseconds > tolerance)
            {
                return false;
            }

            // 0 stands for "never touched", also on a clock that starts below zero.
            start = fullAt == 0 ? now.Nanoseconds : start;
            long next = start + interval;
            if (Interlocked.CompareExchange(ref _fullAt, next == 0 ? 1 : next, fullAt) == fullAt)
            {
                return true;
            }
        }
    }
}
