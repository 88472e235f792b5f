namespace MediaCore.Primitives;

/// <summary>What became of <see cref="SessionTable.TryAdd"/>.</summary>
public enum SessionAddResult
{
    /// <summary>The key now maps to the handle.</summary>
    Added,

    /// <summary>The key maps to something already; nothing was changed.</summary>
    Exists,

    /// <summary>The table, or the key's window of it, is full; the engine answers 503 (Service Unavailable).</summary>
    Full,
}
