using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Calls that nobody's INVITE began.</summary>
public sealed class OriginateTests : PartyTest
{
    [Fact]
    public void Originate_RingsAndIsAnswered_AndTheCalleeIsTheOnePartyOfAControlledCall()
    {
        CommandReply reply = Originate(ToBob);
        Assert.Equal(reply.CallId + "-1", reply.LegId);
        SipText invite = Bob.Take("INVITE");
        Assert.Equal("sip:+2001@203.0.113.101", invite.Uri);
        Assert.Contains("\"Jo \\\"Q\\\" Doe\" <sip:+12025550100@", invite["From"], StringComparison.Ordinal);
        Assert.Equal("sendrecv", invite.SdpDirection);
        Assert.Equal("0 8 101", invite.Sdp("m=audio ").Split(' ', 3)[2]);
        PeerDialog bob = PeerDialog.Answering(Bob, invite);
        bob.Respond(100);
        bob.Respond(180);
        bob.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");

        DialEnded ended = Assert.Single(World.EventsOf<DialEnded>());
        Assert.Equal((CommandOutcome.Completed, 200, reply.LegId), (ended.Outcome, ended.SipStatus, ended.LegId));
        Assert.Equal([LegPhase.Created, LegPhase.Trying, LegPhase.Ringing, LegPhase.Answered], World.EventsOf<LegChanged>().Select(static e => e.Phase));
        Assert.Equal("bot", World.EventsOf<CallCreated>()[0].Controller);

        bob.HangUp();
        CallRecord record = World.Record;
        Assert.Equal(("bot", "+12025550100", "+2001", CallEndReason.Completed, CallEndSide.Callee), (record.OriginatedBy, record.Caller, record.Called, record.Reason, record.EndedBy));
        Assert.Equal((reply.LegId, false), (Assert.Single(record.Legs).LegId, record.Legs[0].Inbound));
        Assert.Equal("to-bob", record.OutboundTrunk);
        Assert.NotNull(record.AnsweredAt);
    }

    [Theory]
    [InlineData(486, CommandStatus.Accepted, CallEndReason.Busy)]
    [InlineData(603, CommandStatus.Accepted, CallEndReason.Declined)]
    [InlineData(404, CommandStatus.Accepted, CallEndReason.NotFound)]
    public void Originate_ThatIsRefused_EndsWithTheStatus(int status, CommandStatus accepted, CallEndReason reason)
    {
        Assert.Equal(accepted, Execute(Originating(ToBob)).Status);
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(status);
        Bob.Take("ACK");
        DialEnded ended = Assert.Single(World.EventsOf<DialEnded>());
        Assert.Equal((CommandOutcome.Failed, status), (ended.Outcome, ended.SipStatus));
        Assert.Equal((reason, status), (World.Record.Reason, World.Record.SipStatus));
    }

    [Fact]
    public void Originate_ThatRingsTooLong_IsCancelled()
    {
        Do(Originating(ToBob) with { RingTime = TimeSpan.FromSeconds(20) });
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(180);
        World.Advance(20.1);
        Bob.Respond(Bob.Take("CANCEL"), 200);
        bob.Respond(487);
        Bob.Take("ACK");
        DialEnded ended = Assert.Single(World.EventsOf<DialEnded>());
        Assert.Equal((CommandOutcome.Failed, 480, 19), (ended.Outcome, ended.SipStatus, ended.Q850Cause));
        Assert.Equal(CallEndReason.NoAnswer, World.Record.Reason);
    }

    [Fact]
    public void Originate_InParallel_TheFirstAnswerWins_AndTheOthersAreCancelled()
    {
        CommandReply reply = Originate(ToBob, ToCarol);
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        bob.Respond(180);
        carol.Respond(180);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Bob.Respond(Bob.Take("CANCEL"), 200);
        bob.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(reply.CallId + "-2", Assert.Single(World.EventsOf<DialEnded>()).LegId);
        Hangup(reply.CallId);
        carol.AcceptBye();
        Assert.Equal([1, 2], World.Record.Legs.Select(static l => int.Parse(l.LegId.Split('-')[1], null)));
    }

    [Fact]
    public void Originate_OneAfterTheOther_GoesOnAfterAFailure()
    {
        Do(Originating(ToBob, ToCarol) with { IsSequential = true });
        PeerDialog bob = PeerDialog.Answering(Bob);
        Carol.TakeNothing();
        bob.Respond(503);
        Bob.Take("ACK");
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        carol.HangUp();
        Assert.Equal("to-carol", World.Record.OutboundTrunk);
    }

    [Fact]
    public void Answer_OfTwoForks_KeepsTheFirst_AndEndsTheOther()
    {
        CommandReply reply = Originate(ToBob);
        SipText invite = Bob.Take("INVITE");
        PeerDialog first = PeerDialog.Answering(Bob, invite);
        PeerDialog second = PeerDialog.Answering(Bob, invite);
        first.Respond(183, PeerSdp.Audio(Bob, 50000));
        second.Respond(183, PeerSdp.Audio(Bob, 50010));
        second.Respond(200, PeerSdp.Audio(Bob, 50010));
        Bob.Take("ACK");
        first.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        first.AcceptBye();
        Assert.Equal(reply.LegId, Assert.Single(World.EventsOf<DialEnded>()).LegId);
        Hangup(reply.CallId);
        second.AcceptBye();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hangup_BeforeTheAnswer_Cancels(bool hasRung)
    {
        CommandReply reply = Originate(ToBob);
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(hasRung ? 180 : 100);
        Hangup(reply.CallId);
        Bob.Respond(Bob.Take("CANCEL"), 200);
        bob.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(CommandOutcome.HungUp, Assert.Single(World.EventsOf<DialEnded>()).Outcome);
        Assert.Equal((CallEndReason.Cancelled, 487), (World.Record.Reason, World.Record.SipStatus));
    }

    [Fact]
    public void AnswerThatCrossesTheHangup_IsAcknowledgedAndEnded()
    {
        CommandReply reply = Originate(ToBob);
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(180);
        Hangup(reply.CallId);
        Bob.Take("CANCEL");
        bob.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        bob.AcceptBye();
        Assert.Equal(CallEndReason.Cancelled, World.Record.Reason);
    }

    [Fact]
    public void Callee_ThatAnswersWithoutACodec_IsHungUp_AndTheCallFails()
    {
        Originate(ToBob);
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "18"));
        Bob.Take("ACK");
        bob.AcceptBye();
        Assert.Equal((CommandOutcome.Failed, 488), (World.EventsOf<DialEnded>()[0].Outcome, World.EventsOf<DialEnded>()[0].SipStatus));
    }

    [Fact]
    public void Redirection_IsFollowedWhereTheTrunkSaysSo()
    {
        var bobs = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Answers = new TrunkAnswers { Redirect = RedirectPolicy.Follow, RedirectTrunks = System.Collections.Frozen.FrozenSet.ToFrozenSet(["to-carol"]) } };
        World.Policy.TrunksByName["bob"] = bobs;
        World.Policy.InboundTrunks[Carol.Endpoint] = World.TrunkTo(Carol);
        World.MayPassAddresses = true;
        Originate(ToBob);
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(302, contact: $"<sip:+2002@{Carol.Host}:{Carol.Port}>");
        Bob.Take("ACK");
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        carol.HangUp();
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }

    [Fact]
    public void Originate_ToAnAccount_RingsItsPhones()
    {
        World.Accounts.Add("carol", "secret");
        World.Register(Carol, "carol", "secret");
        CommandReply reply = Originate(new AccountDestination("carol"));
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Hangup(reply.CallId);
        carol.AcceptBye();
        Assert.Equal("carol", World.Record.Legs[0].Peer);
    }

    [Fact]
    public void Originate_ToAUri_GoesThere()
    {
        CommandReply reply = Originate(new UriDestination($"sip:x@{Dave.Host}"));
        PeerDialog dave = PeerDialog.Answering(Dave);
        Assert.Equal($"sip:x@{Dave.Host}", dave.Invite!.Uri);
        dave.Respond(200, PeerSdp.Audio(Dave, 51000));
        Dave.Take("ACK");
        Hangup(reply.CallId);
        dave.AcceptBye();
    }

    [Fact]
    public void Originate_UnderAnIdentifierInUse_AlreadyExists()
    {
        Do(Originating(ToBob) with { CallId = "my-call" });
        PeerDialog bob = PeerDialog.Answering(Bob);
        Assert.Equal(CommandStatus.AlreadyExists, Execute(Originating(ToBob) with { CallId = "my-call" }).Status);
        bob.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Assert.Equal("my-call-1", World.EventsOf<DialEnded>()[0].LegId);
        bob.HangUp();
        Assert.Equal("my-call", World.Record.CallId);
    }

    [Fact]
    public void Originate_BeyondABound_IsRefused_AndNothingIsSent()
    {
        World.Policy.TrunksByName["bob"] = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Limits = new TrunkLimits { OutboundCalls = 1 } };
        CommandReply first = Originate(ToBob);
        PeerDialog bob = PeerDialog.Answering(Bob);
        Assert.Equal(CommandStatus.ResourceExhausted, Execute(Originating(ToBob)).Status);
        Assert.Equal(CommandStatus.NotFound, Execute(Originating(new TrunkDestination("to-nobody", "1"))).Status);
        Assert.Equal(CommandStatus.InvalidArgument, Execute(Originating(new TrunkDestination("bob"))).Status);
        Assert.Equal(CommandStatus.InvalidArgument, Execute(Originating(ToBob) with { CallId = "a b" }).Status);
        Assert.Equal(CommandStatus.InvalidArgument, Execute(Originating(ToBob) with { Epoch = null }).Status);
        Assert.Equal(CommandStatus.InvalidArgument, Execute(Originating(ToBob) with { CallerNumber = "a>b" }).Status);
        World.Accounts.Add("carol", "secret");
        Assert.Equal(CommandStatus.Unavailable, Execute(Originating(new AccountDestination("carol"))).Status);
        World.Shard.Core.BeginDrain();
        Assert.Equal(CommandStatus.Unavailable, Execute(Originating(ToCarol)).Status);
        Bob.TakeNothing();
        Hangup(first.CallId);
        bob.Respond(487);
    }

    [Fact]
    public void UnreachableTarget_IsToldInTheReply()
    {
        World.Unreachable.Add(Bob);
        Assert.Equal(CommandStatus.Unavailable, Execute(Originating(ToBob)).Status);
        Assert.Equal(CallEndReason.Failed, World.Record.Reason);
    }

    [Fact]
    public async Task Variables_AndApplication_AreThereFromTheStart()
    {
        CommandReply reply = Accepted(Execute(Originating(ToBob) with { Application = "dialler", Variables = new Dictionary<string, string> { ["campaign"] = "7" } }));
        CallSnapshot snapshot = (await World.Control.GetCallAsync(reply.CallId))!;
        Assert.Equal(("dialler", "bot", 1L, "7"), (snapshot.Application, snapshot.Controller, snapshot.Epoch, snapshot.Variables["campaign"]));
        Assert.Equal(reply.LegId, Assert.Single(snapshot.Legs).LegId);
        Hangup(reply.CallId);
        PeerDialog.Answering(Bob).Respond(487);
        Bob.TakeAll();
    }
}
