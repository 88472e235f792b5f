namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What has happened in a queue, counted.</summary>
internal sealed class QueueCounters
{
    // Waits of the answered, by powers of √2 of a second: percentiles within a fifth, without keeping them all.
    private readonly long[] _waits = new long[64];

    public long Offered { get; set; }

    public long Answered { get; private set; }

    public long AnsweredInTime { get; private set; }

    public long Abandoned { get; set; }

    public long AbandonedInTime { get; set; }

    public long AbandonedShort { get; set; }

    public long Overflowed { get; set; }

    public long TimedOut { get; set; }

    public long Exited { get; set; }

    public long Refused { get; set; }

    public long Emptied { get; set; }

    public long Closed { get; set; }

    public long Callbacks { get; set; }

    public long CallbacksReached { get; set; }

    public long RingNoAnswer { get; set; }

    public long WaitMs { get; private set; }

    public long MaxWaitMs { get; private set; }

    public long Talks { get; private set; }

    public long HandleMs { get; private set; }

    /// <summary>Moving average of waits that were answered; negative where there was none.</summary>
    public double RecentWaitMs { get; private set; } = -1;

    /// <summary>Moving average of talk and wrap-up; negative where there was none.</summary>
    public double RecentHandleMs { get; private set; } = -1;

    /// <summary>When somebody was answered last.</summary>
    public long LastAnswerMs { get; private set; }

    /// <summary>A caller was answered.</summary>
    public void Answer(long waitMs, bool inTime, long nowMs)
    {
        Answered++;
        AnsweredInTime += inTime ? 1 : 0;
        WaitMs += waitMs;
        MaxWaitMs = Math.Max(MaxWaitMs, waitMs);
        RecentWaitMs = RecentWaitMs < 0 ? waitMs : ((3 * RecentWaitMs) + waitMs) / 4;
        LastAnswerMs = nowMs;
        _waits[Math.Min(_waits.Length - 1, (int)(2 * Math.Log2(1 + (waitMs / 1_000d))))]++;
    }

    /// <summary>A talk and what follows it are over.</summary>
    public void Handle(long handleMs)
    {
        Talks++;
        HandleMs += handleMs;
        RecentHandleMs = RecentHandleMs < 0 ? handleMs : ((7 * RecentHandleMs) + handleMs) / 8;
    }

    /// <summary>The wait that a share of the answered did not exceed, in ms; the upper end of its class.</summary>
    public long GetPercentile(double share)
    {
        long wanted = (long)Math.Ceiling(share * Answered);
        for (int i = 0; i < _waits.Length && wanted > 0; i++)
        {
            wanted -= _waits[i];
            if (wanted <= 0)
            {
                return Math.Min(MaxWaitMs, (long)((Math.Pow(2, (i + 1) / 2d) - 1) * 1_000));
            }
        }

        return 0;
    }
}
