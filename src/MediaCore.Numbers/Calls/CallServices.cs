using MediaCore.Engine.Control;

namespace MediaCore.Numbers.Calls;

/// <summary>What the calls of the number service share.</summary>
public sealed record CallServices
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The engine's calls.</summary>
    public required ICallControl Control { get; init; }
}
