namespace MediaCore.Numbers.Records.Begun;

/// <summary>Bounds of the journal of begun calls, and what happens at each.</summary>
public static class BegunCallLimits
{
    /// <summary>Calls in progress that are kept: several times what a server of ours carries, some 2 kB each. One more goes on without being kept, and is counted.</summary>
    public const int MaxCalls = 100_000;

    /// <summary>Ends that wait to be written: two seconds of a busy server. Beyond it the file is written anew with the calls in progress alone, which needs no ends.</summary>
    public const int MaxWaitingEnds = 4_096;

    /// <summary>A file is written anew when it has this much and is twice as long as it was with the calls in progress alone, so it is at most this and twice those.</summary>
    public const long MinRewriteBytes = 4 * 1024 * 1024;

    /// <summary>Bytes that go to the file at once.</summary>
    public const int WriteBytes = 256 * 1024;

    /// <summary>The least time between two writes: what was begun, answered or decided later than this before a kill is not known afterwards.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a server with calls says that it is there, which is how exactly the end of a call that was cut off is known; also how often a disk that refuses is tried.</summary>
    public static readonly TimeSpan Alive = TimeSpan.FromSeconds(1);
}
