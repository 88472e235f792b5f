namespace MediaCore.Numbers.Recordings;

/// <summary>Bounds of what recordings make the service hold, and what happens at each.</summary>
public static class RecordingRegisterLimits
{
    /// <summary>Recordings that are under way or wait for the database: as many as there can be at once. The next one has no row until a start finds its file.</summary>
    public const int MaxOpen = Engine.Recordings.RecordingLimits.MaxRecordings;

    /// <summary>Pauses of one recording that its row names; the later ones are in the file, not in the row.</summary>
    public const int MaxSegments = 200;

    /// <summary>Files that are looked at, rows that are deleted in one go: what the database answers in milliseconds.</summary>
    public const int Batch = 500;

    /// <summary>How often it is looked for files that nobody told of, for recordings whose time is over, and tried again what the database refused.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>After so long without any file a recording is given up: making whole what a killed server left takes seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
}
