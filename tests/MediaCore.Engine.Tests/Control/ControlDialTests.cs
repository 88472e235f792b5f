using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Dialling, routing and hanging up by command.</summary>
public sealed class ControlDialTests : ControlTest
{
    [Fact]
    public void Dial_OfAnUnansweredCaller_ConnectsBoth_AndTheCallOutlivesTheCallee()
    {
        PeerDialog caller = Claimed();
        string dial = Do(Dial("bob") with { CallerNumber = "+4930999", CallerName = "The \"App\"" });
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith("\"The \\\"App\\\"\" <sip:+4930999@", callee.Invite!["From"], StringComparison.Ordinal);
        Assert.StartsWith("sip:+49301234@", callee.Invite.Uri, StringComparison.Ordinal);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        Answer(caller, callee);
        Assert.Equal((CommandOutcome.Completed, $"{CallId}-1"), (End(dial)!.Outcome, End(dial)!.LegId));

        // Bob goes, alice stays, and carol is dialled for her.
        callee.HangUp();
        Alice.TakeNothing();
        World.Advance(10);
        string second = Do(Dial("carol"));
        PeerDialog carol = PeerDialog.Answering(Carol);
        Assert.Contains("+12025550123", carol.Invite!["From"], StringComparison.Ordinal);
        carol.Respond(200, PeerSdp.Audio(Carol, 50002, formats: "0 8 101"));
        Carol.Take("ACK");
        Assert.Equal($"{CallId}-2", End<DialEnded>(second).LegId);
        HangUp(caller, carol);
        Assert.Equal((CallEndReason.Completed, 3), (World.Record.Reason, World.Record.Legs.Count));
    }

    /// <summary>Whoever records a call from its answer on hears of that answer by the end of the dial, which is a round trip before the caller's ACK.</summary>
    [Fact]
    public void Dial_OfAnUnansweredCaller_IsRecordedFromItsEndOn_BeforeTheCallersAck()
    {
        using TemporaryDirectory folder = new();
        using RecordingStore store = new(new RecordingOptions { Directory = folder.Path });
        World.Recordings = store;
        PeerDialog caller = Claimed();
        string dial = Do(Dial("bob"));
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal(CommandOutcome.Completed, End(dial)!.Outcome);
        Do(new RecordStartCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Advance(0.3);
        caller.Ack();
        World.Advance(1);
        HangUp(caller, callee);
        Assert.InRange(Assert.Single(World.Record.Recordings).Duration.TotalSeconds, 1.2, 1.4);
    }

    [Theory]
    [InlineData("sendrecv", "1:Answered")]
    [InlineData("sendonly", "1:Answered held")]
    public void Dial_ThatIsAnswered_SaysOnceHowItsPeerIs(string direction, string expected)
    {
        PeerDialog caller = Answered();
        Do(Dial("bob"));
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, direction, formats: "0 101"));
        Bob.Take("ACK");
        Assert.Equal([expected], Story().Where(static line => line.StartsWith("1:Answered", StringComparison.Ordinal)));
        HangUp(caller, callee);
    }

    [Fact]
    public void Dial_ThatNobodyAnswers_LeavesTheCallToItsController()
    {
        PeerDialog caller = Claimed();
        string dial = Do(Dial("bob", "carol"));
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        bob.Respond(486);
        Bob.Take("ACK");
        Assert.Null(End(dial));
        carol.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(30);
        Carol.Take("CANCEL");
        Assert.Equal((CommandOutcome.Failed, 480, 19), (End(dial)!.Outcome, End(dial)!.SipStatus, End(dial)!.Q850Cause));
        carol.Respond(487);
        Carol.Take("ACK");
        Alice.TakeNothing();
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 480 });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Dial_OneAfterTheOther_TriesTheNext()
    {
        PeerDialog caller = Claimed();
        Do(Dial("bob", "carol") with { IsSequential = true });
        PeerDialog bob = PeerDialog.Answering(Bob);
        Carol.TakeNothing();
        bob.Respond(503);
        Bob.Take("ACK");
        PeerDialog carol = PeerDialog.Answering(Carol);
        Answer(caller, carol);
        HangUp(caller, carol);
    }

    [Fact]
    public void Dial_WithATimeLimit_EndsTheTalk_NotTheCall()
    {
        PeerDialog caller = Claimed();
        Do(Dial("bob") with { TimeLimit = TimeSpan.FromSeconds(60) });
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        World.Advance(59.9);
        Bob.TakeNothing();
        World.Advance(0.2);
        callee.AcceptBye();
        Alice.TakeNothing();
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.AcceptBye();
    }

    [Fact]
    public void Dial_WithATimeLimit_WhoseTwoAreTakenApart_EndsNothingMore()
    {
        PeerDialog caller = Answered();
        Do(Dial("bob") with { TimeLimit = TimeSpan.FromSeconds(20) });
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        Bob.Take("ACK");
        World.Advance(1);
        Do(new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Advance(30);
        Alice.TakeNothing();
        Bob.TakeNothing();
        callee.HangUp();
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.AcceptBye();
    }

    [Fact]
    public void Dial_OfASipUri_GoesThere_AndOfNothing_IsRefused()
    {
        PeerDialog caller = Claimed();
        DialCommand dial = Dial("bob");
        Refused(CommandStatus.NotFound, dial with { Targets = [new AccountDestination("nobody")] });
        Refused(CommandStatus.NotFound, dial with { Targets = [new TrunkDestination("nowhere")] });
        Refused(CommandStatus.InvalidArgument, dial with { Targets = [new UriDestination("mailto:bob")] });
        Refused(CommandStatus.Unavailable, dial with { Targets = [new UriDestination("sip:bob@somewhere.example")] });
        Refused(CommandStatus.InvalidArgument, dial with { Targets = [] });
        Do(dial with { Targets = [new UriDestination($"sip:sales@{Dave.Host}:{Dave.Port}")] });
        PeerDialog dave = PeerDialog.Answering(Dave);
        Assert.StartsWith("sip:sales@", dave.Invite!.Uri, StringComparison.Ordinal);
        Answer(caller, dave);
        HangUp(dave, caller, ends: false);
    }

    private void HangUp(PeerDialog by, PeerDialog other, bool ends)
    {
        Assert.False(ends);
        by.HangUp();
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId });
        other.AcceptBye();
    }

    [Fact]
    public void Dial_CancelledByTheCaller_IsOver()
    {
        PeerDialog caller = Claimed();
        string dial = Do(Dial("bob"));
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Bob.Take("CANCEL");
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(CommandOutcome.HungUp, End(dial)!.Outcome);
    }

    [Fact]
    public void Dial_WithItsOwnRingback_IsHeardUntilTheAnswer()
    {
        PeerDialog caller = Answered();
        var media = new PeerMedia(Alice, 40000);
        var tone = new Audio.Tones.Tone(new Audio.Tones.ToneSegment(0, 600));
        Do(Dial("bob") with { Ringback = new ToneMedia(tone, TimeSpan.FromSeconds(1)) });
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        World.Advance(3);
        Assert.True(Audio.Tones.Goertzel.IsTone(media.HearSound(20), 600, 8000, -20));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        Bob.Take("ACK");
        World.Advance(0.1);
        int before = World.MediaSent.Count;
        World.Advance(2);
        Assert.Equal(before, World.MediaSent.Count);
        HangUp(caller, callee);
    }

    [Fact]
    public void Hangup_OfOneParty_LeavesTheCall_AndOfARingingOne_EndsTheDial()
    {
        (PeerDialog caller, PeerDialog callee) = Connected();
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, LegId = $"{CallId}-1" });
        callee.AcceptBye();
        Alice.TakeNothing();
        string dial = Do(Dial("carol"));
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, LegId = $"{CallId}-2" });
        Carol.Take("CANCEL");
        Assert.Equal(CommandOutcome.Failed, End(dial)!.Outcome);
        carol.Respond(487);
        Carol.Take("ACK");
        Refused(CommandStatus.NotFound, new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, LegId = $"{CallId}-2" });
        Refused(CommandStatus.NotFound, new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, LegId = "other-0" });
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId, Q850Cause = 31 });
        Assert.Contains("cause=31", caller.AcceptBye()["Reason"], StringComparison.Ordinal);
    }

    [Fact]
    public void Redirect_SendsTheCallerElsewhere()
    {
        World.MayPassAddresses = true;
        PeerDialog caller = Claimed();
        Refused(CommandStatus.InvalidArgument, new RedirectCommand { CommandId = World.NextCommandId(), CallId = CallId, Contacts = ["not a uri"] });
        Do(new RedirectCommand { CommandId = World.NextCommandId(), CallId = CallId, Contacts = ["sip:sales@192.0.2.99", "tel:+49301234"] });
        SipText moved = Alice.Take("302 INVITE");
        Assert.Equal(["<sip:sales@192.0.2.99>", "<tel:+49301234>"], moved.All("Contact"));
        caller.Ack(moved);
        Assert.Equal(CallEndReason.Redirected, World.Record.Reason);
    }

    [Fact]
    public void Route_ByNumberAndByName_GivesTheCallToThePlan()
    {
        World.Policy.Routes["sales"] = new RoutePlan { Route = "sales", Steps = [new DialStep([new TrunkTarget(World.TrunkTo(Carol))], Parallel: false, TimeSpan.FromSeconds(20)), new ControlStep("ivr", TimeSpan.FromSeconds(5))] };
        PeerDialog caller = Claimed();
        Refused(CommandStatus.FailedPrecondition, new RouteCommand { CommandId = World.NextCommandId(), CallId = CallId, Number = "+9999" });
        Refused(CommandStatus.InvalidArgument, new RouteCommand { CommandId = World.NextCommandId(), CallId = CallId });
        Refused(CommandStatus.NotFound, new RouteCommand { CommandId = World.NextCommandId(), CallId = CallId, Route = "none" });
        Do(new RouteCommand { CommandId = World.NextCommandId(), CallId = CallId, Route = "sales" });
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(486);
        Carol.Take("ACK");

        // The plan has brought it back to its application, which has it at once.
        Do(new RouteCommand { CommandId = World.NextCommandId(), CallId = CallId, Number = "+1001" });
        PeerDialog bob = PeerDialog.Answering(Bob);
        Answer(caller, bob);
        HangUp(bob, caller);
    }

    [Fact]
    public void ACallOfAnotherShard_IsControlledAsAny()
    {
        World.ShardCount = 2;
        World.EntryShard = 1;
        (PeerDialog caller, PeerDialog callee) = Connected();
        Assert.Equal(0, World.Shards[0].Core.Calls.ActiveCalls);
        HangUp(caller, callee);
    }

    [Fact]
    public void AFullMailbox_RefusesTheCommand()
    {
        PeerDialog caller = Claimed();
        World.Mail.IsFull = true;
        Refused(CommandStatus.Unavailable, new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Mail.IsFull = false;
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void ATalkThatNobodyOffered_IsHungUp_AndSentDigits_ByWhoeverCommandsIt()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        string callId = World.EventsOf<CallCreated>()[^1].CallId;
        Do(new SendDtmfCommand { CommandId = World.NextCommandId(), CallId = callId, Digits = "5" });
        World.Advance(1);
        Refused(CommandStatus.FailedPrecondition, new DialCommand { CommandId = World.NextCommandId(), CallId = callId, Targets = [new TrunkDestination("carol")] });
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = callId });
        caller.AcceptBye();
        callee.AcceptBye();
    }
}
