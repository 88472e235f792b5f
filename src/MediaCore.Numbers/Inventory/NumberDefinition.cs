using System.Collections.Immutable;

namespace MediaCore.Numbers.Inventory;

/// <summary>A virtual number: what happens when it is called.</summary>
/// <param name="E164">The number, <c>+</c> and 2 to 15 digits (ITU-T E.164 §6); unique.</param>
public sealed record NumberDefinition(string E164)
{
    /// <summary>What the operator calls it; may be empty.</summary>
    public string Label { get; init; } = "";

    /// <summary>A disabled number is as unknown as one that does not exist.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Targets in the order they are tried; at least one.</summary>
    public ImmutableArray<NumberTarget> Targets { get; init; } = [];
}
