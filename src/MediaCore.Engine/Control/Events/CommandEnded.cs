namespace MediaCore.Engine.Control.Events;

/// <summary>An accepted command is over; there is exactly one for each. Commands with a result have a record of their own that is derived from this one.</summary>
public record CommandEnded : CallEvent
{
    /// <summary>The command.</summary>
    public required string CommandId { get; init; }

    /// <summary>Who gave it, where it belongs to no call (a message outside of calls); null otherwise.</summary>
    public string? Controller { get; init; }

    /// <summary>How it ended.</summary>
    public CommandOutcome Outcome { get; init; }

    /// <summary>What went wrong; empty unless it failed.</summary>
    public string Problem { get; init; } = "";

    /// <summary>What the command's sender noted; null for nothing.</summary>
    public string? ClientState { get; init; }

    /// <summary>The final SIP status of what was asked of a peer; 0 where nobody was.</summary>
    public int SipStatus { get; init; }

    /// <summary>The Q.850 cause that goes with it; 0 for none.</summary>
    public int Q850Cause { get; init; }
}
