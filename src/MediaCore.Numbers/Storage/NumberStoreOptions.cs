namespace MediaCore.Numbers.Storage;

/// <summary>Where the number service keeps its data.</summary>
public sealed record NumberStoreOptions
{
    /// <summary>Microsoft.Data.Sqlite connection string, as <c>Data Source=data/mediacore.db</c>. The file's folder is made when it is missing.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Digest realm that accounts' secrets are made for; must be the engine's. Changing it makes all accounts' passwords void.</summary>
    public string Realm { get; init; } = "mediacore";
}
