using MediaCore.Primitives;

namespace MediaCore.Engine.Shards;

/// <summary>
/// The share of the last second or so that a loop was not waiting, 0 to 1: work, and time in which the system let others run in its place. Owned by the loop's thread.
/// </summary>
internal sealed class BusyShare(Timestamp start)
{
    /// <summary>What weight a sample has that is so long: four quarter seconds are 68 % of the figure.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(1);

    private Timestamp _sampledAt = start;
    private TimeSpan _waited;

    /// <summary>The share as of the last sample.</summary>
    public double Value { get; private set; }

    /// <summary>The loop has waited for work.</summary>
    public void NoteWait(TimeSpan time) => _waited += time;

    /// <summary>Takes the time since the last sample into account.</summary>
    public void Sample(Timestamp now)
    {
        TimeSpan span = now - _sampledAt;
        if (span <= TimeSpan.Zero)
        {
            return;
        }

        double busy = Math.Clamp(1 - (_waited / span), 0, 1);
        Value += (busy - Value) * Math.Min(1, span / s_memory);
        _sampledAt = now;
        _waited = TimeSpan.Zero;
    }
}
