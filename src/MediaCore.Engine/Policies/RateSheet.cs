namespace MediaCore.Engine.Policies;

/// <summary>One line of a rate sheet.</summary>
/// <param name="Prefix">Digits as <see cref="RatePrefix"/> packs them.</param>
/// <param name="Cost">Millionths of the sheet's currency per minute, or whatever unit it is in: only the order counts.</param>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Trunk">Index into <see cref="RateSheet.Trunks"/>.</param>
/// <param name="Priority">Compared before the cost; lower is first.</param>
/// <param name="Weight">Share among lines of one prefix with the same priority and cost.</param>
public readonly record struct RateEntry(ulong Prefix, long Cost, int Line, ushort Trunk, ushort Priority, ushort Weight);

/// <summary>Which trunk takes what for which prefix; read from a file, ordered by prefix and then trunk.</summary>
/// <param name="Trunks">Names of trunks.</param>
/// <param name="Entries">The lines, in the order of <see cref="RateEntry.Prefix"/>, then <see cref="RateEntry.Trunk"/>; no such pair twice.</param>
public sealed record RateSheet(IReadOnlyList<string> Trunks, ReadOnlyMemory<RateEntry> Entries)
{
    /// <summary>Lines that a sheet may have; a full E.164 rate deck of ten carriers has under two million. 24 bytes each.</summary>
    public const int MaxEntries = 4_000_000;

    /// <summary>Trunks that a sheet may name.</summary>
    public const int MaxTrunks = MediaCore.Engine.Trunks.TargetRank.MaxTargets;

    /// <summary>For each trunk the line with the longest prefix of a number; allocates, for explanations.</summary>
    public IReadOnlyList<RateEntry> Find(ReadOnlySpan<byte> number)
    {
        var found = new SortedDictionary<int, RateEntry>();
        foreach (RateEntry entry in Entries.Span)
        {
            // In the order of prefixes a longer one comes after its own beginnings.
            if (RatePrefix.IsPrefixOf(entry.Prefix, number))
            {
                found[entry.Trunk] = entry;
            }
        }

        return [.. found.Values.OrderBy(static e => e.Priority).ThenBy(static e => e.Cost)];
    }
}
