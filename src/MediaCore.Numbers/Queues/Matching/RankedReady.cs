namespace MediaCore.Numbers.Queues.Matching;

/// <summary>Least figure first: a heap of four branches in one array, with the place of each agent beside it. What an agent is ranked by does not change while he is ready.</summary>
internal sealed class RankedReady(QueueStrategy strategy, Demand demand, int start, int length) : ReadyIndex(start, length)
{
    private const int Branches = 4;
    private readonly int[] _places = new int[length];
    private Item[] _heap = new Item[Math.Min(length, 16)];

    /// <inheritdoc/>
    public override void Add(Member member)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Math.Min(Length, Count * 2));
        }

        Rise(Count++, new Item(Figure(member), member.Seat.IdleSinceMs, member));
    }

    /// <inheritdoc/>
    public override void Remove(Member member)
    {
        int place = _places[member.Slot - Start];
        Item last = _heap[--Count];
        _heap[Count] = default;
        if (place == Count)
        {
            return;
        }

        if (place > 0 && last.IsBefore(_heap[(place - 1) / Branches]))
        {
            Rise(place, last);
        }
        else
        {
            Sink(place, last);
        }
    }

    /// <inheritdoc/>
    public override Member Choose(Waiter waiter, ReadOnlySpan<Member> members, Lot lot) => _heap[0].Member;

    private long Figure(Member member) => strategy switch
    {
        QueueStrategy.FewestCalls => member.Calls,
        QueueStrategy.LeastTalkTime => member.Seat.TalkMs,
        QueueStrategy.LeastOccupied => member.Seat.IdleSinceMs - member.Seat.SignedInAtMs is > 0 and var span ? (long)(1_000_000d * member.Seat.BusyMs / span) : 0,
        QueueStrategy.SkillsBest => -demand.Expression.Score(member.Seat.Skills),
        _ => 0,
    };

    private void Rise(int place, Item item)
    {
        while (place > 0 && item.IsBefore(_heap[(place - 1) / Branches]))
        {
            Put(place, _heap[(place - 1) / Branches]);
            place = (place - 1) / Branches;
        }

        Put(place, item);
    }

    private void Sink(int place, Item item)
    {
        while ((place * Branches) + 1 is var first && first < Count)
        {
            int least = first;
            for (int i = first + 1; i < first + Branches && i < Count; i++)
            {
                if (_heap[i].IsBefore(_heap[least]))
                {
                    least = i;
                }
            }

            if (!_heap[least].IsBefore(item))
            {
                break;
            }

            Put(place, _heap[least]);
            place = least;
        }

        Put(place, item);
    }

    private void Put(int place, Item item)
    {
        _heap[place] = item;
        _places[item.Member.Slot - Start] = place;
    }

    /// <summary>By the strategy's figure, then who is idle longest, then the list.</summary>
    private readonly record struct Item(long Figure, long IdleSinceMs, Member Member)
    {
        public bool IsBefore(in Item other) =>
            Figure != other.Figure ? Figure < other.Figure
            : IdleSinceMs != other.IdleSinceMs ? IdleSinceMs < other.IdleSinceMs
            : Member.Slot < other.Member.Slot;
    }
}
