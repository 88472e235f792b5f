namespace MediaCore.Numbers.Queues.Matching;

/// <summary>The one order of all callers: who has waited longest, priority and what was brought along included.</summary>
internal sealed class WaiterOrder : IComparer<Waiter>
{
    public static WaiterOrder Instance { get; } = new();

    public int Compare(Waiter? x, Waiter? y)
    {
        int byRank = x!.Rank.CompareTo(y!.Rank);
        return byRank != 0 ? byRank : x.Sequence.CompareTo(y.Sequence);
    }
}
