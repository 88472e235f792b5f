namespace MediaCore.Numbers.Queues.Matching;

/// <summary>How an offer that nobody took has ended.</summary>
public enum OfferEnd
{
    /// <summary>Nobody answered.</summary>
    NoAnswer,

    /// <summary>The agent's phone is busy.</summary>
    Busy,

    /// <summary>The agent refused.</summary>
    Rejected,

    /// <summary>The agent's phone could not be reached.</summary>
    Failed,

    /// <summary>Another node rings the agent, or has him on a call.</summary>
    Elsewhere,
}
