namespace MediaCore.Engine.Control;

/// <summary>Which calls are listed; what is null is not looked at.</summary>
public sealed record CallFilter
{
    /// <summary>All calls, the first page.</summary>
    public static CallFilter All { get; } = new();

    /// <summary>Those offered to, or controlled for, this application.</summary>
    public string? Application { get; init; }

    /// <summary>Those that this controller has.</summary>
    public string? Controller { get; init; }

    /// <summary>Those with a leg of this account.</summary>
    public string? Account { get; init; }

    /// <summary>Those with a leg on this trunk.</summary>
    public string? Trunk { get; init; }

    /// <summary>Calls in the page, 1 to <see cref="ControlLimits.MaxPageCalls"/>.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>The page begins behind this identifier: <see cref="CallPage.Next"/> of the page before; null for the first.</summary>
    public string? After { get; init; }
}
