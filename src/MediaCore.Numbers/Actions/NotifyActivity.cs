using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Tells somebody of the call. It goes on as soon as it is written who is to be told; sending is done elsewhere.</summary>
internal sealed class NotifyActivity(NotifyAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "notify";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (Call.Services.Notify is not { } notify)
        {
            Trace("nobody is told: this server sends no notifications");
            Finish(new ActivityResult(ActivityOutcome.Completed));
            return;
        }

        string text = PromptMedia.Fill(action.Text, Call.Variables, Call.Language);
        CallFacts facts = Call.Facts;

        // A caller who hangs up meanwhile is told of all the same, so the activity's end does not end the writing.
        Ask(_ => notify(facts, action, text), answer =>
        {
            Trace(answer.Fault is null ? "told" : "nobody could be told: the database does not answer");
            Finish(new ActivityResult(ActivityOutcome.Completed));
        });
    }
}
