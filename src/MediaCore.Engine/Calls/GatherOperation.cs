using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Calls;

/// <summary>Digits are gathered by command.</summary>
internal sealed class GatherOperation(GatherCommand command, Leg leg) : OpenCommand(command, leg)
{
    /// <summary>How far it is.</summary>
    public DigitGather Digits { get; } = new(new GatherTerms(command.MinDigits, command.MaxDigits, command.Terminators, command.InitialTimeout, command.InterdigitTimeout, command.OverallTimeout, command.BargeIn));

    /// <summary>Whether the digits are secret.</summary>
    public bool IsSensitive { get; } = command.IsSensitive;

    /// <inheritdoc/>
    public override CommandEnded Describe(CommandOutcome outcome, string problem, int status, int cause) => new GatherEnded
    {
        CommandId = Command.CommandId,
        ClientState = Command.ClientState,
        LegId = LegId,
        Outcome = outcome,
        Problem = problem,
        Reason = Digits.Reason ?? (outcome == CommandOutcome.HungUp ? GatherEnd.HungUp : GatherEnd.Stopped),
        Digits = Digits.Digits,
        Terminator = Digits.Terminator,
        IsSensitive = IsSensitive,
    };
}
