namespace MediaCore.Engine.Control.Events;

/// <summary>A gather is over.</summary>
public sealed record GatherEnded : CommandEnded
{
    /// <summary>Why.</summary>
    public GatherEnd Reason { get; init; }

    /// <summary>The digits, without the terminator.</summary>
    public string Digits { get; init; } = "";

    /// <summary>The terminator; null where none was typed.</summary>
    public char? Terminator { get; init; }

    /// <summary>The digits are secret: whoever logs this leaves them out.</summary>
    public bool IsSensitive { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(GatherEnded)} {{ CallId = {CallId}, LegId = {LegId}, Sequence = {Sequence}, CommandId = {CommandId}, Reason = {Reason}, Digits = {Digits.Length} }}";
}
