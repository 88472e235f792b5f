namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>Bounds of what is done with digits.</summary>
internal static class DigitLimits
{
    /// <summary>Digits that wait to be sent to one leg; more are dropped and counted. A number of 32 digits twice; who sends faster than that can be sent is no person.</summary>
    public const int MaxWaiting = 64;

    /// <summary>Shortest digit that we send in ms, as rtpengine's <c>play DTMF</c>; a shorter one that came is made so long.</summary>
    public const int MinMilliseconds = 100;

    /// <summary>Longest digit in ms: a key held longer is over then, for the other side.</summary>
    public const int MaxMilliseconds = 5000;

    /// <summary>Length where nobody says one.</summary>
    public const int DefaultMilliseconds = 250;

    /// <summary>Pause between digits where nobody says one; also the shortest, so that all three end packets come before the next digit.</summary>
    public const int DefaultPauseMilliseconds = 100;

    /// <summary>Longest pause.</summary>
    public const int MaxPauseMilliseconds = 5000;

    /// <summary>The same digit in another form within that time is the same key: some phones send events and INFO for each.</summary>
    public static readonly TimeSpan SameKey = TimeSpan.FromMilliseconds(400);

    /// <summary>Telephone-event payload types of one leg that are looked at: a description with one for each clock rate has four.</summary>
    public const int MaxEventFormats = 4;

    /// <summary>Digits kept for the call record.</summary>
    public const int MaxRecorded = 64;

    /// <summary>Bytes of an INFO body that can be a digit.</summary>
    public const int MaxInfoBytes = 128;
}
