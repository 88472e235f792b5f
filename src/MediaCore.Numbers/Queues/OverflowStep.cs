using MediaCore.Numbers.Actions;

namespace MediaCore.Numbers.Queues;

/// <summary>What is done for a caller who waits too long, or when there is too much to do. Steps are looked at in their order; each is done once for a caller, when all that it names is the case.</summary>
public sealed record OverflowStep
{
    /// <summary>From which wait in this queue on.</summary>
    public TimeSpan After { get; init; }

    /// <summary>Only while so many callers wait, this one among them; 0 for any number.</summary>
    public int Waiting { get; init; }

    /// <summary>Only while the wait that is expected of a new caller is longer; zero for any.</summary>
    public TimeSpan Expected { get; init; }

    /// <summary>Only while the queue has no agents in the sense of this policy.</summary>
    public EmptyPolicy Empty { get; init; }

    /// <summary>Asks for the next step's skills at once.</summary>
    public bool Relax { get; init; }

    /// <summary>Opens the next tier.</summary>
    public bool OpenTier { get; init; }

    /// <summary>The queue that the caller goes to, with the time that he has waited; null for none.</summary>
    public string? Queue { get; init; }

    /// <summary>What else is done with the caller, who leaves the queue; empty for nothing.</summary>
    public IReadOnlyList<CallAction> Then { get; init; } = [];

    /// <summary>Whether it is a matter of the clock alone.</summary>
    internal bool IsByTime => Waiting == 0 && Expected == TimeSpan.Zero && Empty == EmptyPolicy.Never;
}
