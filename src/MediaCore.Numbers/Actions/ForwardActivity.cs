using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Audio.Tones;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Records;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// Forwards the call, with the caller's number and the diversion told. One that has to be accepted by a key is called by a call of its own (<see cref="AcceptanceActivity"/>), which is bridged with the caller once the key was pressed: until then
/// the caller goes on hearing that it rings, and a mailbox that answers takes nothing.
/// </summary>
/// <param name="action">Where to.</param>
/// <param name="after">What ended before it, which is the reason of the diversion.</param>
internal sealed class ForwardActivity(ForwardAction action, ActivityOutcome? after) : ConnectingActivity
{
    private const string Waiting = "acceptance";

    private ICallLine? _asked;
    private string _askedCall = "";
    private string _answering = "";
    private string _bridging = "";
    private bool _isAccepted;

    /// <inheritdoc/>
    public override string Kind => "forward";

    private DiversionReason Reason => after switch
    {
        ActivityOutcome.Busy => DiversionReason.UserBusy,
        ActivityOutcome.NoAnswer or ActivityOutcome.TimedOut => DiversionReason.NoAnswer,
        ActivityOutcome.Unreachable or ActivityOutcome.Failed => DiversionReason.Unavailable,
        _ => DiversionReason.Unconditional,
    };

    /// <inheritdoc/>
    protected override void OnStart()
    {
        RingDestination destination = RingDestination.Of(action.To, Call);
        if (destination.OwnNumber is { } number)
        {
            LeadOn.To(number, Reason, Call, Kind, out CallBeginning? beginning, out ActivityResult refused);
            if (beginning is null)
            {
                Finish(refused);
            }
            else
            {
                Run(beginning);
            }
        }
        else if (destination.Dial is not { } target)
        {
            Trace(destination.Problem);
            Finish(new ActivityResult(ActivityOutcome.Unreachable, destination.Problem, 480, 20));
        }
        else
        {
            IReadOnlyList<CallDiversion> diversions = Call.Facts.DivertedBy(Reason);
            Call.Pass(WaypointKinds.Forward, destination.Key);
            Trace($"to {destination.Key}{(action.Confirm ? ", to be accepted" : "")}");
            if (action.Confirm)
            {
                Ask(target, diversions);
            }
            else
            {
                Dial(new DialCommand { CommandId = "", Targets = [target], RingTime = TimeSpan.FromSeconds(action.Seconds), Diversions = diversions });
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnNobody(DialEnded ended) => Finish(DialOutcomes.Of(ended.SipStatus, ended.Q850Cause));

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result) => Finish(result);

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        if (command is DialCommand)
        {
            Trace(reply.Problem);
            Finish(new ActivityResult(ActivityOutcome.Unreachable, reply.Problem, 480, 20));
        }
        else if (command is not (ProgressCommand or PlayCommand or StopPlaybackCommand or AcceptTransferCommand))
        {
            // The caller hears the ringing, and its end, where that is possible; the forward does not depend on it, nor a talk on a transfer.
            Dismiss();
            base.OnRefused(command, reply);
        }
    }

    /// <inheritdoc/>
    protected override void OnMessage(object message)
    {
        switch (message)
        {
            case AcceptanceAsked asked:
                _asked = asked.Line;
                break;
            case AcceptanceGiven:
                CancelTimer(Waiting);
                _isAccepted = true;
                Trace("accepted");
                Call.Pass(WaypointKinds.Accepted, "");
                if (Call.IsAnswered)
                {
                    Bridge();
                }
                else
                {
                    _answering = Send(new AnswerCommand { CommandId = "" });
                }

                break;
            case AcceptanceOver over when _bridging.Length == 0 || !_isAccepted:
                Trace(over.Result.Detail);
                Finish(over.Result);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnTimer(string name)
    {
        Trace("not accepted in time");
        Finish(new ActivityResult(ActivityOutcome.NoAnswer, "not accepted in time", 480, 19));
    }

    /// <inheritdoc/>
    protected override void OnOther(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CommandEnded ended when ended.CommandId == _answering:
                _answering = "";
                Bridge();
                break;
            case CommandEnded { Outcome: CommandOutcome.Failed } failed when failed.CommandId == _bridging:
                Finish(new ActivityResult(ActivityOutcome.Failed, failed.Problem));
                break;
            case Unbridged when _bridging.Length > 0:
                Finish(new ActivityResult(ActivityOutcome.Talked));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => Dismiss();

    private new void Finish(ActivityResult result)
    {
        Dismiss();
        base.Finish(result);
    }

    private void Ask(DialDestination target, IReadOnlyList<CallDiversion> diversions)
    {
        _askedCall = $"{Call.Facts.CallId}.{Call.NextSuffix()}";
        var originate = new OriginateCommand
        {
            CommandId = "",
            CallId = _askedCall,
            Controller = CallDirector.Application,
            Application = CallDirector.Application,
            Targets = [target],
            RingTime = TimeSpan.FromSeconds(action.Seconds),
            CallerNumber = Call.Facts is { IsAnonymous: false, Caller: { Length: > 0 and <= 128 } caller } && caller.All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '*' or '#' or '-' or '.' or '_') ? caller : null,
            Diversions = diversions,
        };
        CallFacts facts = Call.Facts with { CallId = _askedCall, At = Now, IsMade = true, LinkedFrom = Call.Facts.CallId, Link = CallLinkKind.Forward, IsRecorded = false };
        var asking = new AcceptanceActivity(OpenLine(), originate, action.ConfirmPrompt, Call.Language);
        if (Call.Services.Calls?.Begin(new CallBeginning(facts, Call.Configuration, asking)) != true)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "no room for another call", 503, 42));
            return;
        }

        SetTimer(Waiting, TimeSpan.FromSeconds(action.Seconds) + AcceptanceActivity.LongestQuestion);
        Send(Call.IsAnswered
            ? new PlayCommand { CommandId = "", Media = [new CountryToneMedia(ToneName.Ringback, TimeSpan.FromSeconds(action.Seconds) + AcceptanceActivity.LongestQuestion)] }
            : new ProgressCommand { CommandId = "" });
    }

    private void Bridge()
    {
        Send(new StopPlaybackCommand { CommandId = "" });
        _bridging = Send(new BridgeCommand { CommandId = "", OtherCallId = _askedCall });
    }

    private void Dismiss()
    {
        _asked?.Post(new AcceptanceDismissed());
        _asked = null;
    }
}
