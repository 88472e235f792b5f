using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>How a trunk's targets of one priority share its calls. Lower priorities always come first.</summary>
public enum SelectionPolicy : byte
{
    /// <summary>At random by weight (RFC 2782).</summary>
    Weighted,

    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>The one with the fewest calls for its weight.</summary>
    LeastCalls,

    /// <summary>Always the same one for the same caller.</summary>
    HashCaller,

    /// <summary>Always the same one for the same Call-ID, as it came in.</summary>
    HashCallId,
}

/// <summary>Which of a trunk's targets a call goes to; immutable part of <see cref="Trunk"/>.</summary>
public sealed record TrunkSelection
{
    /// <summary>The targets in their order, each after those before it.</summary>
    public static TrunkSelection InOrder { get; } = new();

    /// <summary>How targets of one priority share the calls.</summary>
    public SelectionPolicy Policy { get; init; }

    /// <summary>One for each of <see cref="Trunk.Targets"/>; none for their order.</summary>
    public ImmutableArray<TargetRank> Ranks { get; init; } = [];

    /// <summary>
    /// The target with the highest score for a key, among those of the lowest eligible priority (rendezvous hashing, weighted): when one target
    /// fails, only its own callers move.
    /// </summary>
    internal static int ChooseByHash(ReadOnlySpan<TargetRank> ranks, ReadOnlySpan<ulong> targetHashes, ulong eligible, ulong key)
    {
        ulong group = ranks.IsEmpty ? eligible : TargetRank.LowestPriority(ranks, eligible);
        int best = -1;
        double bestScore = double.NegativeInfinity;
        for (ulong rest = group; rest != 0; rest &= rest - 1)
        {
            int i = BitOperations.TrailingZeroCount(rest);
            double uniform = ((Mix(key ^ targetHashes[i]) >> 11) + 0.5) / (1UL << 53);
            double weight = ranks.IsEmpty ? 1 : Math.Max(ranks[i].Weight, 1e-6);
            double score = weight / -Math.Log(uniform);
            if (score > bestScore)
            {
                (best, bestScore) = (i, score);
            }
        }

        return best;
    }

    /// <summary>A key's hash, the same on every shard and after every restart.</summary>
    internal static ulong Hash(ReadOnlySpan<byte> key) => SipHash24.Hash(key, 0x6d65646961636f72, 0x7472756e6b68617);

    /// <summary>A text's hash, the same on every shard and after every restart.</summary>
    internal static ulong Hash(string key) => Hash(MemoryMarshal.AsBytes(key.AsSpan()));

    // The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the sum reaches every bit of the result.
    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
        value = (value ^ value >> 27) * 0x94d049bb133111eb;
        return value ^ value >> 31;
    }
}
