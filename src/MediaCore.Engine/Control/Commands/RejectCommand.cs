namespace MediaCore.Engine.Control.Commands;

/// <summary>Refuses the caller, who must not have been answered.</summary>
public sealed record RejectCommand : CallCommand
{
    /// <summary>400 to 699, but none that belongs to a transaction of its own (401, 407, 487).</summary>
    public int SipStatus { get; init; } = 603;

    /// <summary>Q.850 cause, 1 to 127; 0 for the one that goes with the status (RFC 3398).</summary>
    public int Q850Cause { get; init; }

    /// <summary>Text of the Reason header (RFC 3326); null for the cause's own.</summary>
    public string? Reason { get; init; }
}
