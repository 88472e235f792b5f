namespace MediaCore.Engine.Trunks;

/// <summary>Where a target stands among others, as the SRV records of RFC 2782 say it.</summary>
/// <param name="Priority">Lower ones are tried first.</param>
/// <param name="Weight">Share among targets of one priority; 0 for "only when no other of that priority is left".</param>
public readonly record struct TargetRank(int Priority, int Weight)
{
    /// <summary>Highest priority and weight, those of an SRV record.</summary>
    public const int Max = 65_535;

    /// <summary>Targets that one list may have; a set of them is kept in 64 bits.</summary>
    public const int MaxTargets = 64;

    /// <summary>
    /// The next target: of the lowest priority among the eligible ones, drawn by weight. Without ranks the first eligible one.
    /// </summary>
    /// <param name="ranks">One per target, or none.</param>
    /// <param name="eligible">Bit n stands for target n.</param>
    /// <param name="random">Uniform; the same value gives the same choice.</param>
    /// <returns>The index; -1 when none is eligible.</returns>
    public static int Choose(ReadOnlySpan<TargetRank> ranks, ulong eligible, ulong random)
    {
        if (eligible == 0)
        {
            return -1;
        }

        if (ranks.IsEmpty)
        {
            return System.Numerics.BitOperations.TrailingZeroCount(eligible);
        }

        ulong group = LowestPriority(ranks, eligible);
        ulong total = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            total += (group >> i & 1) * (ulong)ranks[i].Weight;
        }

        if (total > 0)
        {
            ulong drawn = random % total;
            for (int i = 0; i < ranks.Length; i++)
            {
                ulong weight = (group >> i & 1) * (ulong)ranks[i].Weight;
                if (drawn < weight)
                {
                    return i;
                }

                drawn -= weight;
            }
        }

        return System.Numerics.BitOperations.TrailingZeroCount(group);
    }

    /// <summary>Those of the eligible targets that have the lowest priority.</summary>
    internal static ulong LowestPriority(ReadOnlySpan<TargetRank> ranks, ulong eligible)
    {
        int lowest = int.MaxValue;
        ulong group = 0;
        for (int i = 0; i < Math.Min(ranks.Length, MaxTargets); i++)
        {
            if ((eligible >> i & 1) == 0 || ranks[i].Priority > lowest)
            {
                continue;
            }

            group = ranks[i].Priority < lowest ? 1UL << i : group | 1UL << i;
            lowest = ranks[i].Priority;
        }

        return group;
    }
}
