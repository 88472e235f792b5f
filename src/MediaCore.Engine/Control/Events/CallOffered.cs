namespace MediaCore.Engine.Control.Events;

/// <summary>The call has come to an application: the first to claim it before the deadline controls it.</summary>
public sealed record CallOffered : CallEvent
{
    /// <summary>The application.</summary>
    public required string Application { get; init; }

    /// <summary>Until when it may be claimed; then its plan goes on.</summary>
    public DateTimeOffset Deadline { get; init; }

    /// <summary>Who calls, as presented.</summary>
    public string Caller { get; init; } = "";

    /// <summary>What a trusted trunk asserts of the caller; null for nothing.</summary>
    public string? AssertedCaller { get; init; }

    /// <summary>Whether the caller wants its number kept from who is called (RFC 3323, RFC 3325 §9.3).</summary>
    public bool IsPrivate { get; init; }

    /// <summary>What was dialled.</summary>
    public string Called { get; init; } = "";

    /// <summary>The virtual number; null where it is none.</summary>
    public string? Number { get; init; }

    /// <summary>The configured route; null for numbers.</summary>
    public string? Route { get; init; }

    /// <summary>The account that calls; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>The trunk that it came in by; null for none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>Where its INVITE came from, as <c>udp:192.0.2.1:5060</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether the caller was answered before, by an announcement or the like.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Headers of the INVITE that the configuration wants to be shown, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
