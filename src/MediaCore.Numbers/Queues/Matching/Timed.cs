namespace MediaCore.Numbers.Queues.Matching;

/// <summary>Something that is due at some time; see <see cref="Deadlines"/>.</summary>
internal abstract class Timed
{
    /// <summary>When it is due, milliseconds of Unix time; <see cref="long.MaxValue"/> for never.</summary>
    public long DueMs { get; set; } = long.MaxValue;

    /// <summary>The time under which it stands in the heap; what stands there under another is void.</summary>
    internal long QueuedMs { get; set; } = long.MaxValue;
}
