namespace MediaCore.Engine.CallRecords;

/// <summary>Bounds of the call-record journal, each with where it comes from.</summary>
public static class CallRecordLimits
{
    /// <summary>
    /// Records kept in memory while the disk refuses them. At 100 calls a second (a busy node of ours) this is 100 s, longer than a log
    /// rotation or a remount takes; beyond it the newest are dropped, counted and logged.
    /// </summary>
    public const int MaxHeldRecords = 10_000;

    /// <summary>Bytes of records kept in memory while the disk refuses them: a usual record of two legs is 1.4 kB, so this seldom binds first.</summary>
    public const int MaxHeldBytes = 32 * 1024 * 1024;

    /// <summary>Characters kept of one text field. A whole SIP message over UDP is at most 64 kB; a URI worth keeping is far shorter.</summary>
    public const int MaxFieldCharacters = 512;

    /// <summary>Legs kept of one call: a plan's targets times the contacts of an account stay below it; <c>legs_left_out</c> counts the rest.</summary>
    public const int MaxLegs = 64;

    /// <summary>Transfers kept of one call; one that is passed on more often is a loop or a switchboard.</summary>
    public const int MaxTransfers = 16;

    /// <summary>Recordings kept of one call: who starts and stops more often than that has the descriptions beside the files.</summary>
    public const int MaxRecordings = 16;

    /// <summary>
    /// Longest line a reader accepts: <see cref="MaxLegs"/> legs of 7 text fields of <see cref="MaxFieldCharacters"/> characters, each at
    /// worst a six-byte escape, come to 1.4 MB. A longer line was not written by us.
    /// </summary>
    public const int MaxLineBytes = 2 * 1024 * 1024;

    /// <summary>Files of one shard and one day; at the default size this is 640 GB a day.</summary>
    public const int MaxFilesPerDay = 9_999;
}
