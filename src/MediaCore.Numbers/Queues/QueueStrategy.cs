namespace MediaCore.Numbers.Queues;

/// <summary>How an agent is chosen for the caller whose turn it is. Lower tiers come first with every one of them; "ready" is signed in, registered, and neither rung, talking nor wrapping up.</summary>
public enum QueueStrategy
{
    /// <summary>Who has been without a call for the longest time.</summary>
    LongestIdle,

    /// <summary>All who are ready at once (at most <see cref="QueueLimits.MaxRingAtOnce"/>); the first to answer has the call.</summary>
    RingAll,

    /// <summary>One after the other in the order of the list, going on after the one who was asked last.</summary>
    RoundRobin,

    /// <summary>Who has answered the fewest calls of this queue.</summary>
    FewestCalls,

    /// <summary>Who has talked the least.</summary>
    LeastTalkTime,

    /// <summary>Anybody.</summary>
    Random,

    /// <summary>Anybody, less often the higher the penalty: an agent's weight is 1 ÷ (penalty + 1).</summary>
    WeightedRandom,

    /// <summary>Each caller goes down the list once, from the agent after the one who was asked for him last; after the last comes the first.</summary>
    Sequential,

    /// <summary>The first of the list who is ready, each time from the top.</summary>
    TopDown,

    /// <summary>As <see cref="TopDown"/>, but who rings goes on ringing while the next ones are added.</summary>
    RingProgressive,

    /// <summary>Who has the highest sum of levels of the skills that are asked for; of equal ones the longest idle.</summary>
    SkillsBest,

    /// <summary>Who had the lowest share of talk and wrap-up in the time since the sign-in, as of the end of the last call.</summary>
    LeastOccupied,
}
