using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A command that was accepted and has not ended. Commands with a result of their own derive from it and say it in <see cref="Describe"/>. Ended by <c>BackToBackUserAgent.Finish</c> alone, at the latest with its call.
/// </summary>
internal class OpenCommand(CallCommand command, Leg? leg)
{
    /// <summary>The command.</summary>
    public CallCommand Command { get; } = command;

    /// <summary>The leg that it acts on; null for the call.</summary>
    public Leg? Leg { get; } = leg;

    /// <summary>Its identifier, which outlives the leg.</summary>
    public string? LegId { get; set; } = leg is null ? null : $"{leg.Call.Id}-{leg.Index}";

    /// <summary>The event that ends it.</summary>
    public virtual CommandEnded Describe(CommandOutcome outcome, string problem, int status, int cause) => new()
    {
        CommandId = Command.CommandId,
        ClientState = Command.ClientState,
        LegId = LegId,
        Outcome = outcome,
        Problem = problem,
        SipStatus = status,
        Q850Cause = cause,
    };
}
