namespace MediaCore.Numbers.Queues.Matching;

/// <summary>Whether a caller was let into a queue.</summary>
public enum JoinAnswer
{
    /// <summary>Yes.</summary>
    Joined,

    /// <summary>There is no such queue.</summary>
    Unknown,

    /// <summary>It has its most callers.</summary>
    Full,

    /// <summary>It has no agents.</summary>
    Empty,

    /// <summary>The wait that is to be expected, or the number of callers per agent, is above its bound.</summary>
    TooLong,
}
