using System.Runtime.InteropServices;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>A queue: its agents in their order, what is asked of them, and who waits.</summary>
internal sealed class QueueState(QueueRules rules)
{
    private readonly List<Member> _members = [];
    private readonly List<Demand> _demands = [];
    private int[] _tierStarts = [];
    private int[] _staffedByTier = [];
    private bool _isBuilt;

    public QueueRules Rules { get; private set; } = rules;

    /// <summary>Whether it was taken away: nobody comes in any more, who waits is led out.</summary>
    public bool IsClosed { get; set; }

    /// <summary>All who wait, ring or are called back, in their order.</summary>
    public SortedSet<Waiter> Waiters { get; } = new(WaiterOrder.Instance);

    /// <summary>Callers who talk.</summary>
    public int Talking { get; set; }

    /// <summary>Callbacks by who is to be called.</summary>
    public Dictionary<string, Waiter> Callbacks { get; } = new(StringComparer.Ordinal);

    /// <summary>Places that are kept for callers who were there before a restart.</summary>
    public Dictionary<string, KeptPlace> Kept { get; } = new(StringComparer.Ordinal);

    public QueueCounters Counters { get; } = new();

    public IReadOnlyList<Demand> Demands => _demands;

    /// <summary>Agents.</summary>
    public int MemberCount => _members.Count;

    /// <summary>Agents who have signed in, without those who are paused here.</summary>
    public int SignedIn { get; private set; }

    /// <summary>Agents who take calls or have one.</summary>
    public int Staffed { get; private set; }

    /// <summary>Agents who can be rung now.</summary>
    public int Available { get; private set; }

    public int TierCount => Math.Max(1, _tierStarts.Length);

    public ReadOnlySpan<Member> Members => CollectionsMarshal.AsSpan(_members);

    public void Add(Member member)
    {
        _members.Add(member);
        _isBuilt = false;
    }

    public void Remove(Member member)
    {
        _members.Remove(member);
        _isBuilt = false;
    }

    /// <summary>Something of the list has changed (tier, penalty, skills, who is in it).</summary>
    public void Change() => _isBuilt = false;

    public void SetRules(QueueRules rules)
    {
        Rules = rules;
        _isBuilt = false;
    }

    /// <summary>Whether it counts as empty of agents.</summary>
    public bool IsEmpty(EmptyPolicy policy) => policy switch
    {
        EmptyPolicy.NobodySignedIn => SignedIn == 0,
        EmptyPolicy.NobodyStaffed => Staffed == 0,
        _ => false,
    };

    /// <summary>Puts the list into its order again after a change of the configuration: the only thing that walks all agents. True when there was something to do, after which all who wait are to be looked at.</summary>
    public bool Build()
    {
        if (_isBuilt)
        {
            return false;
        }

        _isBuilt = true;
        _members.Sort(static (a, b) =>
            a.Tier != b.Tier ? a.Tier.CompareTo(b.Tier) : a.Penalty != b.Penalty ? a.Penalty.CompareTo(b.Penalty) : a.Sequence.CompareTo(b.Sequence));
        var starts = new List<int>();
        for (int slot = 0; slot < _members.Count; slot++)
        {
            if (slot == 0 || _members[slot].Tier != _members[slot - 1].Tier)
            {
                starts.Add(slot);
            }

            _members[slot].Slot = slot;
            _members[slot].TierIndex = starts.Count - 1;
        }

        _tierStarts = [.. starts];
        _staffedByTier = new int[starts.Count];
        SignedIn = Staffed = Available = 0;
        foreach (Member member in _members)
        {
            if (!member.IsPaused)
            {
                CountHere(member, SeatFlags.None, member.Seat.Counted);
            }
        }

        _demands.RemoveAll(static demand => demand.Users == 0);
        foreach (Demand demand in _demands)
        {
            demand.Build(Rules.Strategy, Members, _tierStarts);
        }

        foreach (Waiter waiter in Waiters)
        {
            if (waiter.State == WaiterState.Waiting)
            {
                waiter.Demand.Add(waiter);
            }
        }

        return true;
    }

    /// <summary>What counts of an agent has changed; true when that leaves a tier, a demand or the queue without anybody, or not any more.</summary>
    public bool Count(Member member, SeatFlags before, SeatFlags after)
    {
        (int signedIn, int staffed, int tier) = (SignedIn, Staffed, _staffedByTier[member.TierIndex]);
        CountHere(member, before, after);
        bool turns = (signedIn == 0) != (SignedIn == 0) || (staffed == 0) != (Staffed == 0) || (tier == 0) != (_staffedByTier[member.TierIndex] == 0);
        foreach (Demand demand in _demands)
        {
            int had = demand.SignedIn;
            demand.Count(member, before, after);
            turns |= (had == 0) != (demand.SignedIn == 0);
        }

        return turns;
    }

    /// <summary>What a caller asks for; one that nobody has asked for yet is made.</summary>
    public Demand GetDemand(SkillExpression expression)
    {
        Demand? found = _demands.Find(demand => demand.Expression.Text == expression.Text);
        if (found is not null)
        {
            return found;
        }

        if (_demands.Count >= QueueLimits.MaxDemands)
        {
            _demands.RemoveAll(static demand => demand.Users == 0);
            if (_demands.Count >= QueueLimits.MaxDemands)
            {
                return _demands.Find(static demand => demand.Expression.IsNone) ?? _demands[0];
            }
        }

        found = new Demand(expression);
        _demands.Add(found);
        found.Build(Rules.Strategy, Members, _tierStarts);
        return found;
    }

    /// <summary>Tiers that are open to a caller, of which <paramref name="steps"/> with somebody in them; those without are passed over.</summary>
    public int GetOpenTiers(int steps)
    {
        for (int tier = 0; tier < _tierStarts.Length; tier++)
        {
            if (_staffedByTier[tier] > 0 && --steps == 0)
            {
                return tier + 1;
            }
        }

        return TierCount;
    }

    private void CountHere(Member member, SeatFlags before, SeatFlags after)
    {
        SignedIn += Demand.Difference(before, after, SeatFlags.SignedIn);
        Available += Demand.Difference(before, after, SeatFlags.Available);
        int staffed = Demand.Difference(before, after, SeatFlags.Staffed);
        Staffed += staffed;
        _staffedByTier[member.TierIndex] += staffed;
    }
}

/// <summary>A place that is kept for who was there before a restart.</summary>
/// <param name="Id">Identifier of the entry's row.</param>
/// <param name="EnqueuedAtMs">When the caller came.</param>
/// <param name="CreditMs">Waiting that was brought along.</param>
/// <param name="Priority">The priority.</param>
internal readonly record struct KeptPlace(Guid Id, long EnqueuedAtMs, long CreditMs, int Priority);
