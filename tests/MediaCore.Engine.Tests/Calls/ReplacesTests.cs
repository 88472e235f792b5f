using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Two calls that become one: REFER with Replaces in Refer-To, and INVITE with Replaces.</summary>
public sealed class ReplacesTests : CallTest
{
    public ReplacesTests()
    {
        var bobs = new Trunk { Name = "bobs", Targets = [World.Hop(Bob)], Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "alices", Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Bob.Endpoint] = bobs;
        World.Route("+1001", new DialStep([new TrunkTarget(bobs)], Parallel: false, TimeSpan.FromSeconds(60)));
        World.RouteToTrunks("+2001", Carol);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void AttendedTransfer_JoinsTheTwoCalls_AlsoOnDifferentShards(int shards, int entry)
    {
        World.ShardCount = shards;
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.EntryShard = entry;
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Assert.Equal(shards, World.Shards.Count(static s => s.Core.Calls.ActiveCalls > 0));

        callee.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Escape(consulting)}>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(100);
        consulted.TakeReInvite();
        consulted.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        consulting.AcceptBye();
        AssertNotify(200);
        callee.AcceptBye();
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice));
        Alice.Take("ACK");

        // One party's key press reaches the other through both calls.
        caller.Send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n");
        SipText info = Carol.Take("INFO");
        Assert.Equal("Signal=1\r\n", info.Body);
        Carol.Respond(info, 200);
        Alice.Take("200 INFO");

        HangUp(caller, consulted);
        Assert.Equal(2, World.Records.Count);
        Assert.Equal([TransferKind.Replaced, TransferKind.Attended], World.Records.SelectMany(static r => r.Transfers).Select(static t => t.Kind).OrderDescending());
        Assert.All(World.Records, static r => Assert.Equal(CallEndReason.Completed, r.Reason));
    }

    [Fact]
    public void Supported_NamesReplaces_OnlyToWhomAPolicyAllowsTransfers()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Assert.Contains("replaces", callee.Invite!["Supported"], StringComparison.Ordinal);
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Assert.DoesNotContain("replaces", consulted.Invite!["Supported"], StringComparison.Ordinal);
        HangUp(caller, callee);
        HangUp(consulting, consulted);
    }

    [Fact]
    public void AttendedTransfer_WhoseTargetRefuses_LeavesBothCalls()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        callee.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Escape(consulting)}>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(100);
        consulted.TakeReInvite();
        consulted.Respond(488);
        Carol.Take("ACK");
        AssertNotify(488);
        HangUp(caller, callee);
        HangUp(consulting, consulted);
    }

    [Fact]
    public void AttendedTransfer_ToADialogThatIsNotThere_IsTold481()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1?Replaces=x%3Bto-tag%3Dy%3Bfrom-tag%3Dz>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(100);
        AssertNotify(481);
        HangUp(caller, callee);
    }

    [Fact]
    public void AttendedTransfer_ToTheCallOfSomebodyElse_IsForbidden()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        caller.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Escape(consulting)}>\r\n");
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        SipText notify = Alice.Take("NOTIFY");
        Assert.StartsWith("SIP/2.0 403 ", notify.Body, StringComparison.Ordinal);
        Alice.Respond(notify, 200);
        Carol.TakeNothing();
        HangUp(caller, callee);
        HangUp(consulting, consulted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void INVITE_WithReplaces_OfTheSameParty_TakesItsPlace(int shards)
    {
        World.ShardCount = shards;
        (PeerDialog old, PeerDialog callee) = Consult();
        World.EntryShard = shards - 1;
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Require: replaces\r\nReplaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack();
        HangUp(callee, replacing);
        Assert.Equal([true, false, true], World.Record.Legs.Select(static l => l.Inbound));
    }

    /// <summary>Without SDP it wants the offer from us: the party that stays makes it, and its ACK waits for the answer in the new one's.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void INVITE_WithReplaces_WithoutSdp_IsOfferedWhatTheOtherPartyOffers(int shards, bool isCaller)
    {
        World.ShardCount = shards;
        (PeerDialog one, PeerDialog other) = isCaller ? Consult() : Establish();
        (PeerDialog old, PeerDialog staying) = isCaller ? (one, other) : (other, one);
        World.EntryShard = shards - 1;
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", null, Replaces(old));
        Bob.Take("100 INVITE");
        Assert.Equal("", staying.TakeReInvite().Body);
        staying.Respond(200, PeerSdp.Audio(staying.Peer, 51000, formats: "8 101"));
        SipText offer = replacing.Learn(Bob.Take("200 INVITE"));
        Assert.Equal("8 101", offer.Sdp("m=audio ").Split(' ', 3)[2]);
        Assert.Equal("IN IP4 192.0.2.1", offer.Sdp("c="));
        old.AcceptBye();
        staying.Peer.TakeNothing();
        replacing.Ack(PeerSdp.Audio(Bob, 50100, formats: "8 101"));
        Assert.Equal("8 101", staying.Peer.Take("ACK").Sdp("m=audio ").Split(' ', 3)[2]);
        Call call = World.Call;
        Assert.Same(call.Caller.Media, call.Connected!.Media.Peer);
        Assert.Equal([50100, 51000], new[] { call.Caller, call.Connected }.Select(static l => (int)l.Media.Latch.Destination.Port).Order());
        HangUp(staying, replacing);
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("18")]
    public void INVITE_WithReplaces_WithoutSdp_WhoseAckBringsNoAnswer_EndsTheCall(string? formats)
    {
        (PeerDialog old, PeerDialog staying) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", null, Replaces(old));
        Bob.Take("100 INVITE");
        staying.TakeReInvite();
        staying.Respond(200, PeerSdp.Audio(Carol, 51000));
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack(formats is null ? null : PeerSdp.Audio(Bob, 50100, formats: formats));
        Carol.Take("ACK");
        staying.AcceptBye();
        replacing.AcceptBye();
        Assert.Equal(CallEndReason.MediaMismatch, World.Record.Reason);
    }

    [Fact]
    public void INVITE_WithReplaces_WithoutSdp_ThatIsRefused_ChangesNothing()
    {
        (PeerDialog old, PeerDialog staying) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", null, Replaces(old));
        Bob.Take("100 INVITE");
        staying.TakeReInvite();
        staying.Respond(488);
        Carol.Take("ACK");
        replacing.Ack(Bob.Take("488 INVITE"));
        HangUp(old, staying);
    }

    [Fact]
    public void ReplacedParty_ThatOwesAnAck_HasNoPartInTheCallAnyMore()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        old.SendInvite(PeerSdp.Audio(Bob, 50002));
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Bob.Take("200 INVITE");
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        replacing.Ack();
        old.Send("UPDATE", "", PeerSdp.Audio(Bob, 50004));
        Bob.Take("481 UPDATE");
        old.Ack();
        SipText bye = Bob.Take("BYE");
        Assert.Equal(old.CallId, bye.CallId);
        Bob.Respond(bye, 200);
        HangUp(callee, replacing);
    }

    /// <summary>Who joined by Replaces is a party of its trunk like any other, with its policy, rules and credentials.</summary>
    [Fact]
    public void PartyThatJoined_MayTransfer_AsItsTrunkMay()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack();
        replacing.Send("REFER", "Refer-To: <sip:+9999@192.0.2.1>\r\n");
        Bob.Take("202 REFER");
        SipText trying = Bob.Take("NOTIFY");
        SipText failed = Bob.Take("NOTIFY");
        Assert.StartsWith("SIP/2.0 404 ", failed.Body, StringComparison.Ordinal);
        Bob.Respond(trying, 200);
        Bob.Respond(failed, 200);
        HangUp(callee, replacing);
    }

    [Fact]
    public void INVITE_WithReplaces_Cancelled_ChangesNothing()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        SipText reInvite = callee.TakeReInvite();
        Carol.Respond(reInvite, 100);
        replacing.Cancel();
        Bob.Take("200 CANCEL");
        Carol.Respond(Carol.Take("CANCEL"), 200);
        callee.Respond(487);
        Carol.Take("ACK");
        replacing.Ack(Bob.Take("487 INVITE"));
        HangUp(old, callee);
    }

    [Fact]
    public void INVITE_WithReplaces_WhileTheCallEnds_Gets487()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        SipText reInvite = callee.TakeReInvite();
        callee.Bye();
        replacing.Ack(Bob.Take("487 INVITE"));
        old.AcceptBye();
        Carol.Take("200 BYE");
        Carol.Respond(reInvite, 487);
        Carol.Take("ACK");
    }

    /// <summary>It takes the place of the one that it replaces: no more, or a trunk at its limit could not replace, and no less, or it could call for nothing.</summary>
    [Fact]
    public void PartyThatJoined_CountsAtItsTrunk_InThePlaceOfTheOneThatLeft()
    {
        World.Policy.InboundTrunks[Bob.Endpoint] = new Trunk { Name = "bobs", Targets = [World.Hop(Bob)], Transfers = TransferPolicy.Terminate, Limits = new TrunkLimits { Calls = 1 } };
        (PeerDialog old, PeerDialog callee) = Consult();
        TrunkStatus trunk = World.Trunks.Get("bobs");
        PeerDialog replacing = Replace(old);
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack();
        Assert.Equal(1, trunk.InboundCalls);
        PeerDialog refused = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob));
        refused.Ack(Bob.Take("503 INVITE"));

        // Once more, and the one after that leaves by a transfer: its place is free then.
        PeerDialog last = Replace(replacing);
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        last.Learn(Bob.Take("200 INVITE"));
        replacing.AcceptBye();
        last.Ack();
        Assert.Equal(1, trunk.InboundCalls);
        World.RouteToTrunks("+2002", Dave);
        last.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\nRefer-Sub: false\r\n");
        Bob.Take("202 REFER");
        PeerDialog party = PeerDialog.Answering(Dave);
        party.Respond(200, PeerSdp.Audio(Dave, 52000));
        Dave.Take("ACK");
        last.AcceptBye();
        Assert.Equal(0, trunk.InboundCalls);
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        HangUp(callee, party);
    }

    [Fact]
    public void PartyThatJoined_InThePlaceOfOneThatWasCalled_CountsThereToo()
    {
        (PeerDialog caller, PeerDialog old) = Establish();
        TrunkStatus trunk = World.Trunks.Get("bobs");
        PeerDialog replacing = Replace(old);
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice));
        Alice.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack();
        Assert.Equal((0, 1), (trunk.InboundCalls, trunk.OutboundCalls));
        HangUp(caller, replacing);
        Assert.Equal((0, 0), (trunk.InboundCalls, trunk.OutboundCalls));
    }

    [Fact]
    public void RingingCall_OfATrunk_TakenByIt_StillCountsThere()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.Learn(Alice.Take("180 INVITE"));
        TrunkStatus trunk = World.Trunks.Get("bobs");
        PeerDialog picking = Replace(callee);
        picking.Learn(Bob.Take("200 INVITE"));
        SipText cancel = Bob.Take("CANCEL");
        picking.Ack();
        Bob.Respond(cancel, 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.Equal(1, trunk.ActiveCalls);
        HangUp(caller, picking);
        Assert.Equal(0, trunk.ActiveCalls);
    }

    /// <summary>What its INVITE says is taken as that of any caller: session timer, UPDATE.</summary>
    [Fact]
    public void PartyThatJoined_HasASessionTimerOfItsOwn_AndIsAskedByUpdate()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = Replace(old, "Supported: timer\r\nSession-Expires: 90;refresher=uas\r\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        SipText ok = replacing.Learn(Bob.Take("200 INVITE"));
        Assert.Equal("90;refresher=uas", ok["Session-Expires"]);
        old.AcceptBye();
        replacing.Ack();
        World.Advance(45);
        SipText refresh = Bob.Take("UPDATE");
        Assert.Equal("90;refresher=uac", refresh["Session-Expires"]);
        Bob.Respond(refresh, 200, extra: "Session-Expires: 90;refresher=uac\r\n");
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Carol, 51000, "sendonly"));
        SipText hold = Bob.Take("UPDATE");
        Assert.Equal("sendonly", hold.SdpDirection);
        Bob.Respond(hold, 200, sdp: PeerSdp.Audio(Bob, 50100, "recvonly"), extra: "Session-Expires: 90;refresher=uac\r\n");
        Carol.Take("200 UPDATE");
        HangUp(callee, replacing);
    }

    [Fact]
    public void INVITE_WithReplaces_WhoseSessionIsTooShort_Gets422()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob), Replaces(old) + "Supported: timer\r\nSession-Expires: 30\r\n");
        SipText refusal = Bob.Take("422 INVITE");
        Assert.Equal("90", refusal["Min-SE"]);
        replacing.Ack(refusal);
        Carol.TakeNothing();
        HangUp(old, callee);
    }

    [Fact]
    public void ReplacedParty_ThatHangsUpDuringTheJoin_DoesNotEndTheCall()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = Replace(old);
        callee.TakeReInvite();
        old.HangUp();
        Carol.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        replacing.Ack();
        Assert.Equal(1, World.Trunks.Get("bobs").InboundCalls);
        HangUp(callee, replacing);
        Assert.Equal($"{World.Record.CallId}-0", Assert.Single(World.Record.Transfers).By);
    }

    [Fact]
    public void ReplacedParty_ThatHangsUpDuringAJoinThatFails_EndsTheCall()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = Replace(old);
        callee.TakeReInvite();
        old.HangUp();
        callee.Respond(488);
        Carol.Take("ACK");
        replacing.Ack(Bob.Take("488 INVITE"));
        callee.AcceptBye();
        Assert.Equal(CallEndReason.MediaMismatch, World.Record.Reason);
    }

    /// <summary>The called party is asked in the caller's place while a new caller joins; the record of a call that ends just then lists the parties as they came all the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CallThatEnds_WhileTheCallerIsReplaced_IsRecordedAsItCame(bool hasLeft)
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = Replace(old);
        SipText reInvite = callee.TakeReInvite();
        if (hasLeft)
        {
            old.HangUp();
        }

        callee.Bye();
        replacing.Ack(Bob.Take("487 INVITE"));
        if (!hasLeft)
        {
            old.AcceptBye();
        }

        Carol.Take("200 BYE");
        Carol.Respond(reInvite, 487);
        Carol.Take("ACK");
        Assert.Equal([0, 1, 2], World.Record.Legs.Select(leg => int.Parse(leg.LegId[(World.Record.CallId.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(CallEndSide.Callee, World.Record.EndedBy);
        Assert.Equal(0, World.Trunks.Get("bobs").ActiveCalls);
    }

    /// <summary>A new party that was refused leaves no trace: who is transferred later is presented as before.</summary>
    [Theory]
    [InlineData(200, "+2001")]
    [InlineData(488, "+2001")]
    public void Transfer_AfterAReplacement_PresentsTheOneWhoStays(int status, string presented)
    {
        (PeerDialog talking, PeerDialog callee) = Consult();
        PeerDialog replacing = Replace(talking);
        callee.TakeReInvite();
        callee.Respond(status, status == 200 ? PeerSdp.Audio(Carol, 51000) : null);
        Carol.Take("ACK");
        if (status == 200)
        {
            replacing.Learn(Bob.Take("200 INVITE"));
            replacing.Ack();
            talking.AcceptBye();
            talking = replacing;
        }
        else
        {
            replacing.Ack(Bob.Take("488 INVITE"));
        }

        World.RouteToTrunks("+2002", Dave);
        talking.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\nRefer-Sub: false\r\n");
        Bob.Take("202 REFER");
        PeerDialog party = PeerDialog.Answering(Dave);
        Assert.Equal($"sip:{presented}@192.0.2.1", party.Invite!.UriOf("From"));
        party.Respond(486);
        Dave.Take("ACK");
        HangUp(talking, callee);
    }

    [Theory]
    [InlineData("gone", "", 481)]
    [InlineData("", ";early-only", 486)]
    [InlineData("malformed", "", 400)]
    public void INVITE_WithReplaces_ThatCannotBe_IsRefused(string what, string extra, int status)
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        string value = what == "malformed" ? "x" : $"{old.CallId};to-tag={old.RemoteTag}{what};from-tag={old.LocalTag}{extra}";
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob), $"Replaces: {value}\r\n");
        replacing.Ack(Bob.Take($"{status} INVITE"));
        Carol.TakeNothing();
        HangUp(old, callee);
    }

    /// <summary>RFC 3891 §3: only the one who has begun an early dialog can give it to another.</summary>
    [Fact]
    public void INVITE_WithReplaces_OfAnEarlyDialogThatThePeerHasBegun_Gets481()
    {
        PeerDialog old = PeerDialog.Call(Bob, "+2001");
        PeerDialog callee = PeerDialog.Answering(Carol);
        callee.Respond(180);
        old.Learn(Bob.Take("180 INVITE"));
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob), Replaces(old));
        replacing.Ack(Bob.Take("481 INVITE"));
        Answer(old, callee);
        HangUp(old, callee);
    }

    [Fact]
    public void INVITE_WithReplaces_OfAnotherParty_IsForbidden()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        replacing.Ack(Alice.Take("403 INVITE"));
        Carol.TakeNothing();
        HangUp(old, callee);
    }

    [Fact]
    public void INVITE_WithReplaces_OfACallThatIsOver_Gets481()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        HangUp(old, callee);
        World.Advance(40);
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        replacing.Ack(Bob.Take("481 INVITE"));
    }

    private (PeerDialog Consulting, PeerDialog Consulted) Consult()
    {
        PeerDialog consulting = PeerDialog.Call(Bob, "+2001");
        PeerDialog consulted = PeerDialog.Answering(Carol);
        Answer(consulting, consulted);
        return (consulting, consulted);
    }

    private static string Replaces(PeerDialog old) => $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n";

    /// <summary>Bob's INVITE that is to take the place of a dialog of his, its 100 taken.</summary>
    private PeerDialog Replace(PeerDialog old, string extra = "")
    {
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), Replaces(old) + extra);
        Bob.Take("100 INVITE");
        return replacing;
    }

    private static string Escape(PeerDialog dialog) =>
        Uri.EscapeDataString($"{dialog.CallId};to-tag={dialog.RemoteTag};from-tag={dialog.LocalTag}");

    private void AssertNotify(int status)
    {
        SipText notify = Bob.Take("NOTIFY");
        Assert.StartsWith($"SIP/2.0 {status} ", notify.Body, StringComparison.Ordinal);
        Bob.Respond(notify, 200);
    }
}
