namespace MediaCore.Numbers.Queues;

/// <summary>Calling back those who do not want to wait: they keep their place.</summary>
public sealed record CallbackRules
{
    /// <summary>The key that asks for it.</summary>
    public char Key { get; init; } = '1';

    /// <summary>It is offered while the wait that is expected is longer.</summary>
    public TimeSpan OfferAbove { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Who is called first.</summary>
    public CallbackMode Mode { get; init; }

    /// <summary>The trunk by which customers are called; null for the server's own routes.</summary>
    public string? Trunk { get; init; }

    /// <summary>The number that customers see; null for the one that they had called.</summary>
    public string? Number { get; init; }

    /// <summary>Attempts, 1 to 3; Puzzel's default is 1.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Time between them.</summary>
    public TimeSpan Between { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the customer's phone rings.</summary>
    public TimeSpan RingTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a callback is kept at all.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromHours(8);
}
