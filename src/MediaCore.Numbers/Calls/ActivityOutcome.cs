namespace MediaCore.Numbers.Calls;

/// <summary>How an activity ended; what comes next is chosen by it.</summary>
public enum ActivityOutcome
{
    /// <summary>It has done what it is for (an announcement was heard, a variable is set).</summary>
    Completed,

    /// <summary>The caller has talked with somebody, and that is over.</summary>
    Talked,

    /// <summary>Who was called is busy.</summary>
    Busy,

    /// <summary>Nobody answered in time.</summary>
    NoAnswer,

    /// <summary>Who was called cannot be reached: no phone is registered, the trunk is down.</summary>
    Unreachable,

    /// <summary>Who was called does not want the call.</summary>
    Rejected,

    /// <summary>The time of the activity itself is over: the longest wait of a queue, the last repetition of a menu.</summary>
    TimedOut,

    /// <summary>There is no room: a queue with its most callers, a box with its most messages.</summary>
    Full,

    /// <summary>The caller has left it by a key.</summary>
    Exited,

    /// <summary>What was needed is not there or does not work; <see cref="ActivityResult.Detail"/> says what.</summary>
    Failed,

    /// <summary>The caller is gone.</summary>
    HungUp,
}
