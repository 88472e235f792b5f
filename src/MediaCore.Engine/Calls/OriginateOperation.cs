using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Calls;

/// <summary>A call of ours is being made, until somebody answers or nobody does.</summary>
internal sealed class OriginateOperation(OriginateCommand command) : OpenCommand(command, leg: null)
{
    /// <inheritdoc/>
    public override CommandEnded Describe(CommandOutcome outcome, string problem, int status, int cause) => new DialEnded
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
