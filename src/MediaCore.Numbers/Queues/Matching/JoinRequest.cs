namespace MediaCore.Numbers.Queues.Matching;

/// <summary>A caller who comes to a queue.</summary>
internal sealed record JoinRequest
{
    public required Guid Queue { get; init; }

    public string CallId { get; init; } = "";

    /// <summary>Who calls; empty for an anonymous caller.</summary>
    public string Caller { get; init; } = "";

    /// <summary>Null for the queue's own.</summary>
    public int? Priority { get; init; }

    /// <summary>Waiting in queues before.</summary>
    public long CreditMs { get; init; }

    /// <summary>How long ago he came, where that was not now.</summary>
    public long WaitedMs { get; init; }

    /// <summary>What is asked for this call beside what the queue asks.</summary>
    public IReadOnlyDictionary<string, int> Skills { get; init; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Queues that he came through.</summary>
    public IReadOnlyList<Guid> Former { get; init; } = [];

    /// <summary>Whom the desk talks to about him.</summary>
    public object? Line { get; init; }
}
