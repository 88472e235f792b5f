namespace MediaCore.Numbers.Queues;

/// <summary>Bounds of what queues hold and of what their documents may say, and what happens at each.</summary>
public static class QueueLimits
{
    /// <summary>Agents that are rung for one caller at once: as many targets as a dial may have (<see cref="Engine.Control.ControlLimits.MaxDialTargets"/>).</summary>
    public const int MaxRingAtOnce = Engine.Control.ControlLimits.MaxDialTargets;

    /// <summary>Callers of one queue at once that may be configured; a caller more is told that the queue is full. Announcing positions walks the list.</summary>
    public const int MaxEntries = 10_000;

    /// <summary>Different demands of skills that wait in one queue at once: a few steps of each plan that leads to it. A demand more is waited for without the caller's own skills.</summary>
    public const int MaxDemands = 64;

    /// <summary>Steps of relaxation and of overflow.</summary>
    public const int MaxSteps = 16;

    /// <summary>Queues that a caller may be led through by overflow; at the next one he stays where he is.</summary>
    public const int MaxMoves = 5;

    /// <summary>Characters of a skill expression.</summary>
    public const int MaxSkillChars = 512;

    /// <summary>Comparisons and operators of a skill expression.</summary>
    public const int MaxSkillTerms = 64;

    /// <summary>Characters of the reason why an agent is not ready: a word or two on a supervisor's screen.</summary>
    public const int MaxReasonCharacters = 64;

    /// <summary>Names of skills have at most so many characters.</summary>
    public const int MaxSkillNameChars = 64;

    /// <summary>Longest of all times in a queue's settings: a day.</summary>
    public const int MaxSeconds = 86_400;

    /// <summary>What a point of priority is worth: a caller with one more goes before all who have waited less than this longer. Strict in all but name, and yet nobody starves.</summary>
    public static readonly TimeSpan PriorityWorth = TimeSpan.FromHours(1);

    /// <summary>How long past its ring time an offer may stay without an end: then its reservation is taken back, whatever has become of the call.</summary>
    public static readonly TimeSpan OfferGrace = TimeSpan.FromSeconds(10);

    /// <summary>Messages that wait for one tenant's queues; some seconds of a very busy call centre. A caller whose message finds no room leaves the queue as failed.</summary>
    public const int MaxWaitingMessages = 65_536;

    /// <summary>Rows that wait to be written while the database is slow or down; the oldest are dropped and counted, the calls go on.</summary>
    public const int MaxWaitingRows = 65_536;

    /// <summary>How long after a start the places of those who waited before are kept for them.</summary>
    public static readonly TimeSpan PlaceKept = TimeSpan.FromMinutes(5);
}
