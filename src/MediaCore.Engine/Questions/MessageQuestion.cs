namespace MediaCore.Engine.Questions;

/// <summary>What is to be done with a MESSAGE outside of a call.</summary>
public sealed record MessageQuestion
{
    /// <summary>User part of From, or what a trusted trunk asserts.</summary>
    public required string From { get; init; }

    /// <summary>User part of the Request-URI.</summary>
    public required string To { get; init; }

    /// <summary>The account that has proved itself; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>The trunk it came in by; null for none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>Media type of the body; empty without one.</summary>
    public required string ContentType { get; init; }

    /// <summary>The body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
