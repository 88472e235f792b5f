namespace MediaCore.Engine.Control.Events;

/// <summary>Somebody has taken control of the call, or nobody has it any more.</summary>
public sealed record ControlChanged : CallEvent
{
    /// <summary>Who controls it now; null for nobody.</summary>
    public string? Controller { get; init; }

    /// <summary>Under which epoch; 0 for nobody.</summary>
    public long Epoch { get; init; }
}
