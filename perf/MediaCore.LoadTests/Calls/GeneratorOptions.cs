using MediaCore.Primitives;

namespace MediaCore.LoadTests.Calls;

/// <summary>What load.</summary>
internal sealed record GeneratorOptions
{
    /// <summary>Calls up at once.</summary>
    public required int Calls { get; init; }

    /// <summary>Those of them whose sides have no codec in common.</summary>
    public required int TranscodedCalls { get; init; }

    /// <summary>Mean duration of a call.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Calls begun per second, at most.</summary>
    public required double CallsPerSecond { get; init; }

    /// <summary>Whether callers use SRTP.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Address of the callers; its port is 0.</summary>
    public required NetworkEndpoint CallerAddress { get; init; }

    /// <summary>Address of the callees; its port is 0.</summary>
    public required NetworkEndpoint CalleeAddress { get; init; }
}
