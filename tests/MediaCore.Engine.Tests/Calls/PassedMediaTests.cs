using System.Collections.Frozen;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Trunks whose media goes past this server: each side is told where the other listens, in descriptions of our own, and no port is taken.</summary>
public sealed class PassedMediaTests : CallTest
{
    private const string AliceHost = "198.51.100.10";
    private const string BobHost = "203.0.113.101";
    private const string CarolHost = "203.0.113.102";

    [Fact]
    public void INVITE_BetweenTrunksThatPass_ShowsEachTheOther_AndTakesNoPort()
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, 40000, extraMedia: "a=rtcp:40017\r\n"));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        AssertShows(callee.Invite!, AliceHost, 40000);
        Assert.Contains("a=rtcp:40017\r\n", callee.Invite!.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", callee.Invite.Body, StringComparison.Ordinal);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        AssertShows(Alice.Take("183 INVITE"), BobHost, 50000);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        AssertShows(answer, BobHost, 50000);
        Assert.DoesNotContain("bob", answer.Body, StringComparison.Ordinal);
        caller.Ack();
        Assert.Equal(0, World.Shard.Ports.InUse);
        HangUp(caller, callee);
        Bob.TakeNothing();
        Assert.All(World.Record.Legs, static leg => Assert.Equal("PCMU/8000", leg.Codec));
    }

    [Theory]
    [InlineData(TrunkMedia.Anchor, TrunkMedia.Pass)]
    [InlineData(TrunkMedia.Pass, TrunkMedia.Anchor)]
    [InlineData(TrunkMedia.Anchor, TrunkMedia.Anchor)]
    public void INVITE_WhereOneTrunkAnchors_IsAnchored(TrunkMedia caller, TrunkMedia callee)
    {
        Pass(caller, callee, Bob);
        World.MayPassMedia = false;
        (PeerDialog first, PeerDialog second) = Establish();
        Assert.Equal("IN IP4 " + World.ServerHost, second.Invite!.Sdp("c="));
        Assert.Equal(2, World.Shard.Ports.InUse);
        HangUp(first, second);
    }

    [Fact]
    public void INVITE_WhosePlanHasAPrompt_IsAnchored()
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob);
        World.MayPassMedia = false;
        World.Route("+1001", [.. World.Policy.Plans["+1001"].Steps, new AnnouncementStep(PromptSource.FromText("Nobody is there."))]);
        (PeerDialog caller, PeerDialog callee) = Establish();
        Assert.Equal("IN IP4 " + World.ServerHost, callee.Invite!.Sdp("c="));
        HangUp(caller, callee);
    }

    [Fact]
    public void INVITE_WithoutOffer_ShowsTheCalleesOffer_AndTheCallersAnswerInTheAck()
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", sdp: null);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        AssertShows(caller.Learn(Alice.Take("200 INVITE")), BobHost, 50000);
        caller.Ack(PeerSdp.Audio(Alice, 40000));
        AssertShows(Bob.Take("ACK"), AliceHost, 40000);

        // The ACK is lost: the 200 comes again and gets the answer again.
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        AssertShows(Bob.Take("ACK"), AliceHost, 40000);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReINVITE_FromAnotherPort_TellsTheOtherSide(bool byCaller)
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob);
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog mover, PeerDialog other) = byCaller ? (caller, callee) : (callee, caller);
        mover.SendInvite(PeerSdp.Audio(mover.Peer, 45000));
        mover.Peer.Take("100 INVITE");
        AssertShows(other.TakeReInvite(), mover.Peer.Host, 45000);
        other.Respond(200, PeerSdp.Audio(other.Peer, 46000));
        other.Peer.Take("ACK");
        AssertShows(mover.Peer.Take("200 INVITE"), other.Peer.Host, 46000);
        mover.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void Answer_OfAnotherTargetThanTheOneThatRang_ReachesTheCaller_AlsoByAnOffer()
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(183, PeerSdp.Audio(Bob, 50000));
        AssertShows(Alice.Take("183 INVITE"), BobHost, 50000);
        first.Respond(503);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        AssertShows(second.Invite!, AliceHost, 40000);
        second.Respond(200, PeerSdp.Audio(Carol, 52000));
        Carol.Take("ACK");
        AssertShows(caller.Learn(Alice.Take("200 INVITE")), CarolHost, 52000);
        caller.Ack();

        // A caller that keeps to the first answer (RFC 3261 §13.2.1) sends to nobody until it is offered the right address.
        AssertShows(caller.TakeReInvite(), CarolHost, 52000);
        caller.Respond(200, PeerSdp.Audio(Alice, 40000));
        Alice.Take("ACK");
        HangUp(caller, second);
    }

    [Fact]
    public void UPDATE_AnsweredByUsWhileTheTargetCannotBeAsked_IsToldToTheTargetLater()
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, 40000), "Supported: 100rel\r\nAllow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000));
        AssertShows(Alice.Take("200 UPDATE"), BobHost, 50000);
        Bob.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        AssertShows(callee.TakeReInvite(), AliceHost, 41000);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void Offers_BetweenPeersThatMoveEachTime_EndAtTheirBound()
    {
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(183, PeerSdp.Audio(Bob, 50000));
        Alice.Take("183 INVITE");
        first.Respond(503);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Answer(caller, second);
        int offers = 0;
        for (PeerDialog asked = caller; asked.Peer.TakeAny() is { Kind: "INVITE" } offer; asked = ReferenceEquals(asked, caller) ? second : caller)
        {
            asked.TakeReInvite(offer);
            asked.Respond(200, PeerSdp.Audio(asked.Peer, (ushort)(41000 + (2 * ++offers))));
            asked.Peer.Take("ACK");
            Assert.InRange(offers, 1, 20);
        }

        Assert.Equal(9, offers);
        HangUp(caller, second);
    }

    [Fact]
    public void Call_WhoseMediaIsElsewhere_IsNotEndedForSilence_ButAskedAfter()
    {
        World.Options = World.Options with { MediaTimeout = TimeSpan.FromSeconds(30), SilentCallProbe = TimeSpan.FromSeconds(60) };
        Pass(TrunkMedia.Pass, TrunkMedia.Pass, Bob);
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Advance(90);
        foreach (Peer peer in (Peer[])[Alice, Bob])
        {
            peer.Respond(peer.Take("OPTIONS"), 200);
        }

        HangUp(caller, callee);
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }

    /// <summary>Both sides were told of each other, and then the call goes where media has to come by.</summary>
    [Fact]
    public void Redirection_ToATrunkThatAnchors_AfterEarlyMedia_BringsTheCallerHere()
    {
        World.MayPassMedia = true;
        var anchoring = new Trunk { Name = "to-carol", Targets = [World.Hop(Carol)] };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-a", Media = TrunkMedia.Pass };
        World.Policy.InboundTrunks[Carol.Endpoint] = anchoring;
        var bobs = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Media = TrunkMedia.Pass, Answers = new TrunkAnswers { Redirect = RedirectPolicy.Follow, RedirectTrunks = new[] { "to-carol" }.ToFrozenSet() } };
        World.Route("+1001", new DialStep([new TrunkTarget(bobs)], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(183, PeerSdp.Audio(Bob, 50000));
        AssertShows(Alice.Take("183 INVITE"), BobHost, 50000);
        Bob.Respond(first.Invite!, 302, first.LocalTag, contact: $"<sip:+1001@{Carol.Host}:5070>");
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Assert.Equal("IN IP4 " + World.ServerHost, second.Invite!.Sdp("c="));
        second.Respond(200, PeerSdp.Audio(Carol, 52000));
        Carol.Take("ACK");
        Assert.Equal("IN IP4 " + World.ServerHost, caller.Learn(Alice.Take("200 INVITE")).Sdp("c="));
        caller.Ack();
        Assert.Equal("IN IP4 " + World.ServerHost, caller.TakeReInvite().Sdp("c="));
        caller.Respond(200, PeerSdp.Audio(Alice, 40000));
        Alice.Take("ACK");
        Assert.Equal(2, World.Shard.Ports.InUse);
        Assert.Same(World.Call.Caller.Media, World.Call.Connected!.Media.Peer);
        HangUp(caller, second);
    }

    [Theory]
    [InlineData(TrunkMedia.Anchor)]
    [InlineData(TrunkMedia.Pass)]
    public void Transfer_IsAnchored_WhereTheNewPartyHasToBe(TrunkMedia media)
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer(media);
        bool isAnchored = media == TrunkMedia.Anchor;
        AssertShows(party.Invite!, isAnchored ? World.ServerHost : AliceHost, isAnchored ? 30002 : 40000);
        party.Respond(200, PeerSdp.Audio(Carol, 52000));
        Carol.Take("ACK");
        callee.AcceptBye();
        AssertShows(caller.TakeReInvite(), isAnchored ? World.ServerHost : CarolHost, isAnchored ? 30000 : 52000);
        caller.Respond(200, PeerSdp.Audio(Alice, 40000));
        Alice.Take("ACK");
        Assert.Equal(isAnchored ? 2 : 0, World.Shard.Ports.InUse);
        HangUp(caller, party);
    }

    [Fact]
    public void Transfer_ThatFails_LeavesTheTwoTalkingPastUs()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer(TrunkMedia.Anchor);

        // Meanwhile they talk on as before, also when one moves.
        callee.SendInvite(PeerSdp.Audio(Bob, 50200));
        Bob.Take("100 INVITE");
        AssertShows(caller.TakeReInvite(), BobHost, 50200);
        caller.Respond(200, PeerSdp.Audio(Alice, 40200));
        Alice.Take("ACK");
        AssertShows(callee.Learn(Bob.Take("200 INVITE")), AliceHost, 40200);
        callee.Ack();
        party.Respond(486);
        Carol.Take("ACK");
        Assert.Equal(0, World.Shard.Ports.InUse);
        caller.SendInvite(PeerSdp.Audio(Alice, 40300));
        Alice.Take("100 INVITE");
        AssertShows(callee.TakeReInvite(), AliceHost, 40300);
        callee.Respond(200, PeerSdp.Audio(Bob, 50200));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void Transfer_ToAPrompt_IsRefused_AndTheTwoTalkOn()
    {
        PassWithTransfers();
        World.Route("+2001", new AnnouncementStep(PromptSource.FromText("Nobody is there.")));
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\n");
        Bob.Take("202 REFER");
        foreach (int status in (int[])[100, 488])
        {
            SipText notify = Bob.Take("NOTIFY");
            Assert.StartsWith($"SIP/2.0 {status} ", notify.Body, StringComparison.Ordinal);
            Bob.Respond(notify, 200);
        }

        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    /// <summary>Two calls are joined within this server, whose inner addresses are no peer's business: both become anchored.</summary>
    [Fact]
    public void AttendedTransfer_AnchorsBothCalls()
    {
        PassWithTransfers();
        World.Route("+2001", new DialStep([new TrunkTarget(new Trunk { Name = "to-carol", Targets = [World.Hop(Carol)], Media = TrunkMedia.Pass })], Parallel: false, TimeSpan.FromSeconds(60)));
        (PeerDialog caller, PeerDialog callee) = Establish();
        PeerDialog consulting = PeerDialog.Call(Bob, "+2001");
        PeerDialog consulted = PeerDialog.Answering(Carol);
        Answer(consulting, consulted);
        Assert.Equal(0, World.Shard.Ports.InUse);
        string replaces = Uri.EscapeDataString($"{consulting.CallId};to-tag={consulting.RemoteTag};from-tag={consulting.LocalTag}");
        callee.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={replaces}>\r\nRefer-Sub: false\r\n");
        Bob.Take("202 REFER");
        Assert.Equal("IN IP4 " + World.ServerHost, consulted.TakeReInvite().Sdp("c="));
        consulted.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        consulting.AcceptBye();
        callee.AcceptBye();
        Assert.Equal("IN IP4 " + World.ServerHost, caller.TakeReInvite().Sdp("c="));
        caller.Respond(200, PeerSdp.Audio(Alice, 40000));
        Alice.Take("ACK");
        Assert.Equal(4, World.Shard.Ports.InUse);
        HangUp(caller, consulted);
    }

    /// <summary>Who takes a ringing call is told to the caller by the answer, and by an offer only where the caller has been told otherwise before.</summary>
    [Theory]
    [InlineData(180)]
    [InlineData(183)]
    public void RingingCall_TakenByTheTrunkThatItRingsAt_IsToldToTheCallerOnce(int status)
    {
        PassWithTransfers();
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(status, status == 183 ? PeerSdp.Audio(Bob, 50000) : null);
        caller.Learn(Alice.Take($"{status} INVITE"));
        PeerDialog picking = TakeOver(Bob, "+1001", callee, 50100);
        AssertShows(caller.Learn(Alice.Take("200 INVITE")), BobHost, 50100);
        caller.Ack();
        if (status == 183)
        {
            AssertShows(caller.TakeReInvite(), BobHost, 50100);
            caller.Respond(200, PeerSdp.Audio(Alice, 40000));
            Alice.Take("ACK");
        }

        Alice.TakeNothing();
        Bob.TakeNothing();
        Assert.Equal(0, World.Shard.Ports.InUse);
        HangUp(caller, picking);
    }

    [Fact]
    public void TargetOfATransfer_TakenByTheTrunkThatItRingsAt_IsToldToTheOneWhoStays_Once()
    {
        PassWithTransfers();
        var carols = new Trunk { Name = "to-carol", Targets = [World.Hop(Carol)], Media = TrunkMedia.Pass, Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Carol.Endpoint] = carols;
        World.Route("+2001", new DialStep([new TrunkTarget(carols)], Parallel: false, TimeSpan.FromSeconds(60)));
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\nRefer-Sub: false\r\n");
        Bob.Take("202 REFER");
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(180);
        PeerDialog picking = TakeOver(Carol, "+2001", party, 52100);
        callee.AcceptBye();
        AssertShows(caller.TakeReInvite(), CarolHost, 52100);
        caller.Respond(200, PeerSdp.Audio(Alice, 40000));
        Alice.Take("ACK");
        Carol.TakeNothing();
        HangUp(caller, picking);
    }

    private static PeerDialog TakeOver(Peer peer, string number, PeerDialog ringing, ushort port)
    {
        PeerDialog picking = PeerDialog.Dial(peer, number, PeerSdp.Audio(peer, port), $"Replaces: {ringing.CallId};to-tag={ringing.RemoteTag};from-tag={ringing.LocalTag}\r\n");
        peer.Take("100 INVITE");
        AssertShows(picking.Learn(peer.Take("200 INVITE")), AliceHost, 40000);
        SipText cancel = peer.Take("CANCEL");
        picking.Ack();
        peer.Respond(cancel, 200, ringing.LocalTag);
        ringing.Respond(487);
        peer.Take("ACK");
        return picking;
    }

    /// <summary>Alice and bob, whose trunks pass media and may transfer.</summary>
    private void PassWithTransfers()
    {
        World.MayPassMedia = true;
        var bobs = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Media = TrunkMedia.Pass, Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-a", Media = TrunkMedia.Pass };
        World.Policy.InboundTrunks[Bob.Endpoint] = bobs;
        World.Route("+1001", new DialStep([new TrunkTarget(bobs)], Parallel: false, TimeSpan.FromSeconds(60)));
    }

    /// <summary>Bob transfers alice to carol, whose INVITE has come.</summary>
    private (PeerDialog Caller, PeerDialog Callee, PeerDialog Party) Transfer(TrunkMedia media)
    {
        PassWithTransfers();
        World.Route("+2001", new DialStep([new TrunkTarget(new Trunk { Name = "to-carol", Targets = [World.Hop(Carol)], Media = media })], Parallel: false, TimeSpan.FromSeconds(60)));
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\nRefer-Sub: false\r\n");
        Bob.Take("202 REFER");
        return (caller, callee, PeerDialog.Answering(Carol));
    }

    /// <summary>+1001 goes from alice's trunk to those of the targets, one after the other.</summary>
    private void Pass(TrunkMedia caller, TrunkMedia callee, params Peer[] targets)
    {
        World.MayPassMedia = true;
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-a", Media = caller };
        World.Route("+1001", new DialStep(
            [.. targets.Select(peer => new TrunkTarget(new Trunk { Name = "to-" + peer.Name, Targets = [World.Hop(peer)], Media = callee }))],
            Parallel: false,
            TimeSpan.FromSeconds(60)));
    }

    private static void AssertShows(SipText message, string host, int port)
    {
        Assert.Equal("IN IP4 " + host, message.Sdp("c="));
        Assert.StartsWith($"audio {port} ", message.Sdp("m="), StringComparison.Ordinal);
    }
}
