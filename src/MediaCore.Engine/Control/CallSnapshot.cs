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
