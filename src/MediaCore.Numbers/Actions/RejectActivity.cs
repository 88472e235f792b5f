using System.Globalization;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// Refuses the call, after an announcement (early media) where one is given and can be heard; one that was answered is hung up. A call that another of our numbers has led here is not refused but ends here as busy, rejected or unreachable,
/// so that the number that led it here can do something else with it.
/// </summary>
internal sealed class RejectActivity(RejectAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "reject";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        Call.Pass(WaypointKinds.Reject, action.Status.ToString(CultureInfo.InvariantCulture));
        if (Call.IsLedOn)
        {
            Finish(DialOutcomes.Of(action.Status, action.Cause ?? 0));
        }
        else if (action.Prompt is { } prompt)
        {
            Run(new AnnounceActivity(new AnnounceAction { Prompt = prompt, Answer = false }));
        }
        else
        {
            Refuse();
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result) => Refuse();

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        if (callEvent is CommandEnded { Outcome: CommandOutcome.Failed } failed)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, failed.Problem, action.Status, action.Cause ?? 0));
        }
    }

    private void Refuse() => Send(Call.IsAnswered
        ? new HangupCommand { CommandId = "", Q850Cause = action.Cause ?? DialOutcomes.CauseOf(action.Status) }
        : new RejectCommand { CommandId = "", SipStatus = action.Status, Q850Cause = action.Cause ?? 0 });
}
