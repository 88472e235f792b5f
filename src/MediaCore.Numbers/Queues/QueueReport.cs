namespace MediaCore.Numbers.Queues;

/// <summary>A queue as it is, and what has happened in it since the server's start. Shares are 0 to 1, and 0 where there is nothing to share.</summary>
public sealed record QueueReport
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Callers who wait or are rung for, callbacks among them.</summary>
    public int Waiting { get; init; }

    /// <summary>Callbacks among them.</summary>
    public int WaitingCallbacks { get; init; }

    /// <summary>How long the first of them has waited.</summary>
    public TimeSpan LongestWait { get; init; }

    /// <summary>Callers who talk.</summary>
    public int Talking { get; init; }

    /// <summary>Agents who have signed in.</summary>
    public int SignedIn { get; init; }

    /// <summary>Agents who take calls or have one.</summary>
    public int Staffed { get; init; }

    /// <summary>Agents who can be rung now.</summary>
    public int Ready { get; init; }

    /// <summary>The wait that a caller who came now could expect; null while nothing is known.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>Bound of the service level.</summary>
    public TimeSpan ServiceLevelBound { get; init; }

    /// <summary>Those who hung up earlier are counted as <see cref="AbandonedShort"/>.</summary>
    public TimeSpan ShortAbandonBound { get; init; }

    /// <summary>Callers who came.</summary>
    public long Offered { get; init; }

    /// <summary>Callers who were answered.</summary>
    public long Answered { get; init; }

    /// <summary>Of these, within the bound.</summary>
    public long AnsweredInTime { get; init; }

    /// <summary>Callers who hung up while they waited, without the short ones.</summary>
    public long Abandoned { get; init; }

    /// <summary>Of these, within the bound of the service level.</summary>
    public long AbandonedInTime { get; init; }

    /// <summary>Callers who hung up at once.</summary>
    public long AbandonedShort { get; init; }

    /// <summary>Callers who went on by overflow.</summary>
    public long Overflowed { get; init; }

    /// <summary>Callers who waited the longest time.</summary>
    public long TimedOut { get; init; }

    /// <summary>Callers who left by the key.</summary>
    public long Exited { get; init; }

    /// <summary>Callers who were not let in.</summary>
    public long Refused { get; init; }

    /// <summary>Callers who were led out because no agent was left.</summary>
    public long Emptied { get; init; }

    /// <summary>Callers who were led out because the queue closed.</summary>
    public long Closed { get; init; }

    /// <summary>Callers who asked to be called back.</summary>
    public long Callbacks { get; init; }

    /// <summary>Of these, reached.</summary>
    public long CallbacksReached { get; init; }

    /// <summary>Offers that nobody answered.</summary>
    public long RingNoAnswer { get; init; }

    /// <summary>Mean wait of the answered (average speed of answer).</summary>
    public TimeSpan MeanWait { get; init; }

    /// <summary>Longest wait of the answered.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>Wait that 90 % of the answered did not exceed, to within a fifth.</summary>
    public TimeSpan Wait90 { get; init; }

    /// <summary>Mean talk with wrap-up.</summary>
    public TimeSpan MeanHandling { get; init; }

    /// <summary>Answered in time ÷ answered.</summary>
    public double ServiceLevelOfAnswered => Share(AnsweredInTime, Answered);

    /// <summary>(Answered in time + abandoned in time) ÷ (answered + abandoned).</summary>
    public double ServiceLevelWithAbandoned => Share(AnsweredInTime + AbandonedInTime, Answered + Abandoned);

    /// <summary>Answered in time ÷ offered.</summary>
    public double ServiceLevelOfOffered => Share(AnsweredInTime, Offered);

    /// <summary>Answered in time ÷ (offered − abandoned in time).</summary>
    public double ServiceLevelWithoutEarly => Share(AnsweredInTime, Offered - AbandonedInTime);

    private static double Share(long part, long whole) => whole <= 0 ? 0 : part / (double)whole;
}
