namespace MediaCore.Engine.Recordings;

/// <summary>Bounds of recordings.</summary>
public static class RecordingLimits
{
    /// <summary>Sound in one block on its way to the writer, in frames of 20 ms: 200 ms, five messages a second and recording; what a kill costs at most beside the second that a page of Ogg holds.</summary>
    public const int BlockFrames = 10;

    /// <summary>Samples in a block: <see cref="BlockFrames"/> of two channels at 16 kHz.</summary>
    public const int BlockSamples = BlockFrames * 2 * 320;

    /// <summary>Bytes of a block, with its object.</summary>
    public const int BlockBytes = (BlockSamples * sizeof(short)) + 96;

    /// <summary>Default bound of sound that waits for the disk: 64 MiB are 1,000 s of one stereo recording at 16 kHz, or 2 s of 500 of them.</summary>
    public const long DefaultBufferBytes = 64L * 1024 * 1024;

    /// <summary>Most recordings at a time, the engine's default of calls.</summary>
    public const int MaxRecordings = 20_000;

    /// <summary>Most writer threads.</summary>
    public const int MaxThreads = 16;

    /// <summary>Frames by which the sound may be behind the clock before its time is put right: one, since frames come with the time they were due at.</summary>
    public const int MaxLateFrames = 1;

    /// <summary>Frames by which the sound may be ahead of the clock; more are left out.</summary>
    public const int MaxEarlyFrames = 2;

    /// <summary>Longest recording by default.</summary>
    public static readonly TimeSpan DefaultMaxDuration = TimeSpan.FromHours(4);

    /// <summary>How often the sizes in headers are brought up to date.</summary>
    public static readonly TimeSpan HeaderInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long after a refusal the disk is tried again for the same file.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a finished recording waits for a disk that refuses its last bytes, before it is given up.</summary>
    public static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(30);

    /// <summary>Longest path of a recording below the directory, in characters.</summary>
    public const int MaxPathCharacters = 512;

    /// <summary>Longest identifier in a path; ours have 26 characters, another signalling's are cut.</summary>
    public const int MaxIdentifierCharacters = 64;

    /// <summary>Unfinished files looked at in one start; further ones wait for the next.</summary>
    public const int MaxRecovered = 100_000;

    /// <summary>Recordings of one call that are told apart by a number at the end of their names.</summary>
    public const int MaxNameAttempts = 16;
}
