namespace MediaCore.Numbers.Storage;

/// <summary>Kind of database.</summary>
public enum StoreProvider : byte
{
    /// <summary>A file of this node.</summary>
    Sqlite,

    /// <summary>A server that several nodes share.</summary>
    Postgres,
}

/// <summary>Where the number service's database is.</summary>
public sealed record ServiceStoreOptions
{
    /// <summary>Kind of database.</summary>
    public StoreProvider Provider { get; init; }

    /// <summary><c>Data Source=data/mediacore.db</c>, or <c>Host=db;Database=mediacore;Username=mediacore</c>.</summary>
    public required string Connection { get; init; }
}
