namespace MediaCore.Engine.Control;

/// <summary>A call at one moment.</summary>
public sealed record CallSnapshot
{
    /// <summary>The call.</summary>
    public required string CallId { get; init; }

    /// <summary>Number of the last event that was published of it; events behind that one are news. 0 where there was none.</summary>
    public long Sequence { get; init; }

    /// <summary>How far it is.</summary>
    public CallPhase Phase { get; init; }

    /// <summary>Who called, as presented.</summary>
    public string Caller { get; init; } = "";

    /// <summary>What was dialled.</summary>
    public string Called { get; init; } = "";

    /// <summary>The virtual number; null where it is none.</summary>
    public string? Number { get; init; }

    /// <summary>The account that called; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>The trunk that it came in by; null for none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>The application that it was offered to; null for none.</summary>
    public string? Application { get; init; }

    /// <summary>Who controls it; null for nobody.</summary>
    public string? Controller { get; init; }

    /// <summary>Under which epoch; 0 where nobody does.</summary>
    public long Epoch { get; init; }

    /// <summary>Whether a controller had it made; false for one that came to us.</summary>
    public bool IsOriginated { get; init; }

    /// <summary>Where its INVITE came from, as <c>udp:192.0.2.1:5060</c>; empty for a call that was made, and once that party was transferred away.</summary>
    public string Source { get; init; } = "";

    /// <summary>Name of the configured route; null for numbers.</summary>
    public string? Route { get; init; }

    /// <summary>Headers of the INVITE that the configuration wants to be shown; empty for a call that was never offered.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the caller was answered; null while he is not.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The conference that the caller is in; null for none.</summary>
    public string? Conference { get; init; }

    /// <summary>The legs that have not ended, in the order of their numbers.</summary>
    public IReadOnlyList<LegSnapshot> Legs { get; init; } = [];

    /// <summary>Its variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = EmptyVariables;

    /// <summary>Identifiers of the commands that have not ended.</summary>
    public IReadOnlyList<string> OpenCommands { get; init; } = [];

    private static IReadOnlyDictionary<string, string> EmptyVariables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
