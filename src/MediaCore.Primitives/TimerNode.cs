namespace MediaCore.Primitives;

/// <summary>
/// A timer that is part of the object that waits for it (a transaction, a media session): the links are inside, so scheduling allocates
/// nothing. It belongs to one <see cref="TimingWheel"/>, hence one shard, while it is scheduled. 48 bytes over the deriving class's own.
/// </summary>
public abstract class TimerNode
{
    /// <summary>
    /// When it is to fire, or was to fire when it last did, so that a handler can tell how late it is and schedule the next period
    /// without drift; <see cref="Timestamp.Never"/> before it is scheduled and when it was cancelled.
    /// </summary>
    public Timestamp Deadline { get; internal set; } = Timestamp.Never;

    /// <summary>Whether it waits in a wheel.</summary>
    public bool IsScheduled => Wheel is not null;

    internal TimingWheel? Wheel { get; set; }

    internal TimerNode? Next { get; set; }

    internal TimerNode? Previous { get; set; }

    /// <summary>Which of the wheel's lists it is in; meaningful while scheduled.</summary>
    internal int List { get; set; }
}
