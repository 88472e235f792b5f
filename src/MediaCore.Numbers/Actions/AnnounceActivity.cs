using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// Plays something to its end. A caller who was not answered is answered first, or gets it as early media; where the caller cannot get early media (an INVITE without an offer, a stranger without reliable responses) it ends as failed.
/// </summary>
internal sealed class AnnounceActivity(AnnounceAction action) : CallActivity
{
    private string _opening = "";
    private string _playing = "";

    /// <inheritdoc/>
    public override string Kind => "announce";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (Call.IsAnswered)
        {
            Play();
        }
        else
        {
            _opening = Send(action.Answer ? new AnswerCommand { CommandId = "" } : new ProgressCommand { CommandId = "", SipStatus = 183, EarlyMedia = true });
        }
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        if (callEvent is not CommandEnded ended)
        {
            return;
        }

        if (ended.CommandId == _playing)
        {
            Finish(ended.Outcome == CommandOutcome.Failed ? new ActivityResult(ActivityOutcome.Failed, ended.Problem) : new ActivityResult(ActivityOutcome.Completed));
        }
        else if (ended.CommandId == _opening && ended.Outcome == CommandOutcome.Completed)
        {
            Play();
        }
        else if (ended.CommandId == _opening)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, ended.Problem));
        }
    }

    private void Play()
    {
        if (PromptMedia.Find(action.Prompt, Call) is { } media)
        {
            _playing = Send(new PlayCommand { CommandId = "", Media = [media] });
        }
        else
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, $"there is no prompt \"{action.Prompt.Prompt}\""));
        }
    }
}
