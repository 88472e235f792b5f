using MediaCore.Engine.Control.Commands;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Ends the call; one that another of our numbers has led here ends here as rejected.</summary>
internal sealed class HangupActivity(HangupAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "hangup";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (Call.IsLedOn)
        {
            Finish(new ActivityResult(ActivityOutcome.Rejected, "", 480, action.Cause));
        }
        else
        {
            Send(new HangupCommand { CommandId = "", Q850Cause = action.Cause });
        }
    }
}
