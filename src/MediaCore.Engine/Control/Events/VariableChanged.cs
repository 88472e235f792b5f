namespace MediaCore.Engine.Control.Events;

/// <summary>A variable of the call has another value.</summary>
public sealed record VariableChanged : CallEvent
{
    /// <summary>Which.</summary>
    public required string Name { get; init; }

    /// <summary>Its value; null when it is gone.</summary>
    public string? Value { get; init; }
}
