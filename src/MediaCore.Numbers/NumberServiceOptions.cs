using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers;

/// <summary>What the number service is started with.</summary>
public sealed record NumberServiceOptions
{
    /// <summary>The database.</summary>
    public required ServiceStoreOptions Store { get; init; }

    /// <summary>Digest realm of accounts (<c>sip.realm</c>).</summary>
    public required string Realm { get; init; }

    /// <summary>Folder of what belongs to this node and outlives it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Folder of prompts.</summary>
    public required string PromptFolder { get; init; }

    /// <summary>How menus ask web servers.</summary>
    public WebLookupOptions Lookups { get; init; } = new();

    /// <summary>Folder of recordings; null where nothing is recorded, and no messages are taken.</summary>
    public string? RecordingFolder { get; init; }
}
