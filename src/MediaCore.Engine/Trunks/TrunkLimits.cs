namespace MediaCore.Engine.Trunks;

/// <summary>What a trunk may carry; immutable part of <see cref="Trunk"/>. 0 is no limit.</summary>
public sealed record TrunkLimits
{
    /// <summary>No limits.</summary>
    public static TrunkLimits None { get; } = new();

    /// <summary>Calls at once in both directions.</summary>
    public int Calls { get; init; }

    /// <summary>Calls at once that came in by it.</summary>
    public int InboundCalls { get; init; }

    /// <summary>Calls at once that go out by it.</summary>
    public int OutboundCalls { get; init; }

    /// <summary>New calls per second in each direction, sustained.</summary>
    public double CallsPerSecond { get; init; }

    /// <summary>New calls at once after a rest, in each direction; at least 1.</summary>
    public int Burst { get; init; } = 1;
}

/// <summary>Why a call was not let on to a trunk.</summary>
public enum TrunkRefusal : byte
{
    /// <summary>It was let on.</summary>
    None,

    /// <summary>Too many calls at once.</summary>
    Calls,

    /// <summary>Too many calls per second.</summary>
    Rate,
}
