using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Calls;

/// <summary>A playback by command.</summary>
internal sealed class PlayOperation(CallCommand command, Leg leg) : OpenCommand(command, leg)
{
    /// <summary>How much of it was heard, known at its end.</summary>
    public TimeSpan Played { get; set; }

    /// <inheritdoc/>
    public override CommandEnded Describe(CommandOutcome outcome, string problem, int status, int cause) => new PlaybackEnded
    {
        CommandId = Command.CommandId,
        ClientState = Command.ClientState,
        LegId = LegId,
        Outcome = outcome,
        Problem = problem,
        Played = Played,
    };
}
