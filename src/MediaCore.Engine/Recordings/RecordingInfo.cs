namespace MediaCore.Engine.Recordings;

/// <summary>What is known of a recording: in the call's record, in the file beside the recording, in the event of its end.</summary>
public sealed record RecordingInfo
{
    /// <summary>The call.</summary>
    public string CallId { get; init; } = "";

    /// <summary>The leg that was recorded: the call's identifier and a number.</summary>
    public string LegId { get; init; } = "";

    /// <summary>Path below the directory of recordings, with <c>/</c>.</summary>
    public required string File { get; init; }

    /// <summary>What it is kept as.</summary>
    public RecordingFormat Format { get; init; }

    /// <summary>Which sound is in it.</summary>
    public RecordingLayout Layout { get; init; }

    /// <summary>Samples per second and channel.</summary>
    public int SampleRateHz { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Sound in the file.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How much of it is silence because the disk was too slow or refused.</summary>
    public TimeSpan Gaps { get; init; }

    /// <summary>Length of the file; 0 until it is saved.</summary>
    public long Bytes { get; init; }

    /// <summary>SHA-256 of the file in lower-case hexadecimal; empty until it is saved.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>How far it is.</summary>
    public RecordingStatus Status { get; init; }
}
