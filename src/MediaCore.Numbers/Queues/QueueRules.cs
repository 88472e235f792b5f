using MediaCore.Numbers.Actions;

namespace MediaCore.Numbers.Queues;

/// <summary>All that a queue is configured to do. Immutable.</summary>
public sealed record QueueRules
{
    /// <summary>The queue.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>How an agent is chosen.</summary>
    public QueueStrategy Strategy { get; init; }

    /// <summary>Callers at once.</summary>
    public int MaxEntries { get; init; } = 100;

    /// <summary>Longest wait; zero for no bound.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>How long an agent's phone rings.</summary>
    public TimeSpan RingTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time after a call before the agent's next one, in any queue.</summary>
    public TimeSpan WrapUp { get; init; }

    /// <summary>Bound of the service level.</summary>
    public TimeSpan ServiceLevel { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Priority of callers who bring none.</summary>
    public int Priority { get; init; }

    /// <summary>Business hours, by name: while they are closed nobody is let in. Null for always open.</summary>
    public string? Schedule { get; init; }

    /// <summary>What becomes of those who wait when the business hours end.</summary>
    public ClosingPolicy Closing { get; init; }

    /// <summary>What is asked of agents.</summary>
    public SkillExpression Skills { get; init; } = SkillExpression.None;

    /// <summary>What is asked of them later on, by rising waits.</summary>
    public IReadOnlyList<RelaxStep> Relax { get; init; } = [];

    /// <summary>After how much waiting each further tier is asked; zero for all tiers from the start. A tier without anybody ready or talking costs no waiting.</summary>
    public TimeSpan TierWait { get; init; }

    /// <summary>With <see cref="QueueStrategy.RingProgressive"/>: when the next one is added.</summary>
    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When nobody is let in.</summary>
    public EmptyPolicy JoinEmpty { get; init; }

    /// <summary>When those who wait are led out.</summary>
    public EmptyPolicy LeaveEmpty { get; init; }

    /// <summary>Nobody is let in while the wait that is expected is longer; zero for no such bound. Never when nobody waits.</summary>
    public TimeSpan MaxExpected { get; init; }

    /// <summary>Nobody is let in where there would be more callers per signed-in agent; 0 for no such bound. Never when nobody waits.</summary>
    public double MaxPerAgent { get; init; }

    /// <summary>Rest of an agent who did not answer; FreeSWITCH's sample has these four.</summary>
    public TimeSpan DelayNoAnswer { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rest of an agent whose phone was busy.</summary>
    public TimeSpan DelayBusy { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Rest of an agent who refused.</summary>
    public TimeSpan DelayRejected { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rest of an agent whose phone could not be reached.</summary>
    public TimeSpan DelayFailed { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Those who hang up earlier are counted apart; kept with the figures.</summary>
    public TimeSpan ShortAbandon { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What is heard while waiting; null for the ringing tone.</summary>
    public PromptChoice? Music { get; init; }

    /// <summary>What is said meanwhile.</summary>
    public AnnouncementRules Announcements { get; init; } = new();

    /// <summary>What the agent hears before the caller is put through; null for nothing.</summary>
    public PromptChoice? Whisper { get; init; }

    /// <summary>The number that agents' phones show: that of the caller when null.</summary>
    public string? CallerNumber { get; init; }

    /// <summary>Whether the talk is recorded.</summary>
    public bool Record { get; init; }

    /// <summary>The key by which callers leave; null for none.</summary>
    public char? ExitKey { get; init; }

    /// <summary>Calling back; null for none.</summary>
    public CallbackRules? Callback { get; init; }

    /// <summary>What is done for those who wait too long.</summary>
    public IReadOnlyList<OverflowStep> Overflow { get; init; } = [];
}
