namespace MediaCore.Engine.Control.Commands;

/// <summary>Ends the call, or one party of it: of a party that was dialled, the call stays with its controller.</summary>
public sealed record HangupCommand : CallCommand
{
    /// <summary>Q.850 cause, 1 to 127; an unanswered caller gets the status that goes with it (RFC 3398), 480 where none does.</summary>
    public int Q850Cause { get; init; } = 16;
}
