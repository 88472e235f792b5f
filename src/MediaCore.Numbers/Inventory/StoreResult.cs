namespace MediaCore.Numbers.Inventory;

/// <summary>How a change of the inventory ended.</summary>
public enum StoreStatus : byte
{
    /// <summary>Done and audited.</summary>
    Done,

    /// <summary>The input breaks a rule; nothing was changed.</summary>
    Invalid,

    /// <summary>There is no such number or account; nothing was changed.</summary>
    NotFound,

    /// <summary>It exists already, or others still refer to it; nothing was changed.</summary>
    Conflict,

    /// <summary>A rate is used up: the same may be done after a while; nothing was changed.</summary>
    TooMany,
}

/// <summary>How a change of the inventory ended, with a sentence for the operator when it was refused.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Message">What is wrong and what would be right; empty when done.</param>
public readonly record struct StoreResult(StoreStatus Status, string Message)
{
    /// <summary>Done.</summary>
    public static StoreResult Done { get; } = new(StoreStatus.Done, "");

    /// <summary>Whether the change was made.</summary>
    public bool IsDone => Status == StoreStatus.Done;

    internal static StoreResult Invalid(string message) => new(StoreStatus.Invalid, message);

    internal static StoreResult NotFound(string message) => new(StoreStatus.NotFound, message);

    internal static StoreResult Conflict(string message) => new(StoreStatus.Conflict, message);

    internal static StoreResult TooMany(string message) => new(StoreStatus.TooMany, message);
}
