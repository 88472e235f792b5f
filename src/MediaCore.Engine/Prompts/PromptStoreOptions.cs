namespace MediaCore.Engine.Prompts;

/// <summary>Settings of <see cref="PromptStore"/>.</summary>
public sealed record PromptStoreOptions
{
    /// <summary>Where prompt files lie; null forbids them. Nothing outside of it is ever read for a prompt.</summary>
    public string? PromptDirectory { get; init; }

    /// <summary>Where finished recordings lie that are played back (<see cref="PromptSource.FromRecording"/>); null forbids that. A path of one directory never reads from the other.</summary>
    public string? RecordingDirectory { get; init; }

    /// <summary>Where synthesized speech is kept; created when needed; null keeps it in memory only. Default <c>data/prompts</c>.</summary>
    public string? CacheDirectory { get; init; } = Path.Combine("data", "prompts");

    /// <summary>How often it is looked whether files in memory have changed. Default <see cref="PromptLimits.RecheckInterval"/>.</summary>
    public TimeSpan RecheckInterval { get; init; } = PromptLimits.RecheckInterval;

    /// <summary>Bound of clips in memory, bytes. The least recently used go first. Default <see cref="PromptLimits.DefaultMemoryBytes"/>.</summary>
    public long MaxMemoryBytes { get; init; } = PromptLimits.DefaultMemoryBytes;

    /// <summary>Bound of <see cref="CacheDirectory"/>, bytes. The oldest go first. Default <see cref="PromptLimits.DefaultDiskBytes"/>.</summary>
    public long MaxDiskBytes { get; init; } = PromptLimits.DefaultDiskBytes;
}
