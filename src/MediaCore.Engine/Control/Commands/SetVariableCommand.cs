namespace MediaCore.Engine.Control.Commands;

/// <summary>Keeps a value with the call, for snapshots and whoever controls it next.</summary>
public sealed record SetVariableCommand : CallCommand
{
    /// <summary>Name: 1 to <see cref="ControlLimits.MaxVariableNameChars"/> letters, digits, <c>.</c>, <c>_</c> or <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Value; null takes the variable away.</summary>
    public string? Value { get; init; }
}
