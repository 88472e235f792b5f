using System.Numerics;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>By the place in the list: a bit for each agent who is ready, and above it a bit for each word that has one, so that the next one after any place is found in three or four steps.</summary>
internal sealed class ListedReady : ReadyIndex
{
    private readonly QueueStrategy _strategy;
    private readonly ulong[][] _levels;
    private int _last = -1;

    public ListedReady(QueueStrategy strategy, int start, int length)
        : base(start, length)
    {
        _strategy = strategy;
        var levels = new List<ulong[]>();
        do
        {
            length = (length + 63) / 64;
            levels.Add(new ulong[length]);
        }
        while (length > 1);

        _levels = [.. levels];
    }

    /// <inheritdoc/>
    public override void Add(Member member)
    {
        int at = member.Slot - Start;
        Count++;
        foreach (ulong[] level in _levels)
        {
            ulong before = level[at / 64];
            level[at / 64] = before | (1UL << (at % 64));
            if (before != 0)
            {
                break;
            }

            at /= 64;
        }
    }

    /// <inheritdoc/>
    public override void Remove(Member member)
    {
        int at = member.Slot - Start;
        Count--;
        foreach (ulong[] level in _levels)
        {
            level[at / 64] &= ~(1UL << (at % 64));
            if (level[at / 64] != 0)
            {
                break;
            }

            at /= 64;
        }
    }

    /// <inheritdoc/>
    public override Member Choose(Waiter waiter, ReadOnlySpan<Member> members, Lot lot)
    {
        int after = _strategy switch
        {
            QueueStrategy.RoundRobin => _last,
            QueueStrategy.Sequential => Math.Max(waiter.LastSlot - Start, -1),
            _ => -1,
        };
        int found = Next(after + 1);
        return members[Start + (found >= 0 ? found : Next(0))];
    }

    /// <inheritdoc/>
    public override void NoteChosen(Member member) => _last = member.Slot - Start;

    /// <summary>The first one at or after a place; -1 for none.</summary>
    private int Next(int from)
    {
        int level = 0;
        while (level < _levels.Length)
        {
            int word = from / 64;
            if (word >= _levels[level].Length)
            {
                return -1;
            }

            ulong rest = _levels[level][word] & (ulong.MaxValue << (from % 64));
            if (rest == 0)
            {
                from = word + 1;
                level++;
                continue;
            }

            int at = (word * 64) + BitOperations.TrailingZeroCount(rest);
            while (level > 0)
            {
                level--;
                at = (at * 64) + BitOperations.TrailingZeroCount(_levels[level][at]);
            }

            return at;
        }

        return -1;
    }
}
