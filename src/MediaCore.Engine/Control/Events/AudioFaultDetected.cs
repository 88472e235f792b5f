namespace MediaCore.Engine.Control.Events;

/// <summary>Something is wrong with what comes from a leg.</summary>
public sealed record AudioFaultDetected : CallEvent
{
    /// <summary>What.</summary>
    public AudioFaultKind Fault { get; init; }
}
