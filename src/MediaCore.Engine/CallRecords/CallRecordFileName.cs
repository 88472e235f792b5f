using System.Globalization;

namespace MediaCore.Engine.CallRecords;

/// <summary>
/// Name of a journal file: <c>cdr-20260131-s00-0001.jsonl</c>: UTC day, shard, count within the day. Names sort by day, then shard, then
/// count. The lane <c>held</c> in place of the shard is for records that waited in memory for a failing disk.
/// </summary>
public readonly record struct CallRecordFileName(DateOnly Day, int Shard, int Count) : IComparable<CallRecordFileName>
{
    /// <summary><see cref="Shard"/> of the lane that records go to when they had to wait in memory.</summary>
    public const int HeldLane = int.MaxValue;

    /// <summary>Search pattern that all journal files match.</summary>
    public const string SearchPattern = "cdr-*.jsonl";

    /// <inheritdoc/>
    public override string ToString()
    {
        string lane = Shard == HeldLane ? "held" : string.Create(CultureInfo.InvariantCulture, $"s{Shard:D2}");
        return string.Create(CultureInfo.InvariantCulture, $"cdr-{Day:yyyyMMdd}-{lane}-{Count:D4}.jsonl");
    }

    /// <summary>Reads a file's name without its folder; false for files that are not the journal's.</summary>
    public static bool TryParse(string fileName, out CallRecordFileName name)
    {
        name = default;
        string[] parts = fileName.Split('-');
        if (parts.Length != 4 || parts[0] != "cdr" || !parts[3].EndsWith(".jsonl", StringComparison.Ordinal)
            || !DateOnly.TryParseExact(parts[1], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            || !int.TryParse(parts[3].AsSpan(0, parts[3].Length - 6), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return false;
        }

        int shard = HeldLane;
        if (parts[2] != "held"
            && !(parts[2].StartsWith('s') && int.TryParse(parts[2].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out shard)))
        {
            return false;
        }

        name = new CallRecordFileName(day, shard, count);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(CallRecordFileName other)
        => (Day, Shard, Count).CompareTo((other.Day, other.Shard, other.Count));
}
