using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Calls;

/// <summary>A recording by command, until it has its last sound.</summary>
internal sealed class RecordOperation(CallCommand command, Leg leg, CallRecording recording) : OpenCommand(command, leg)
{
    /// <summary>The recording.</summary>
    public CallRecording Recording { get; } = recording;

    /// <inheritdoc/>
    public override CommandEnded Describe(CommandOutcome outcome, string problem, int status, int cause) => new RecordingEnded
    {
        CommandId = Command.CommandId,
        ClientState = Command.ClientState,
        LegId = LegId,
        Outcome = outcome,
        Problem = problem,
        Recording = Recording.Info,
    };
}
