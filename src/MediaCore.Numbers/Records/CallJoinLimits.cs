namespace MediaCore.Numbers.Records;

/// <summary>Bounds of the joining of calls, and what happens at each.</summary>
public static class CallJoinLimits
{
    /// <summary>Calls that are joined at once; each takes some kilobytes while it is, and other writers wait some milliseconds.</summary>
    public const int BatchCalls = 200;

    /// <summary>Calls that belong to one: a queue of callbacks that were tried again and again. The first ones are joined.</summary>
    public const int MaxCalls = 64;

    /// <summary>Steps from a call to the one that it belongs to; numbers lead on to each other five times at most, and a circle is not followed.</summary>
    public const int MaxSteps = 16;

    /// <summary>How long a call waits for the rest of what is known of it before it is joined: its record comes within a second of its end, its decisions as soon as they are written.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(1500);

    /// <summary>How often it is looked for calls that are to be joined.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
}
