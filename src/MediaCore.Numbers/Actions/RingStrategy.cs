namespace MediaCore.Numbers.Actions;

/// <summary>In which order several are rung.</summary>
public enum RingStrategy
{
    /// <summary>All at once; the first to answer has the call.</summary>
    Simultaneous,

    /// <summary>One after the other, as they are listed.</summary>
    Sequential,

    /// <summary>One after the other; each call begins with the one after the last call's first.</summary>
    RoundRobin,

    /// <summary>One after the other, in an order drawn by weight.</summary>
    Weighted,

    /// <summary>One after the other, who has had no call for the longest time first.</summary>
    LongestIdle,
}
