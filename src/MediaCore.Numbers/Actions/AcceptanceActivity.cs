using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// A call of the service's own to somebody that a caller is forwarded to: who answers is asked to press 1 before the caller is connected. A machine presses nothing. It talks with the <see cref="ForwardActivity"/> of the caller's call by lines:
/// <see cref="AcceptanceAsked"/> and <see cref="AcceptanceGiven"/>, or <see cref="AcceptanceOver"/>, go there; <see cref="AcceptanceDismissed"/> comes back.
/// </summary>
/// <param name="forward">Where it is told what has become of it.</param>
/// <param name="originate">The call.</param>
/// <param name="prompt">What is said; null for a text of ours.</param>
/// <param name="language">The language of that.</param>
internal sealed class AcceptanceActivity(ICallLine forward, OriginateCommand originate, PromptChoice? prompt, string language) : CallActivity
{
    /// <summary>How long the question can take, from the answer on.</summary>
    public static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(25);

    private const string Key = "1";
    private const int MaxQuestions = 2;

    // The caller is answered and bridged within a second, unless there is no caller any more.
    private static readonly TimeSpan s_bridgeTime = TimeSpan.FromSeconds(10);

    private string _gather = "";
    private int _questions;
    private ActivityResult _result = new(ActivityOutcome.NoAnswer, "the call could not be made", 480, 19);
    private bool _isAccepted;

    /// <inheritdoc/>
    public override string Kind => "acceptance";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        Call.Language = language;
        if (forward.Post(new AcceptanceAsked(OpenLine())))
        {
            Send(originate);
        }
        else
        {
            Finish(new ActivityResult(ActivityOutcome.HungUp, "the caller is gone"));
        }
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case DialEnded { Outcome: CommandOutcome.Completed }:
                _result = new ActivityResult(ActivityOutcome.NoAnswer, "hung up before accepting", 480, 19);
                Question();
                break;
            case DialEnded failed:
                End(DialOutcomes.Of(failed.SipStatus, failed.Q850Cause));
                break;
            case GatherEnded { Digits: Key } given when given.CommandId == _gather:
                _isAccepted = true;
                SetTimer("bridge", s_bridgeTime);
                if (!forward.Post(new AcceptanceGiven()))
                {
                    End(new ActivityResult(ActivityOutcome.HungUp, "the caller is gone"));
                }

                break;
            case GatherEnded other when other.CommandId == _gather && other.Reason != GatherEnd.HungUp:
                Question();
                break;
            case Bridged:
                CancelTimer("bridge");
                break;
            case Unbridged:
                End(new ActivityResult(ActivityOutcome.Talked));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        Trace(reply.Problem);
        End(new ActivityResult(ActivityOutcome.Unreachable, reply.Problem, 480, 20));
    }

    /// <inheritdoc/>
    protected override void OnTimer(string name) => End(new ActivityResult(ActivityOutcome.Failed, "the caller was not connected"));

    /// <inheritdoc/>
    protected override void OnMessage(object message)
    {
        if (message is AcceptanceDismissed)
        {
            Finish(new ActivityResult(ActivityOutcome.Completed, "no longer wanted"));
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => forward.Post(new AcceptanceOver(_result));

    private void Question()
    {
        if (_isAccepted || ++_questions > MaxQuestions)
        {
            End(new ActivityResult(ActivityOutcome.NoAnswer, "not accepted: no key was pressed", 480, 19));
            return;
        }

        PlayMedia? said = prompt is null ? null : PromptMedia.Find(prompt, Call);
        _gather = Send(new GatherCommand
        {
            CommandId = "",
            Prompt = [said ?? new TextMedia(AcceptanceTexts.In(Call.Language), Call.Language)],
            MaxDigits = 1,
            Flush = true,
            InitialTimeout = TimeSpan.FromSeconds(4),
            OverallTimeout = LongestQuestion / MaxQuestions,
        });
    }

    private void End(ActivityResult result)
    {
        _result = result;
        forward.Post(new AcceptanceOver(result));
        Finish(result);
    }
}

/// <summary>The question is on its way.</summary>
/// <param name="Line">Where it is dismissed.</param>
internal sealed record AcceptanceAsked(ICallLine Line);

/// <summary>The key was pressed: the caller may be bridged.</summary>
internal sealed record AcceptanceGiven;

/// <summary>The call to who was to accept is over.</summary>
/// <param name="Result">How.</param>
internal sealed record AcceptanceOver(ActivityResult Result);

/// <summary>The caller is gone, or the forward is over.</summary>
internal sealed record AcceptanceDismissed;
