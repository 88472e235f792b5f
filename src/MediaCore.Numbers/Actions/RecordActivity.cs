using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// Begins or ends the caller's recording. Of a caller who was not answered yet it begins with the answer. The recording goes on when this is over; where it cannot begin the call goes on without it.
/// </summary>
internal sealed class RecordActivity(RecordAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "record";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (!action.On)
        {
            Send(new RecordStopCommand { CommandId = "" });
        }
        else if (Call.IsRecorded)
        {
            Finish(new ActivityResult(ActivityOutcome.Completed, "is recorded already"));
        }
        else if (Call.IsAnswered)
        {
            Send(new RecordStartCommand { CommandId = "" });
        }
        else
        {
            Call.RecordOnceAnswered();
            Finish(new ActivityResult(ActivityOutcome.Completed, "from the answer on"));
        }
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        // What was begun ends with the recording, which outlives this.
        if (callEvent is RecordingChanged { Stage: RecordingStage.Started } or CommandEnded)
        {
            Finish(new ActivityResult(ActivityOutcome.Completed));
        }
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        Trace(reply.Problem);
        Finish(new ActivityResult(ActivityOutcome.Failed, reply.Problem));
    }
}
