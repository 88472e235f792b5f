namespace MediaCore.Numbers.Queues.Matching;

/// <summary>By lot: agents of equal weight stand in one array, out of which each is drawn as often as the others.</summary>
internal sealed class DrawnReady : ReadyIndex
{
    private readonly int[] _places;
    private readonly byte[] _groupOf;
    private readonly List<Member>[] _groups;
    private readonly double[] _weights;

    public DrawnReady(bool isWeighted, ReadOnlySpan<Member> members, int start)
        : base(start, members.Length)
    {
        _places = new int[members.Length];
        _groupOf = new byte[members.Length];
        var penalties = new List<int>();
        for (int i = 0; i < members.Length; i++)
        {
            int penalty = isWeighted ? Math.Clamp(members[i].Penalty, 0, byte.MaxValue) : 0;
            int group = penalties.IndexOf(penalty);
            if (group < 0)
            {
                group = penalties.Count;
                penalties.Add(penalty);
            }

            _groupOf[i] = (byte)group;
        }

        _groups = [.. penalties.Select(static _ => new List<Member>())];
        _weights = [.. penalties.Select(static penalty => 1d / (penalty + 1))];
    }

    /// <inheritdoc/>
    public override void Add(Member member)
    {
        List<Member> group = _groups[_groupOf[member.Slot - Start]];
        _places[member.Slot - Start] = group.Count;
        group.Add(member);
        Count++;
    }

    /// <inheritdoc/>
    public override void Remove(Member member)
    {
        List<Member> group = _groups[_groupOf[member.Slot - Start]];
        int place = _places[member.Slot - Start];
        Member last = group[^1];
        group[place] = last;
        _places[last.Slot - Start] = place;
        group.RemoveAt(group.Count - 1);
        Count--;
    }

    /// <inheritdoc/>
    public override Member Choose(Waiter waiter, ReadOnlySpan<Member> members, Lot lot)
    {
        double total = 0;
        for (int i = 0; i < _groups.Length; i++)
        {
            total += _groups[i].Count * _weights[i];
        }

        double drawn = lot.NextDouble() * total;
        int chosen = -1;
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i].Count == 0)
            {
                continue;
            }

            chosen = i;
            drawn -= _groups[i].Count * _weights[i];
            if (drawn < 0)
            {
                break;
            }
        }

        return _groups[chosen][lot.Next(_groups[chosen].Count)];
    }
}
