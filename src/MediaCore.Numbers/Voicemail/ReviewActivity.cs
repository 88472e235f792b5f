using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Voicemail;

/// <summary>Asks a caller what becomes of the message that he has just left: 1 or # keeps it, 2 plays it, 3 records it again, 4 marks it urgent. Who presses nothing, or hangs up, has left it as it is.</summary>
/// <param name="messages">Where the message is held.</param>
/// <param name="recording">The message.</param>
internal sealed class ReviewActivity(VoicemailRecordings messages, RecordingInfo recording) : CallActivity
{
    private string _asked = "";
    private string _kept = "";
    private int _wrong;

    /// <inheritdoc/>
    public override string Kind => "review";

    /// <summary>Whether he wants to record it again.</summary>
    public bool WantsAgain { get; private set; }

    /// <inheritdoc/>
    protected override void OnStart() => Offer();

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case GatherEnded { Reason: GatherEnd.HungUp } left when left.CommandId == _asked:
                Finish(new ActivityResult(ActivityOutcome.HungUp));
                break;
            case GatherEnded typed when typed.CommandId == _asked:
                Take(typed.Digits);
                break;
            case CommandEnded said when said.CommandId == _kept && _kept.Length > 0:
                Finish(new ActivityResult(said.Outcome == CommandOutcome.HungUp ? ActivityOutcome.HungUp : ActivityOutcome.Completed));
                break;
            default:
                break;
        }
    }

    private void Take(string digits)
    {
        switch (digits)
        {
            case "2":
                Offer(new RecordedMedia(recording.File));
                break;
            case "3":
                Trace("recorded again");
                WantsAgain = true;
                Finish(new ActivityResult(ActivityOutcome.Completed));
                break;
            case "4":
                Ask(_ => Task.FromResult(messages.Change(recording, static intent => intent with { Urgent = true })), marked =>
                {
                    Trace(marked.IsGiven ? "urgent" : $"urgent only while the server runs: {marked.Fault.Message}");
                    Offer(Text(VoicemailTexts.Urgent(Call.Language)));
                });
                break;
            case not ("" or "1" or "#") when ++_wrong < VoicemailLimits.MaxTries:
                Offer();
                break;
            default:
                _kept = Send(new PlayCommand { CommandId = "", Media = [Text(VoicemailTexts.Kept(Call.Language))] });
                break;
        }
    }

    private void Offer(params PlayMedia[] first)
        => _asked = Send(new GatherCommand { CommandId = "", Prompt = [.. first, Text(VoicemailTexts.Review(Call.Language))], MaxDigits = 1, Terminators = "" });

    private TextMedia Text(string text) => new(text, Call.Language);
}
