using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Transfers by command, done by the server or by the phone, and transfers that a party asks for and its controller decides.</summary>
public sealed class CommandedTransferTests : PartyTest
{
    [Fact]
    public void Transfer_ByTheServer_DialsForTheOneWhoStays_AndTheOtherIsLetGo()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string transfer = Transfer(CallId, ToCarol);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        Bob.TakeNothing();
        Assert.Equal(180, World.EventsOf<TransferChanged>()[^1].SipStatus);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        bob.AcceptBye();
        Assert.Equal((CommandOutcome.Completed, 200), (End(transfer)!.Outcome, End(transfer)!.SipStatus));
        Agree(alice);

        // It is under control still: who was taken in may hang up without ending it.
        carol.HangUp();
        Alice.TakeNothing();
        alice.HangUp();
        Assert.Equal((TransferKind.Blind, "+2002", 200), (World.Record.Transfers[0].Kind, World.Record.Transfers[0].To, World.Record.Transfers[0].Status));
    }

    [Fact]
    public void Transfer_OfTheCalledParty_LetsTheCallerGo()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string transfer = Transfer(CallId, ToCarol, CallId + "-1");
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        alice.AcceptBye();
        Assert.Equal(CommandOutcome.Completed, End(transfer)!.Outcome);
        Agree(bob);

        // Bob is the one whom the call stays with.
        carol.HangUp();
        Bob.TakeNothing();
        bob.HangUp();
    }

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    public void Transfer_ThatNobodyTakes_LeavesTheTwoTogether(int status)
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string transfer = Transfer(CallId, ToCarol);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(status);
        Carol.Take("ACK");
        Assert.Equal((CommandOutcome.Failed, status), (End(transfer)!.Outcome, End(transfer)!.SipStatus));
        alice.Send("INFO", "Content-Type: application/x\r\n", "x");
        Bob.Respond(Bob.Take("INFO"), 200);
        Alice.Take("200 INFO");
        HangUp(alice, bob);
    }

    [Fact]
    public void Transfer_WhoseLeavingPartyHangsUpFirst_GoesOn_AndAFailureLeavesTheOtherToTheController()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string transfer = Transfer(CallId, ToCarol);
        PeerDialog carol = PeerDialog.Answering(Carol);
        bob.HangUp();
        carol.Respond(486);
        Carol.Take("ACK");
        Assert.Equal(CommandOutcome.Failed, End(transfer)!.Outcome);
        Alice.TakeNothing();
        string dial = Do(Dial("dave"));
        PeerDialog dave = PeerDialog.Answering(Dave);
        dave.Respond(200, PeerSdp.Audio(Dave, 52000, formats: "0 101"));
        Dave.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(dial)!.Outcome);
        HangUp(alice, dave);
    }

    [Fact]
    public void Hangup_InTheMiddleOfATransfer_CancelsIt()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string transfer = Transfer(CallId, ToCarol);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        alice.HangUp();
        bob.AcceptBye();
        Carol.Respond(Carol.Take("CANCEL"), 200);
        carol.Respond(487);
        Carol.Take("ACK");
        Assert.NotEqual(CommandOutcome.Completed, End(transfer)!.Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AttendedTransfer_JoinsTheFarPartiesOfTwoCalls(int shards)
    {
        (PeerDialog alice, PeerDialog bob, PeerDialog consult, PeerDialog carol, string first, string second) = Consulted(shards);
        string transfer = Do(new TransferCommand { CommandId = World.NextCommandId(), CallId = first, OtherCallId = second });
        AssertJoined(transfer, alice, carol, bob, consult);
    }

    [Fact]
    public void AttendedTransfer_WhoseAnswerFindsAFullMailbox_GoesOnWhenThereIsRoom()
    {
        (PeerDialog alice, PeerDialog bob, PeerDialog consult, PeerDialog carol, string first, string second) = Consulted(shards: 2);
        World.Mail.Left = 1;
        string transfer = Do(new TransferCommand { CommandId = World.NextCommandId(), CallId = first, OtherCallId = second });
        World.Advance(1);
        Assert.Null(End(transfer));
        Carol.TakeNothing();
        World.Mail.Left = null;
        World.Advance(0.1);
        AssertJoined(transfer, alice, carol, bob, consult);
    }

    [Fact]
    public void AttendedTransfer_ThatTheOtherShardDoesNotAnswer_Fails_AndALateAnswerDoesNothing()
    {
        (PeerDialog alice, PeerDialog bob, PeerDialog consult, PeerDialog carol, string first, string second) = Consulted(shards: 2);
        World.Mail.Left = 1;
        string transfer = Do(new TransferCommand { CommandId = World.NextCommandId(), CallId = first, OtherCallId = second });
        World.Advance(5.1);
        Assert.Equal(CommandOutcome.Failed, End(transfer)!.Outcome);
        World.Mail.Left = null;
        World.Advance(0.1);
        Carol.TakeNothing();
        HangUp(alice, bob);
        HangUp(consult, carol);
    }

    [Fact]
    public void JoinedCalls_WhoseHangUpFindsAFullMailbox_EndWhenThereIsRoom()
    {
        (PeerDialog alice, PeerDialog bob, PeerDialog consult, PeerDialog carol, string first, string second) = Consulted(shards: 2);
        string transfer = Do(new TransferCommand { CommandId = World.NextCommandId(), CallId = first, OtherCallId = second });
        AssertJoined(transfer, alice, carol, bob, consult, hangsUp: false);
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = first, Policy = ReleasePolicy.Continue });
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = second, Policy = ReleasePolicy.Continue });
        World.EntryShard = 1;
        World.Mail.Left = 0;
        carol.HangUp();
        World.EntryShard = 0;
        World.Advance(1);
        Alice.TakeNothing();
        World.Mail.Left = null;
        World.Advance(0.1);
        alice.AcceptBye();
    }

    [Fact]
    public void AttendedTransfer_NeedsACallWhoseTwoTalk()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string other = Accepted(Execute(Originating(ToCarol) with { Controller = "app-1" })).CallId;
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        string transfer = Do(new TransferCommand { CommandId = World.NextCommandId(), CallId = CallId, OtherCallId = other });
        Assert.Equal(CommandOutcome.Failed, End(transfer)!.Outcome);
        Refused(CommandStatus.NotFound, new TransferCommand { CommandId = World.NextCommandId(), CallId = CallId, OtherCallId = "nowhere" });
        Refused(CommandStatus.InvalidArgument, new TransferCommand { CommandId = World.NextCommandId(), CallId = CallId });
        Refused(CommandStatus.FailedPrecondition, new TransferCommand { CommandId = World.NextCommandId(), CallId = other, Target = ToDave });
        carol.HangUp();
        HangUp(alice, bob);
    }

    [Fact]
    public void Refer_AsksThePhone_AndItsNotifiesAreEvents()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string transfer = Refer(callId);
        SipText refer = Bob.Take("REFER");
        Assert.Equal("<sip:+2002@192.0.2.1:5060>", refer["Refer-To"]);
        Bob.Respond(refer, 202);
        Notify(bob, refer, "SIP/2.0 100 Trying", "active;expires=60");
        Notify(bob, refer, "SIP/2.0 180 Ringing", "active;expires=60");
        Assert.Null(End(transfer));
        Notify(bob, refer, "SIP/2.0 200 OK", "terminated;reason=noresource");
        Assert.Equal((CommandOutcome.Completed, 200), (End(transfer)!.Outcome, End(transfer)!.SipStatus));
        Assert.Equal([100, 180, 200], World.EventsOf<TransferChanged>().Select(static e => e.SipStatus));
        bob.AcceptBye();
    }

    [Theory]
    [InlineData("SIP/2.0 486 Busy", "terminated;reason=noresource", 486)]
    [InlineData("garbage", "terminated", 480)]
    public void Refer_ThatFailsAtThePhone_LeavesTheCall(string fragment, string state, int status)
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string transfer = Refer(callId);
        SipText refer = Bob.Take("REFER");
        Bob.Respond(refer, 202);
        Notify(bob, refer, fragment, state);
        Assert.Equal((CommandOutcome.Failed, status), (End(transfer)!.Outcome, End(transfer)!.SipStatus));

        // Another may follow.
        Refer(callId);
        Bob.Respond(Bob.Take("REFER"), 603);
        bob.HangUp();
    }

    [Fact]
    public void Refer_ThatIsRefused_OrNeverEnds_FailsTheCommand()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string refused = Refer(callId);
        Refused(CommandStatus.FailedPrecondition, NewRefer(callId));
        Bob.Respond(Bob.Take("REFER"), 405);
        Assert.Equal(405, End(refused)!.SipStatus);
        string endless = Refer(callId);
        Bob.Respond(Bob.Take("REFER"), 202);
        World.Advance(World.Options.MaxRinging + TimeSpan.FromSeconds(33));
        Assert.Equal((CommandOutcome.Failed, 408), (End(endless)!.Outcome, End(endless)!.SipStatus));
        bob.HangUp();
    }

    [Fact]
    public void Refer_OfAPhoneThatHangsUpAtOnce_EndsWithItsCall()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string transfer = Refer(callId);
        Bob.Respond(Bob.Take("REFER"), 202);
        bob.HangUp();
        Assert.Equal(CommandOutcome.HungUp, End(transfer)!.Outcome);
    }

    [Fact]
    public void REFER_OfAParty_IsItsControllersToAccept()
    {
        (PeerDialog alice, PeerDialog bob, TransferRequested asked) = Ask();
        Assert.Equal(("+2002", false, CallId + "-1"), (asked.Target, asked.IsAttended, asked.LegId));
        Assert.Equal(World.WallClock + TimeSpan.FromSeconds(5), asked.Deadline);
        string accept = Decide(TransferDecision.Accept);
        Bob.Take("202 REFER");
        Bob.Respond(Bob.Take("NOTIFY"), 200);
        PeerDialog carol = PeerDialog.Answering(Carol);
        Assert.Null(End(accept));
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(accept)!.Outcome);
        Bob.Respond(Bob.Take("NOTIFY"), 200);
        bob.AcceptBye();
        Agree(alice);
        HangUp(alice, carol);
    }

    [Fact]
    public void REFER_OfAParty_IsItsControllersToRefuse_OrToTakeOver()
    {
        (PeerDialog alice, PeerDialog bob, _) = Ask();
        Refused(CommandStatus.InvalidArgument, new AcceptTransferCommand { CommandId = World.NextCommandId(), CallId = CallId, Decision = TransferDecision.Refuse, SipStatus = 200 });
        Decide(TransferDecision.Refuse);
        Bob.Take("603 REFER");
        Refused(CommandStatus.FailedPrecondition, new AcceptTransferCommand { CommandId = World.NextCommandId(), CallId = CallId });

        bob.Send("REFER", $"Refer-To: <sip:+2002@{World.ServerHost}>\r\n");
        Decide(TransferDecision.TakeOver);
        Bob.Take("202 REFER");
        SipText notify = Bob.Take("NOTIFY");
        Assert.Contains("SIP/2.0 200", notify.Body, StringComparison.Ordinal);
        Bob.Respond(notify, 200);
        Carol.TakeNothing();
        HangUp(alice, bob);
    }

    /// <summary>RFC 5589 §7.3: bob, who talks with alice and with carol, asks by a REFER with Replaces that the two talk with each other.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void REFER_WithReplaces_OfAParty_IsItsControllersToAccept(int shards)
    {
        (PeerDialog alice, PeerDialog bob, PeerDialog consult, PeerDialog carol, string first, _) = Consulted(shards);
        bob.Send("REFER", $"Refer-To: <sip:+5001@{World.ServerHost}?Replaces={Uri.EscapeDataString($"{consult.CallId};to-tag={consult.RemoteTag};from-tag={consult.LocalTag}")}>\r\n");
        TransferRequested asked = Assert.Single(World.EventsOf<TransferRequested>());
        Assert.Equal((first, first + "-1", true, "+5001"), (asked.CallId, asked.LegId, asked.IsAttended, asked.Target));
        Carol.TakeNothing();

        string accept = Do(new AcceptTransferCommand { CommandId = World.NextCommandId(), CallId = first, Decision = TransferDecision.Accept });
        Bob.Take("202 REFER");
        Bob.Respond(Bob.Take("NOTIFY"), 200);
        carol.TakeReInvite();
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        consult.AcceptBye();
        SipText done = Bob.Take("NOTIFY");
        Assert.StartsWith("SIP/2.0 200", done.Body, StringComparison.Ordinal);
        Bob.Respond(done, 200);
        bob.AcceptBye();
        Agree(alice);
        Assert.Equal((CommandOutcome.Completed, 200), (End(accept)!.Outcome, End(accept)!.SipStatus));
        Assert.Equal([100, 200], World.EventsOf<TransferChanged>().Where(e => e.CallId == first).Select(static e => e.SipStatus));

        // A key press crosses both calls.
        carol.Send("INFO", "Content-Type: application/x\r\n", "x");
        Alice.Respond(Alice.Take("INFO"), 200);
        Carol.Take("200 INFO");
        carol.HangUp();
        Alice.TakeNothing();
        alice.HangUp();
    }

    [Fact]
    public void REFER_WithReplaces_OfAParty_RefusedByItsController_LeavesBothCalls()
    {
        (PeerDialog alice, PeerDialog bob, PeerDialog consult, PeerDialog carol, string first, _) = Consulted(shards: 2);
        bob.Send("REFER", $"Refer-To: <sip:+5001@{World.ServerHost}?Replaces={Uri.EscapeDataString($"{consult.CallId};to-tag={consult.RemoteTag};from-tag={consult.LocalTag}")}>\r\n");
        Do(new AcceptTransferCommand { CommandId = World.NextCommandId(), CallId = first, Decision = TransferDecision.Refuse, SipStatus = 603 });
        Bob.Take("603 REFER");
        Carol.TakeNothing();
        HangUp(alice, bob);
        HangUp(consult, carol);
    }

    [Theory]
    [InlineData(TransferPolicy.Refuse, "403 REFER")]
    [InlineData(TransferPolicy.Terminate, "202 REFER")]
    public void REFER_ThatNobodyDecides_GoesByThePolicy(TransferPolicy policy, string answer)
    {
        World.RouteToTrunks("+2002", Carol);
        (PeerDialog alice, PeerDialog bob, _) = Ask(policy);
        World.Advance(4.9);
        bob.Send("REFER", $"Refer-To: <sip:+2002@{World.ServerHost}>\r\n");
        Bob.Take("491 REFER");
        World.Advance(0.2);
        Bob.Take(answer);
        Bob.TakeAll();
        if (policy == TransferPolicy.Terminate)
        {
            PeerDialog carol = PeerDialog.Answering(Carol);
            carol.Respond(486);
            Carol.Take("ACK");
            Bob.Respond(Bob.Take("NOTIFY"), 200);
        }

        HangUp(alice, bob);
    }

    [Fact]
    public void REFER_OfAPartyWhoseCallEnds_IsAnswered()
    {
        (PeerDialog alice, PeerDialog bob, _) = Ask();
        alice.HangUp();
        Bob.Take("480 REFER");
        bob.AcceptBye();
    }

    /// <summary>Alice talks with bob in the first call, and bob with carol in another, which is the same controller's.</summary>
    private (PeerDialog Alice, PeerDialog Bob, PeerDialog Consult, PeerDialog Carol, string First, string Second) Consulted(int shards)
    {
        World.ShardCount = shards;
        World.Policy.InboundTrunks[Bob.Endpoint] = World.TrunkTo(Bob);
        (PeerDialog alice, PeerDialog bob) = Connected();
        string first = CallId;
        World.EntryShard = shards - 1;
        PeerDialog consult = PeerDialog.Call(Bob, "+5001");
        string second = CallId;
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = second, Controller = "app-1", Epoch = Epoch });
        Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = second });
        consult.Learn(Bob.Take("200 INVITE"));
        consult.Ack();
        Do(new DialCommand { CommandId = World.NextCommandId(), CallId = second, Targets = [ToCarol] });
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        World.EntryShard = 0;
        return (alice, bob, consult, carol, first, second);
    }

    private void AssertJoined(string command, PeerDialog alice, PeerDialog carol, PeerDialog bob, PeerDialog consult, bool hangsUp = true)
    {
        Agree(carol);
        Agree(alice);
        Assert.Equal(["BYE", "BYE"], Bob.History.Select(static m => m.Message.Kind).TakeLast(2));
        foreach (PeerDialog left in (PeerDialog[])[bob, consult])
        {
            Bob.Respond(Bob.History.Last(m => m.Message.Kind == "BYE" && m.Message.CallId == left.CallId).Message, 200);
        }

        Bob.TakeAll();
        Assert.Equal((CommandOutcome.Completed, 200), (End(command)!.Outcome, End(command)!.SipStatus));
        if (hangsUp)
        {
            carol.HangUp();
            Alice.TakeNothing();
            alice.HangUp();
        }
    }

    private (PeerDialog Alice, PeerDialog Bob, TransferRequested Asked) Ask(TransferPolicy policy = TransferPolicy.Refuse)
    {
        World.RouteToTrunks("+2002", Carol);
        World.Policy.TrunksByName["bob"] = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Transfers = policy };
        World.Policy.InboundTrunks[Bob.Endpoint] = World.Policy.TrunksByName["bob"];
        (PeerDialog alice, PeerDialog bob) = Connected();
        bob.Send("REFER", $"Refer-To: <sip:+2002@{World.ServerHost}>\r\n");
        Bob.TakeNothing();
        return (alice, bob, Assert.Single(World.EventsOf<TransferRequested>()));
    }

    private string Decide(TransferDecision decision) => Do(new AcceptTransferCommand { CommandId = World.NextCommandId(), CallId = CallId, Decision = decision });

    private string Transfer(string callId, DialDestination target, string? legId = null) =>
        Do(new TransferCommand { CommandId = World.NextCommandId(), CallId = callId, LegId = legId, Target = target });

    private TransferCommand NewRefer(string callId) => new() { CommandId = World.NextCommandId(), CallId = callId, Target = ToCarol, ByRefer = true };

    private string Refer(string callId) => Do(NewRefer(callId));

    private static void Notify(PeerDialog party, SipText refer, string fragment, string state)
    {
        party.Send("NOTIFY", $"Event: refer;id={refer["CSeq"].Split(' ')[0]}\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag;version=2.0\r\n", fragment + "\r\n");
        party.Peer.Take("200 NOTIFY");
    }

    private static void Agree(PeerDialog party)
    {
        party.TakeReInvite();
        party.Respond(200, PeerSdp.Audio(party.Peer, 50000, formats: "0 101"));
        party.Peer.Take("ACK");
    }
}
