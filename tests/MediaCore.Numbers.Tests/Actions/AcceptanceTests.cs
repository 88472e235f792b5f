using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Actions;

/// <summary>Forwards that have to be accepted by a key: the call to who accepts is one of the service's own.</summary>
public sealed class AcceptanceTests
{
    private const string Asked = CallProbe.CallId + ".1";

    [Fact]
    public async Task Forward_IsConnected_OnceTheKeyWasPressed()
    {
        // Nothing is played to a caller who hears the phone's own ringing, so there is nothing to stop.
        await using CallProbe probe = Start(static command => command is StopPlaybackCommand ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "nothing is played") : null);
        OriginateCommand originate = Originated(probe);
        Assert.Equal("+12025550199", originate.CallerNumber);
        Assert.Equal(new NumberDestination("+12025550777"), Assert.Single(originate.Targets));
        Assert.Equal("+12025550100", Assert.Single(originate.Diversions).Number);
        TellAsked(probe, new DialEnded { CommandId = originate.CommandId, LegId = Asked + "-1", Outcome = CommandOutcome.Completed, SipStatus = 200 });
        GatherCommand gather = probe.Expect<GatherCommand>();
        Assert.Equal((Asked, 1), (gather.CallId, gather.MaxDigits));
        TellAsked(probe, new GatherEnded { CommandId = gather.CommandId, Digits = "1", Reason = GatherEnd.MaxDigits });
        AnswerCommand answer = probe.Expect<AnswerCommand>();
        Assert.Equal(CallProbe.CallId, answer.CallId);
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-0", IsInbound = true, Phase = LegPhase.Answered });
        probe.Complete(answer);
        probe.Expect<StopPlaybackCommand>();
        BridgeCommand bridge = probe.Expect<BridgeCommand>();
        Assert.Equal(Asked, bridge.OtherCallId);
        probe.Complete(bridge);
        TellAsked(probe, new Bridged { OtherCallId = CallProbe.CallId, OtherLegId = CallProbe.CallId + "-0" });
        Assert.Null(probe.Result);

        // A transfer that the engine does not take ends no talk.
        probe.Control.Refusal = static command => command is AcceptTransferCommand ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "it is over") : null;
        probe.Tell(new TransferRequested { LegId = CallProbe.CallId + "-0" });
        probe.Expect<AcceptTransferCommand>();
        probe.ExpectNothing();
        Assert.Null(probe.Result);

        // The callee hangs up: the caller's side hears of the end of the bridge.
        probe.Tell(new Unbridged { OtherCallId = Asked, OtherLegId = Asked + "-1" });
        Assert.Equal(ActivityOutcome.Talked, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Mailbox_ThatAnswers_TakesNothing_AndTheForwardIsNotAnswered()
    {
        await using CallProbe probe = Start();
        OriginateCommand originate = Originated(probe);
        TellAsked(probe, new DialEnded { CommandId = originate.CommandId, LegId = Asked + "-1", Outcome = CommandOutcome.Completed, SipStatus = 200 });
        for (int i = 0; i < 2; i++)
        {
            GatherCommand gather = probe.Expect<GatherCommand>();
            TellAsked(probe, new GatherEnded { CommandId = gather.CommandId, Digits = "", Reason = GatherEnd.NoInput });
        }

        Assert.Equal(ActivityOutcome.NoAnswer, probe.Result?.Outcome);
        Assert.False(probe.Stage.IsAnswered);
        Assert.Equal(Asked, probe.Expect<HangupCommand>().CallId);
    }

    [Fact]
    public async Task Busy_OfWhoIsAsked_IsTheForwardsEnd()
    {
        await using CallProbe probe = Start();
        OriginateCommand originate = Originated(probe);
        TellAsked(probe, new DialEnded { CommandId = originate.CommandId, Outcome = CommandOutcome.Failed, SipStatus = 486, Q850Cause = 17 });
        Assert.Equal(ActivityOutcome.Busy, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Refusal_OfTheCall_EndsIt_AndLeavesNothingBehind()
    {
        await using CallProbe probe = Start(static command => command switch
        {
            OriginateCommand => CommandReply.Refuse(CommandStatus.NotFound, "no route"),
            RejectCommand { CallId: Asked } => CommandReply.Refuse(CommandStatus.NotFound, "no call"),
            _ => null,
        });
        Originated(probe);
        probe.Pump();
        Assert.Equal(ActivityOutcome.Unreachable, probe.Result?.Outcome);
        Assert.Equal(1, probe.ActiveCalls);
    }

    [Fact]
    public async Task Caller_WhoHangsUp_EndsTheQuestion()
    {
        await using CallProbe probe = Start();
        OriginateCommand originate = Originated(probe);
        TellAsked(probe, new DialEnded { CommandId = originate.CommandId, LegId = Asked + "-1", Outcome = CommandOutcome.Completed, SipStatus = 200 });
        probe.Expect<GatherCommand>();
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal(Asked, probe.Expect<HangupCommand>().CallId);
    }

    private static CallProbe Start(Func<CallCommand, CommandReply?>? refusal = null) => CallProbe.Start(
        ActivityCatalog.Make(new ForwardAction { To = new RingTarget { Number = "+12025550777" }, Confirm = true }), configuration: TestNumbers.Configuration(), refusal: refusal);

    private static OriginateCommand Originated(CallProbe probe)
    {
        Assert.Equal(180, probe.Expect<ProgressCommand>().SipStatus);
        OriginateCommand originate = probe.Expect<OriginateCommand>();
        Assert.Equal((Asked, CallDirector.Application), (originate.CallId, originate.Controller));
        return originate;
    }

    private static void TellAsked(CallProbe probe, CallEvent callEvent) => probe.Tell(callEvent, Asked);
}
