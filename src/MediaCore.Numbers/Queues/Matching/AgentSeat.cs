using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>An agent, and what the calls make of him. One for all queues: who wraps up for one of them is not rung by another.</summary>
internal sealed class AgentSeat(Guid id) : Timed
{
    /// <summary>The agent.</summary>
    public Guid Id { get; } = id;

    /// <summary>The account of the agent's phones; empty for none.</summary>
    public string Account { get; set; } = "";

    /// <summary>Skills and levels.</summary>
    public IReadOnlyDictionary<string, int> Skills { get; set; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Offers in a row that may go unanswered.</summary>
    public int MaxNoAnswer { get; set; } = 3;

    /// <summary>What the agent has said to be.</summary>
    public AgentPresence Presence { get; set; }

    /// <summary>Why not ready.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whether a phone is registered.</summary>
    public bool IsReachable { get; set; }

    /// <summary>What the calls make of the agent.</summary>
    public SeatState State { get; set; }

    /// <summary>Who rings or talks; null for nobody.</summary>
    public Waiter? Waiter { get; set; }

    /// <summary>Since when without a call.</summary>
    public long IdleSinceMs { get; set; }

    /// <summary>When the state began.</summary>
    public long StateSinceMs { get; set; }

    /// <summary>When the agent signed in.</summary>
    public long SignedInAtMs { get; set; }

    /// <summary>Talk and wrap-up since then.</summary>
    public long BusyMs { get; set; }

    /// <summary>Talk since then.</summary>
    public long TalkMs { get; set; }

    /// <summary>Offers in a row that went unanswered.</summary>
    public int NoAnswers { get; set; }

    /// <summary>Calls answered since the sign-in.</summary>
    public int Calls { get; set; }

    /// <summary>Memberships.</summary>
    public List<Member> Members { get; } = [];

    /// <summary>What of the agent is counted in the queues.</summary>
    public SeatFlags Counted { get; set; }

    /// <summary>What of the agent is to be counted in the queues.</summary>
    public SeatFlags Flags =>
        (Presence == AgentPresence.SignedOut ? SeatFlags.None : SeatFlags.SignedIn)
        | (Presence == AgentPresence.Ready && IsReachable ? SeatFlags.Staffed : SeatFlags.None)
        | (Presence == AgentPresence.Ready && IsReachable && State == SeatState.Idle ? SeatFlags.Available : SeatFlags.None);
}

/// <summary>What of an agent counts in a queue.</summary>
[Flags]
internal enum SeatFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Has signed in.</summary>
    SignedIn = 1,

    /// <summary>Takes calls, or has one.</summary>
    Staffed = 2,

    /// <summary>Can be rung now.</summary>
    Available = 4,
}
