using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

public sealed class OfferTests : ControlTest
{
    [Fact]
    public void Offer_Claimed_IsTheControllersFromThenOn()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+5000");
        CallOffered offer = Assert.Single(World.EventsOf<CallOffered>());
        Assert.Equal(("ivr", "+12025550123", "+5000", World.WallClock.AddSeconds(5)), (offer.Application, offer.Caller, offer.Called, offer.Deadline));
        Assert.Equal(caller.CallId, World.EventsOf<CallCreated>()[0].SipCallId);
        World.Advance(4.9);
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = offer.CallId, Controller = "app-1", Epoch = 3 });
        World.Advance(20);
        Bob.TakeNothing();
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = offer.CallId, SipStatus = 486, Reason = "not \"now\"" });
        SipText refusal = Alice.Take("486 INVITE");
        Assert.Equal("Q.850;cause=17;text=\"not \\\"now\\\"\"", refusal["Reason"]);
        caller.Ack(refusal);
        Assert.Equal(["CallCreated", "0:Created", "CallOffered", "ControlChanged", "CommandEnded", "CommandEnded", "0:Ended", "CallEnded"], Story());
        Assert.Equal((CallEndReason.Busy, CallEndSide.Server), (World.Record.Reason, World.Record.EndedBy));
    }

    [Fact]
    public void Offer_NotClaimed_GoesOnWithItsPlan()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+5000");
        World.Advance(4.9);
        Bob.TakeNothing();
        World.Advance(0.2);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        Refused(CommandStatus.FailedPrecondition, new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        HangUp(caller, callee);
    }

    [Fact]
    public void Offer_NotClaimed_WithNothingAfterIt_Is480()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+5001");
        World.Advance(5);
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Offer_ThatNobodyListensTo_IsNotMade()
    {
        World.IsWanted = false;
        PeerDialog caller = PeerDialog.Call(Alice, "+5000");
        Answer(caller, PeerDialog.Answering(Bob));
        Assert.Empty(World.Events);
        caller.HangUp();
        Bob.Take("BYE");
        World.Advance(40);
    }

    [Fact]
    public void Offer_CancelledByTheCaller_IsOver()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+5000");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Refused(CommandStatus.NotFound, new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = 1 });
    }

    [Fact]
    public void Claim_OfAReleasedCall_BySomebodyElse_NeedsNoGreaterEpoch_ByTheFormerOneItDoes()
    {
        (PeerDialog caller, PeerDialog callee) = Connected();
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = CallId, Policy = ReleasePolicy.Continue });
        Refused(CommandStatus.FailedPrecondition, new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch - 1 });
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-2", Epoch = Epoch - 1 });
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, Epoch = Epoch - 1 });
        caller.AcceptBye();
        callee.AcceptBye();
    }

    [Fact]
    public void Claim_BySomebodyElse_NeedsAGreaterEpoch_AndCommandsOfTheFormerAreRefused()
    {
        PeerDialog caller = Claimed();
        Refused(CommandStatus.FailedPrecondition, new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-2", Epoch = Epoch });
        Refused(CommandStatus.InvalidArgument, new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-2" });
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch });
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-2", Epoch = Epoch + 1 });
        Refused(CommandStatus.FailedPrecondition, new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId, Epoch = Epoch });
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, Epoch = Epoch + 1, Q850Cause = 17 });
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Theory]
    [InlineData(ReleasePolicy.Continue)]
    [InlineData(ReleasePolicy.NextStep)]
    [InlineData(ReleasePolicy.HangUp)]
    public void Release_OfACallerWhoIsAlone_GoesOnWithThePlan_OrHangsUp(ReleasePolicy policy)
    {
        PeerDialog caller = Answered("+5000");
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = CallId, Policy = policy });
        if (policy == ReleasePolicy.HangUp)
        {
            caller.AcceptBye();
            return;
        }

        PeerDialog callee = PeerDialog.Answering(Bob);
        Refused(CommandStatus.FailedPrecondition, Dial("carol"));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        Bob.Take("ACK");
        HangUp(callee, caller);
        Assert.Equal(CallEndSide.Callee, World.Record.EndedBy);
    }

    [Fact]
    public void Release_ToARoute_GoesThere()
    {
        World.Policy.Routes["night"] = new RoutePlan { Route = "night", Steps = [new DialStep([new TrunkTarget(World.TrunkTo(Carol))], Parallel: false, TimeSpan.FromSeconds(20))] };
        PeerDialog caller = Claimed("+5000");
        Refused(CommandStatus.NotFound, new ReleaseCommand { CommandId = World.NextCommandId(), CallId = CallId, Policy = ReleasePolicy.NextStep, Route = "noon" });
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = CallId, Policy = ReleasePolicy.NextStep, Route = "night" });
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(ReleasePolicy.Continue)]
    [InlineData(ReleasePolicy.NextStep)]
    public void Release_OfTwoWhoTalk_LetsThemTalk_AndTheirCallEndsAsAny(ReleasePolicy policy)
    {
        (PeerDialog caller, PeerDialog callee) = Connected();
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = CallId, Policy = policy });
        World.Advance(60);
        Alice.TakeNothing();
        HangUp(callee, caller);
    }

    [Fact]
    public void Calls_AreFoundByTheirIdentifier_AndListedByPages()
    {
        World.ShardCount = 2;
        PeerDialog[] callers = [Claimed(), PeerDialog.Call(Carol, "+5001"), PeerDialog.Call(Dave, "+5001")];
        Do(new SetVariableCommand { CommandId = World.NextCommandId(), CallId = CallId, Name = "queue", Value = "sales" });
        Refused(CommandStatus.ResourceExhausted, new SetVariableCommand { CommandId = World.NextCommandId(), CallId = CallId, Name = "big", Value = new string('x', ControlLimits.MaxVariableChars) });
        CallSnapshot call = World.Answer(World.Control.GetCallAsync(CallId))!;
        Assert.Equal((CallPhase.Offered, "ivr", null, "sales"), (call.Phase, call.Application, call.Controller, call.Variables["queue"]));
        Assert.Equal(World.Events.Last(e => e.CallId == CallId).Sequence, call.Sequence);
        CallPage first = World.Answer(World.Control.ListCallsAsync(new CallFilter { Application = "ivr", PageSize = 2 }));
        CallPage second = World.Answer(World.Control.ListCallsAsync(new CallFilter { Application = "ivr", PageSize = 2, After = first.Next }));
        Assert.Equal((2, 1, null), (first.Calls.Count, second.Calls.Count, second.Next));
        Assert.Equal(3, first.Calls.Concat(second.Calls).Select(static c => c.CallId).Distinct().Count());
        Assert.Single(World.Answer(World.Control.ListCallsAsync(new CallFilter { Controller = "app-1" })).Calls);
        Assert.Null(World.Answer(World.Control.GetCallAsync("nobody")));
        World.Advance(5);
        callers[1].Ack(Carol.Take("480 INVITE"));
        callers[2].Ack(Dave.Take("480 INVITE"));
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = World.EventsOf<CallOffered>()[0].CallId });
        callers[0].Ack(Alice.Take("480 INVITE"));
    }
}
