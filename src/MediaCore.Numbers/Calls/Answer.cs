using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Numbers.Calls;

/// <summary>What came of something that took time: a value or the fault.</summary>
/// <param name="Value">The value; the type's default where there is a fault.</param>
/// <param name="Fault">What went wrong; null for nothing.</param>
public readonly record struct Answer<T>(T? Value, Exception? Fault)
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsGiven => Fault is null;
}
