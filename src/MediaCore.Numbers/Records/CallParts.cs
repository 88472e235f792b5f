using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Records;

/// <summary>All that is known of a call, to be joined (<see cref="CallJoiner"/>).</summary>
public sealed record CallParts
{
    /// <summary>Who is to see it.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The calls, the one that the others belong to first.</summary>
    public required IReadOnlyList<CallPart> Calls { get; init; }

    /// <summary>Whether it is that tenant's call. Another's number may have led it on to this one's: whose legs it has is nobody else's business.</summary>
    public bool IsOwners { get; init; } = true;

    /// <summary>Where it waited, in order.</summary>
    public IReadOnlyList<QueueVisit> Queues { get; init; } = [];

    /// <summary>What was left.</summary>
    public IReadOnlyList<LeftMessage> Messages { get; init; } = [];

    /// <summary>What was recorded.</summary>
    public IReadOnlyList<Recording> Recordings { get; init; } = [];
}
