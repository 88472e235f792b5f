namespace MediaCore.Control.Policy;

/// <summary>State of a <see cref="CircuitBreaker"/>, in the order of how bad it is.</summary>
public enum BreakerState
{
    /// <summary>Questions are asked.</summary>
    Closed,

    /// <summary>One question at a time is asked, to see whether it is better.</summary>
    HalfOpen,

    /// <summary>No question is asked.</summary>
    Open,
}
