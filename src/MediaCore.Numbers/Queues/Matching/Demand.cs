namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What is asked of agents, by the callers of one queue who ask for the same: who of the agents meets it, who of those is ready, and who waits for them.</summary>
internal sealed class Demand(SkillExpression expression)
{
    private ReadyIndex[] _ready = [];
    private bool[] _matches = [];
    private SortedSet<Waiter>[] _waiting = [];

    /// <summary>What is asked.</summary>
    public SkillExpression Expression { get; } = expression;

    /// <summary>Callers who ask for it, waiting or not.</summary>
    public int Users { get; set; }

    /// <summary>Agents who have signed in and meet it.</summary>
    public int SignedIn { get; private set; }

    /// <summary>Makes it anew for a queue's list of agents; callers are put in again by the queue.</summary>
    public void Build(QueueStrategy strategy, ReadOnlySpan<Member> members, ReadOnlySpan<int> tierStarts)
    {
        _matches = new bool[members.Length];
        _ready = new ReadyIndex[tierStarts.Length];
        _waiting = [.. Enumerable.Range(0, Math.Max(1, tierStarts.Length)).Select(static _ => new SortedSet<Waiter>(WaiterOrder.Instance))];
        SignedIn = 0;
        for (int tier = 0; tier < tierStarts.Length; tier++)
        {
            int end = tier + 1 < tierStarts.Length ? tierStarts[tier + 1] : members.Length;
            _ready[tier] = ReadyIndex.Create(strategy, this, members, tierStarts[tier], end - tierStarts[tier]);
        }

        for (int slot = 0; slot < members.Length; slot++)
        {
            Member member = members[slot];
            _matches[slot] = Expression.Matches(member.Seat.Skills);
            if (!member.IsPaused)
            {
                Count(member, SeatFlags.None, member.Seat.Counted);
            }
        }
    }

    /// <summary>What counts of an agent has changed.</summary>
    public void Count(Member member, SeatFlags before, SeatFlags after)
    {
        if (!_matches[member.Slot])
        {
            return;
        }

        SignedIn += Difference(before, after, SeatFlags.SignedIn);
        switch (Difference(before, after, SeatFlags.Available))
        {
            case > 0:
                _ready[member.TierIndex].Add(member);
                break;
            case < 0:
                _ready[member.TierIndex].Remove(member);
                break;
            default:
                break;
        }
    }

    /// <summary>Puts a caller among those who wait.</summary>
    public void Add(Waiter waiter) => _waiting[Math.Min(waiter.OpenTiers, _waiting.Length) - 1].Add(waiter);

    /// <summary>Takes a caller out; nothing where he is not in.</summary>
    public void Remove(Waiter waiter) => _waiting[Math.Min(waiter.OpenTiers, _waiting.Length) - 1].Remove(waiter);

    /// <summary>Who of those who wait is the first for an agent; null for nobody.</summary>
    public Waiter? FindFor(Member member)
    {
        if (!_matches[member.Slot])
        {
            return null;
        }

        Waiter? first = null;
        for (int open = member.TierIndex; open < _waiting.Length; open++)
        {
            if (_waiting[open].Min is { } waiter && (first is null || WaiterOrder.Instance.Compare(waiter, first) < 0))
            {
                first = waiter;
            }
        }

        return first;
    }

    /// <summary>Whom a caller gets by the strategy; null while nobody is ready for him.</summary>
    public Member? Choose(Waiter waiter, ReadOnlySpan<Member> members, Lot lot)
    {
        for (int tier = 0; tier < _ready.Length && tier < waiter.OpenTiers; tier++)
        {
            if (_ready[tier].Count > 0)
            {
                return _ready[tier].Choose(waiter, members, lot);
            }
        }

        return null;
    }

    /// <summary>An agent was chosen and is rung.</summary>
    public void NoteChosen(Member member) => _ready[member.TierIndex].NoteChosen(member);

    internal static int Difference(SeatFlags before, SeatFlags after, SeatFlags flag) => (after.HasFlag(flag) ? 1 : 0) - (before.HasFlag(flag) ? 1 : 0);
}
