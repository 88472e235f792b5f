using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;

namespace MediaCore.Numbers.Plans;

/// <summary>What a decision looks at: the call, its tenant's configuration, and how things are around it at one moment.</summary>
public sealed class PlanFacts
{
    /// <summary>The call.</summary>
    public required CallFacts Call { get; init; }

    /// <summary>The tenant's configuration that the call keeps.</summary>
    public required TenantConfiguration Configuration { get; init; }

    /// <summary>The moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Language of the call, RFC 5646.</summary>
    public required string Language { get; init; }

    /// <summary>Variables of the call.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Queues, registrations and calls.</summary>
    public required IPlanSurroundings Around { get; init; }
}
