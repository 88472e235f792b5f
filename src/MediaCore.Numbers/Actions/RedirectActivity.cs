using MediaCore.Engine.Control.Commands;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Sends the caller elsewhere (302); fails for one who was answered.</summary>
internal sealed class RedirectActivity(RedirectAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "redirect";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (Call.IsAnswered)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "the caller was answered before"));
        }
        else
        {
            Send(new RedirectCommand { CommandId = "", Contacts = action.Contacts });
        }
    }
}
