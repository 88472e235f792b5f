namespace MediaCore.Numbers.Model;

/// <summary>How far a recording is.</summary>
public enum RecordingState : byte
{
    /// <summary>It has begun and is not saved yet.</summary>
    InProgress,

    /// <summary>The file is there.</summary>
    Completed,

    /// <summary>There is no file, or none that is whole.</summary>
    Failed,

    /// <summary>It was not wanted.</summary>
    Discarded,

    /// <summary>The file was deleted, by somebody or because its time was over.</summary>
    Deleted,
}

/// <summary>A recording of a call: written when it begins, completed when its file is saved. Transfers do not end it; a call that is recorded, not recorded and recorded again has two.</summary>
public sealed class Recording : TenantRow, IRecordRow
{
    /// <summary>The call.</summary>
    public string CallId { get; set; } = "";

    /// <summary>The leg that it began at.</summary>
    public string LegId { get; set; } = "";

    /// <summary>The virtual number; null for none.</summary>
    public string? Number { get; set; }

    /// <summary>The server that has the file.</summary>
    public string Node { get; set; } = "";

    /// <summary>Path below that server's folder of recordings.</summary>
    public string File { get; set; } = "";

    /// <summary>How far it is.</summary>
    public RecordingState State { get; set; }

    /// <summary>As <c>wav</c>, <c>opus</c>.</summary>
    public string Format { get; set; } = "";

    /// <summary>As <c>stereo</c>: the caller left, what he hears right.</summary>
    public string Layout { get; set; } = "";

    /// <summary>When it began, milliseconds of Unix time.</summary>
    public long StartedAtMs { get; set; }

    /// <summary>Sound in it.</summary>
    public long DurationMs { get; set; }

    /// <summary>Length of the file.</summary>
    public long Bytes { get; set; }

    /// <summary>SHA-256 of the file, hexadecimal; empty until it is saved.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>When it was recorded and when it was paused: a JSON array of <c>start_ms</c>, <c>end_ms</c> (from the beginning, by the clock) and <c>kind</c>, <c>recorded</c> or <c>paused</c>.</summary>
    public string Segments { get; set; } = "[]";

    /// <summary>When it is deleted by itself, milliseconds of Unix time; null for never.</summary>
    public long? RetainUntilMs { get; set; }

    /// <summary>When it was deleted, milliseconds of Unix time.</summary>
    public long? DeletedAtMs { get; set; }
}
