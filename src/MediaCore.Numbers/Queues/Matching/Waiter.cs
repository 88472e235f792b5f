using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>A caller in a queue, or a callback in his place.</summary>
internal sealed class Waiter(Guid id, QueueState queue) : Timed
{
    /// <summary>Identifier of the entry's row.</summary>
    public Guid Id { get; } = id;

    public QueueState Queue { get; } = queue;

    public string CallId { get; set; } = "";

    /// <summary>Who calls; empty for an anonymous caller, who has no place to come back to.</summary>
    public string Caller { get; init; } = "";

    public int Priority { get; init; }

    /// <summary>When the caller came to this queue, or to the place that is kept.</summary>
    public long EnqueuedAtMs { get; init; }

    /// <summary>Waiting that was brought along.</summary>
    public long CreditMs { get; init; }

    /// <summary>When this wait began; differs from <see cref="EnqueuedAtMs"/> for who came back to his place.</summary>
    public long JoinedAtMs { get; init; }

    /// <summary>Order among all callers of all queues; less goes first.</summary>
    public long Rank { get; init; }

    /// <summary>Which came first, where ranks are equal.</summary>
    public long Sequence { get; init; }

    /// <summary>Whom the desk talks to about this caller; null for a callback.</summary>
    public object? Line { get; set; }

    /// <summary>Of a callback, the call that it comes from; null where that was before a restart.</summary>
    public CallbackOrigin? Origin { get; set; }

    public WaiterState State { get; set; }

    /// <summary>His position when he left the queue, for an agent or else; 0 while he waits.</summary>
    public int LeftAtPosition { get; set; }

    /// <summary>What the call asks for itself.</summary>
    public IReadOnlyDictionary<string, int> CallSkills { get; init; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is asked of agents now.</summary>
    public Demand Demand { get; set; } = null!;

    /// <summary>Steps of relaxation that were taken: 0 for none.</summary>
    public int RelaxSteps { get; set; }

    /// <summary>How many of the tiers are open, at least 1.</summary>
    public int OpenTiers { get; set; } = 1;

    /// <summary>Tiers that overflow has opened.</summary>
    public int ExtraTiers { get; set; }

    /// <summary>Overflow steps that were done, a bit each.</summary>
    public int OverflowDone { get; set; }

    /// <summary>Queues that the caller came through.</summary>
    public IReadOnlyList<Guid> Former { get; init; } = [];

    /// <summary>Who rings for the caller.</summary>
    public List<AgentSeat> Offers { get; } = new(1);

    /// <summary>Who has answered.</summary>
    public AgentSeat? Agent { get; set; }

    /// <summary>When the offer that is made now began.</summary>
    public long OfferedAtMs { get; set; }

    public long AnsweredAtMs { get; set; }

    /// <summary>Slot of who was asked last, where callers go down the list.</summary>
    public int LastSlot { get; set; } = -1;

    /// <summary>When something is to be said next.</summary>
    public long AnnounceAtMs { get; set; } = long.MaxValue;

    /// <summary>Announcements so far.</summary>
    public int Announced { get; set; }

    /// <summary>Minutes of waiting that were said last; the next figure has to be less.</summary>
    public int SaidMinutes { get; set; } = int.MaxValue;

    /// <summary>The callback that this is; null for a caller on the line.</summary>
    public Callback? Callback { get; set; }

    /// <summary>What the entry's row says.</summary>
    public QueueEntryState RowState => State switch
    {
        WaiterState.Connected => QueueEntryState.Connected,
        _ when Callback is not null => QueueEntryState.Callback,
        WaiterState.Offering => QueueEntryState.Offering,
        _ => QueueEntryState.Waiting,
    };

    /// <summary>How long the caller has waited, what was brought along included.</summary>
    public long WaitedMs(long nowMs) => Math.Max(0, nowMs - EnqueuedAtMs) + CreditMs;
}

/// <summary>Where a caller is.</summary>
internal enum WaiterState
{
    /// <summary>Waits, and can be given to an agent.</summary>
    Waiting,

    /// <summary>One agent or several ring.</summary>
    Offering,

    /// <summary>A callback: the customer is being called first.</summary>
    Calling,

    /// <summary>A callback: waits for its next attempt.</summary>
    Parked,

    /// <summary>Talks.</summary>
    Connected,

    /// <summary>Is gone.</summary>
    Left,
}

/// <summary>A callback's own state.</summary>
internal sealed class Callback
{
    /// <summary>Attempts that came to nothing.</summary>
    public int Attempts { get; set; }

    /// <summary>When the next one may be made.</summary>
    public long ParkedUntilMs { get; set; }

    /// <summary>When it is given up.</summary>
    public required long ExpiresAtMs { get; init; }
}
