namespace MediaCore.Engine.Questions;

/// <summary>What is to be done with a call.</summary>
public sealed record RouteQuestion
{
    /// <summary>The call.</summary>
    public required string CallId { get; init; }

    /// <summary>User part of From; empty for anonymous.</summary>
    public required string Caller { get; init; }

    /// <summary>What was dialled, or what an earlier answer said in its place.</summary>
    public required string Called { get; init; }

    /// <summary>The account that has proved itself; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>The trunk it came in by; null for none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>Transport, address and port that the INVITE came from.</summary>
    public required string Source { get; init; }

    /// <summary>What the inbound trunk asserts of the caller; null for nothing.</summary>
    public string? AssertedCaller { get; init; }

    /// <summary>The configured route that led here; null for none.</summary>
    public string? Route { get; init; }

    /// <summary>The virtual number that was called; null for none.</summary>
    public string? Number { get; init; }

    /// <summary>Headers of the INVITE, those that the route shows.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
