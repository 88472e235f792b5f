namespace MediaCore.Engine.CallRecords;

/// <summary>How the call-record journal is kept.</summary>
public sealed record CallRecordJournalOptions
{
    /// <summary>Folder of the files; made when it is missing. One running server owns it.</summary>
    public required string Folder { get; init; }

    /// <summary>Shards that write, at least 1; each has a file of its own.</summary>
    public int ShardCount { get; init; } = 1;

    /// <summary>
    /// A file that has reached so many bytes is followed by the next one; 64 MiB (about 50 000 calls) opens in any tool. The number service,
    /// which deletes imported files, does better with 4 MiB. At least 4 kB.
    /// </summary>
    public long MaxFileBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Files kept in the folder, the oldest removed when a new one begins; 0 keeps all, which leaves the disk to the operator.</summary>
    public int MaxFilesKept { get; init; }

    /// <summary>How soon records that the disk refused are tried again.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);
}
