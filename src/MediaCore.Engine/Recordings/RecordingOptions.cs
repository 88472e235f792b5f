using MediaCore.Engine.Prompts;

namespace MediaCore.Engine.Recordings;

/// <summary>Settings of <see cref="RecordingStore"/> and what recordings are made with that say nothing else.</summary>
public sealed record RecordingOptions
{
    /// <summary>Where recordings go; made when needed, for its owner alone.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Folder below <see cref="Directory"/> that this store's files are in, a name without slashes; empty, the default, for none. Stores of several servers may have one directory when each has a folder of its own: none takes
    /// another's recording that is under way, or was cut off, for one to be recovered.
    /// </summary>
    public string Folder { get; init; } = "";

    /// <summary>Names of the files below <see cref="Directory"/> and <see cref="Folder"/>.</summary>
    public RecordingPath Path { get; init; } = RecordingPath.Default;

    /// <summary>What recordings are kept as. Default WAVE of 16 bits, which everything reads.</summary>
    public RecordingFormat Format { get; init; }

    /// <summary>Which sound goes where. Default stereo: mixing can be done later, taking apart cannot.</summary>
    public RecordingLayout Layout { get; init; }

    /// <summary>Whether a call that is recorded by policy gets one recording for each leg, of what that leg says, in place of one for both.</summary>
    public bool PerLeg { get; init; }

    /// <summary>What pauses become.</summary>
    public RecordingPause Pause { get; init; }

    /// <summary>Longest recording.</summary>
    public TimeSpan MaxDuration { get; init; } = RecordingLimits.DefaultMaxDuration;

    /// <summary>Samples per second of WAVE PCM and Opus, 8000 or 16000; 0, the default, for 16000 when a wideband codec was agreed and 8000 otherwise.</summary>
    public int SampleRateHz { get; init; }

    /// <summary>Bits per second of Opus and channel.</summary>
    public int OpusBitrate { get; init; } = 24_000;

    /// <summary>When files are forced to the disk.</summary>
    public RecordingSync Sync { get; init; } = RecordingSync.AtEnd;

    /// <summary>Bound of sound that waits in memory for the disk; what does not fit is left out of its recording as silence and counted.</summary>
    public long MaxBufferBytes { get; init; } = RecordingLimits.DefaultBufferBytes;

    /// <summary>Threads that encode and write. One writes several hundred recordings of WAVE, or about a hundred of Opus.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Played to both sides when a recording of a call begins; none by default.</summary>
    public PromptSource Announcement { get; init; }

    /// <summary>Whether both sides hear a short tone when a recording of a call begins.</summary>
    public bool Beep { get; init; }

    /// <summary>What paths of this store's files below <see cref="Directory"/> begin with.</summary>
    internal string Prefix => Folder.Length == 0 ? "" : Folder + "/";

    /// <summary>The terms of a recording that says nothing else.</summary>
    public RecordingTerms Terms => new(Format, Layout, Pause, MaxDuration);
}
