namespace MediaCore.Numbers.Actions;

/// <summary>Somebody or something that can be rung; exactly one of the first six is given.</summary>
public sealed record RingTarget
{
    /// <summary>A person, by the name that they sign in with: all phones of their account.</summary>
    public string? User { get; init; }

    /// <summary>An account: all phones that are registered for it.</summary>
    public string? Account { get; init; }

    /// <summary>A number in E.164 form, <c>+</c> and digits: one of our own numbers, or by the outbound routes.</summary>
    public string? Number { get; init; }

    /// <summary>A SIP URI.</summary>
    public string? Uri { get; init; }

    /// <summary>An extension: the person who has it.</summary>
    public string? Extension { get; init; }

    /// <summary>A trunk, with the number that is dialled on it.</summary>
    public string? Trunk { get; init; }

    /// <summary>What is dialled on <see cref="Trunk"/>; null for the number that was called.</summary>
    public string? Dial { get; init; }

    /// <summary>Weight where the strategy is weighted; 1 to 1000.</summary>
    public int Weight { get; init; } = 1;
}
