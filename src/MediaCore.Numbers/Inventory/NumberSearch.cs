using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Inventory;

/// <summary>What numbers are looked for. What is left out does not matter.</summary>
public sealed record NumberSearch
{
    /// <summary>Numbers of one page at most.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>The tenant's own numbers in place of those that can be had.</summary>
    public bool Own { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>Kind.</summary>
    public NumberType? Type { get; init; }

    /// <summary>First digits of the national number, as <c>202</c>.</summary>
    public string? AreaCode { get; init; }

    /// <summary>Pattern of the national number: digits, letters as on the keypad, <c>?</c> for a digit, <c>*</c> for any; as <c>*FLOWERS</c>.</summary>
    public string? Pattern { get; init; }

    /// <summary>What it must be able to do.</summary>
    public NumberCapabilities Capabilities { get; init; }

    /// <summary>The last number of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Numbers of the page, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;
}
