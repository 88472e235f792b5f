namespace MediaCore.Numbers.Inventory;

/// <summary>How a change ended, with what it made.</summary>
/// <typeparam name="T">What a change that was done gives.</typeparam>
/// <param name="Status">How it ended.</param>
/// <param name="Message">What is wrong and what would be right; empty when done.</param>
/// <param name="Value">What it made; the type's default when it was refused.</param>
public readonly record struct StoreResult<T>(StoreStatus Status, string Message, T? Value)
{
    /// <summary>Whether the change was made.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Status == StoreStatus.Done;

    /// <summary>Done, with what it made.</summary>
    public static implicit operator StoreResult<T>(T value) => new(StoreStatus.Done, "", value);

    /// <summary>A refusal.</summary>
    public static implicit operator StoreResult<T>(StoreResult refusal)
        => refusal.IsDone ? throw new ArgumentException("What is done has a value.", nameof(refusal)) : new(refusal.Status, refusal.Message, default);
}
