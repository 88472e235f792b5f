namespace MediaCore.Numbers.Queues.Matching;

/// <summary>An agent in a queue.</summary>
internal sealed class Member(QueueState queue, AgentSeat seat, long sequence)
{
    public QueueState Queue { get; } = queue;

    public AgentSeat Seat { get; } = seat;

    /// <summary>Which came first, where tier and penalty are equal.</summary>
    public long Sequence { get; } = sequence;

    public int Tier { get; set; } = 1;

    public int Penalty { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>Calls of this queue that the agent has answered.</summary>
    public int Calls { get; set; }

    /// <summary>Place in the queue's list, by tier, penalty and sequence; renewed by <see cref="QueueState.Build"/>.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Which of the queue's tiers, from 0.</summary>
    public int TierIndex { get; set; }
}
