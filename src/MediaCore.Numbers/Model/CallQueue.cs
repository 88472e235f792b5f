namespace MediaCore.Numbers.Model;

/// <summary>Callers who wait for agents.</summary>
public sealed class CallQueue : TenantRow
{
    /// <summary>Name, unique within the tenant.</summary>
    public string Name { get; set; } = "";

    /// <summary>How an agent is chosen, as <c>longest-idle</c>.</summary>
    public string Strategy { get; set; } = "longest-idle";

    /// <summary>Callers at once; more go to the overflow.</summary>
    public int MaxEntries { get; set; } = 100;

    /// <summary>Longest wait, seconds; 0 for no bound.</summary>
    public int MaxWaitSeconds { get; set; }

    /// <summary>How long an agent's phone rings, seconds; Asterisk and FreeSWITCH have the same 15.</summary>
    public int RingSeconds { get; set; } = 15;

    /// <summary>Time after a call before the next, seconds.</summary>
    public int WrapUpSeconds { get; set; }

    /// <summary>Bound of the service level, seconds.</summary>
    public int ServiceLevelSeconds { get; set; } = 20;

    /// <summary>Priority of callers who bring none; higher goes first.</summary>
    public int Priority { get; set; }

    /// <summary>Announcements, overflow, callback, skills, exits: a JSON document.</summary>
    public string Settings { get; set; } = "{}";
}

/// <summary>Who a queue's agents are.</summary>
public sealed class QueueMembership : TenantRow
{
    /// <summary>The queue.</summary>
    public Guid QueueId { get; set; }

    /// <summary>The agent.</summary>
    public Guid AgentId { get; set; }

    /// <summary>Lower tiers are asked first.</summary>
    public int Tier { get; set; } = 1;

    /// <summary>Order within a tier.</summary>
    public int Penalty { get; set; }

    /// <summary>Takes no calls of this queue.</summary>
    public bool Paused { get; set; }
}

/// <summary>What became of a caller in a queue.</summary>
public enum QueueEntryState : byte
{
    /// <summary>Waits.</summary>
    Waiting,

    /// <summary>An agent's phone rings.</summary>
    Offering,

    /// <summary>Talks to an agent.</summary>
    Connected,

    /// <summary>Hung up before.</summary>
    Abandoned,

    /// <summary>Went on by the overflow.</summary>
    Overflowed,

    /// <summary>Keeps the place by a callback.</summary>
    Callback,

    /// <summary>Left by a key.</summary>
    Exited,

    /// <summary>Waited the longest time.</summary>
    TimedOut,
}

/// <summary>A caller in a queue; the order of those who wait outlives a restart by these rows.</summary>
public sealed class QueueEntry : TenantRow, IRecordRow
{
    /// <summary>The queue.</summary>
    public Guid QueueId { get; set; }

    /// <summary>The call.</summary>
    public string CallId { get; set; } = "";

    /// <summary>Who calls.</summary>
    public string Caller { get; set; } = "";

    /// <summary>Higher goes first.</summary>
    public int Priority { get; set; }

    /// <summary>When the caller came, milliseconds of Unix time.</summary>
    public long EnqueuedAtMs { get; set; }

    /// <summary>Waiting that was brought along from another queue, milliseconds.</summary>
    public long CreditMs { get; set; }

    /// <summary>What became of it.</summary>
    public QueueEntryState State { get; set; }

    /// <summary>When it left; null while it waits.</summary>
    public long? LeftAtMs { get; set; }

    /// <summary>Its position when it left, from 1; null while it waits.</summary>
    public int? Position { get; set; }

    /// <summary>The agent who took it.</summary>
    public Guid? AgentId { get; set; }

    /// <summary>The server that has the call; after its restart the places of its callers are theirs still.</summary>
    public string Node { get; set; } = "";
}
