using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Calls;

/// <summary>Targets are being dialled for a controller, until one answers or none is left.</summary>
internal sealed class DialOperation(DialCommand command) : OpenCommand(command, leg: null)
{
    /// <summary>What was asked for.</summary>
    public DialCommand Dial { get; } = command;

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
