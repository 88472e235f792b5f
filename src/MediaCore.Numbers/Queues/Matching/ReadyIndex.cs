namespace MediaCore.Numbers.Queues.Matching;

/// <summary>The ready agents of one tier of a queue that meet one demand, kept in such a way that the strategy's choice is at hand: no operation looks at them all.</summary>
internal abstract class ReadyIndex(int start, int length)
{
    /// <summary>First slot of the tier.</summary>
    protected int Start { get; } = start;

    /// <summary>Slots of the tier.</summary>
    protected int Length { get; } = length;

    /// <summary>Ready agents.</summary>
    public int Count { get; protected set; }

    /// <summary>An index for a tier under a strategy.</summary>
    public static ReadyIndex Create(QueueStrategy strategy, Demand demand, ReadOnlySpan<Member> members, int start, int length) => strategy switch
    {
        QueueStrategy.RoundRobin or QueueStrategy.Sequential or QueueStrategy.TopDown or QueueStrategy.RingProgressive => new ListedReady(strategy, start, length),
        QueueStrategy.Random or QueueStrategy.WeightedRandom => new DrawnReady(strategy == QueueStrategy.WeightedRandom, members.Slice(start, length), start),
        _ => new RankedReady(strategy, demand, start, length),
    };

    /// <summary>An agent has become ready.</summary>
    public abstract void Add(Member member);

    /// <summary>An agent is not ready any more.</summary>
    public abstract void Remove(Member member);

    /// <summary>The agent whose turn it is; there must be one.</summary>
    public abstract Member Choose(Waiter waiter, ReadOnlySpan<Member> members, Lot lot);

    /// <summary>An agent was chosen and is rung.</summary>
    public virtual void NoteChosen(Member member)
    {
    }
}
