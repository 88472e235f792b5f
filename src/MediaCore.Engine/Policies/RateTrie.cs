using System.Collections.Immutable;
using System.Numerics;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Policies;

/// <summary>
/// Least-cost routing compiled: a digit trie in three flat arrays (10 bytes a node) whose nodes hold finished plans, so that a decision is one step per
/// digit, touches no other memory and allocates nothing, however large the sheet. For each trunk the longest prefix of its own counts; trunks
/// are tried by priority, then cost, equals by weight. Plans are shared: there are as many as different orders of trunks.
/// </summary>
internal sealed class RateTrie
{
    private readonly ushort[] _children;
    private readonly int[] _firstChild;
    private readonly int[] _plan;
    private readonly RoutePlan[] _plans;

    private RateTrie(ushort[] children, int[] firstChild, int[] plan, RoutePlan[] plans)
    {
        _children = children;
        _firstChild = firstChild;
        _plan = plan;
        _plans = plans;
    }

    /// <summary>Nodes, for tests and figures.</summary>
    public int NodeCount => _plan.Length;

    /// <summary>Different plans, for tests and figures.</summary>
    public int PlanCount => _plans.Length;

    /// <summary>Compiles a sheet; <paramref name="trunks"/> has one element for each name of the sheet.</summary>
    public static RateTrie Build(RateSheet sheet, ImmutableArray<Trunk> trunks, Func<DialStep, RoutePlan> makePlan, TimeSpan ringTime) =>
        new Builder(sheet, trunks, makePlan, ringTime).Build();

    /// <summary>The plan of a number; null when no prefix of it is in the sheet, or when it is no number.</summary>
    public RoutePlan? Find(ReadOnlySpan<byte> number)
    {
        number = RatePrefix.SkipPlus(number);
        if (number.IsEmpty || number.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return null;
        }

        int node = 0;
        foreach (byte character in number)
        {
            int bit = 1 << (character - '0');
            int children = _children[node];
            if ((children & bit) == 0)
            {
                break;
            }

            node = _firstChild[node] + BitOperations.PopCount((uint)(children & (bit - 1)));
        }

        int plan = _plan[node];
        return plan < 0 ? null : _plans[plan];
    }

    /// <summary>Makes the nodes breadth first, so that the children of one stand together.</summary>
    private sealed class Builder(RateSheet sheet, ImmutableArray<Trunk> trunks, Func<DialStep, RoutePlan> makePlan, TimeSpan ringTime)
    {
        private readonly List<ushort> _children = [];
        private readonly List<int> _firstChild = [];
        private readonly List<int> _plan = [];
        private readonly List<RoutePlan> _plans = [];
        private readonly Dictionary<string, int> _planIndex = new(StringComparer.Ordinal);
        private readonly Queue<(int Low, int High, RateEntry[] Inherited)> _waiting = new();

        public RateTrie Build()
        {
            Add(0, sheet.Entries.Length, [], -1);
            int levelEnd = 1;
            int depth = 0;
            for (int node = 0; node < _plan.Count; node++)
            {
                if (node == levelEnd)
                {
                    levelEnd = _plan.Count;
                    depth++;
                }

                Expand(node, depth);
            }

            return new RateTrie([.. _children], [.. _firstChild], [.. _plan], [.. _plans]);
        }

        private void Add(int low, int high, RateEntry[] inherited, int plan)
        {
            _children.Add(0);
            _firstChild.Add(0);
            _plan.Add(plan);
            _waiting.Enqueue((low, high, inherited));
        }

        private void Expand(int node, int depth)
        {
            (int low, int high, RateEntry[] entries) = _waiting.Dequeue();
            ReadOnlySpan<RateEntry> all = sheet.Entries.Span;
            int own = low;
            while (own < high && RatePrefix.GetDigit(all[own].Prefix, depth) == 0)
            {
                own++;
            }

            if (own > low)
            {
                entries = Merge(entries, all[low..own]);
                _plan[node] = GetPlan(entries);
            }

            _firstChild[node] = _plan.Count;
            for (int i = own; i < high;)
            {
                int digit = RatePrefix.GetDigit(all[i].Prefix, depth);
                int end = i;
                while (end < high && RatePrefix.GetDigit(all[end].Prefix, depth) == digit)
                {
                    end++;
                }

                _children[node] |= (ushort)(1 << (digit - 1));
                Add(i, end, entries, _plan[node]);
                i = end;
            }
        }

        /// <summary>A trunk's longer prefix takes the place of its shorter one.</summary>
        private static RateEntry[] Merge(RateEntry[] inherited, ReadOnlySpan<RateEntry> own)
        {
            var merged = new List<RateEntry>(inherited.Length + own.Length);
            merged.AddRange(own);
            foreach (RateEntry entry in inherited)
            {
                bool isReplaced = false;
                foreach (RateEntry longer in own)
                {
                    isReplaced |= longer.Trunk == entry.Trunk;
                }

                if (!isReplaced)
                {
                    merged.Add(entry);
                }
            }

            merged.Sort(static (a, b) => (a.Priority, a.Cost, a.Trunk).CompareTo((b.Priority, b.Cost, b.Trunk)));
            return [.. merged];
        }

        private int GetPlan(RateEntry[] entries)
        {
            Span<TargetRank> ranks = stackalloc TargetRank[TargetRank.MaxTargets];
            Span<char> key = stackalloc char[TargetRank.MaxTargets * 3];
            for (int i = 0; i < entries.Length; i++)
            {
                bool isLevel = i > 0 && (entries[i].Priority, entries[i].Cost) == (entries[i - 1].Priority, entries[i - 1].Cost);
                ranks[i] = new TargetRank(isLevel ? ranks[i - 1].Priority : i, entries[i].Weight);
                key[i * 3] = (char)entries[i].Trunk;
                key[(i * 3) + 1] = (char)ranks[i].Priority;
                key[(i * 3) + 2] = (char)ranks[i].Weight;
            }

            Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> index = _planIndex.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!index.TryGetValue(key[..(entries.Length * 3)], out int plan))
            {
                plan = _plans.Count;
                index[key[..(entries.Length * 3)]] = plan;
                ImmutableArray<DialTarget> targets = [.. entries.Select(entry => new TrunkTarget(trunks[entry.Trunk]))];
                _plans.Add(makePlan(new DialStep(targets, Parallel: false, ringTime) { Ranks = [.. ranks[..entries.Length]] }));
            }

            return plan;
        }
    }
}
