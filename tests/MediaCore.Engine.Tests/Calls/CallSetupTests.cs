using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class CallSetupTests : CallTest
{
    [Fact]
    public void INVITE_GoesThrough_Ringing_Answer_Ack_AndByeOfTheCaller()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        SipText trying = Alice.Take("100 INVITE");
        Assert.Equal("", trying.ToTag);
        PeerDialog callee = PeerDialog.Answering(Bob);
        SipText invite = callee.Invite!;
        Assert.Equal("sip:+1001@203.0.113.101", invite.Uri);
        Assert.Equal("\"Ms Caller\" <sip:+12025550123@192.0.2.1>;tag=" + invite.FromTag, invite["From"]);
        Assert.Equal("<sip:+1001@203.0.113.101>", invite["To"]);
        Assert.Equal("69", invite["Max-Forwards"]);
        Assert.Equal("<sip:mediacore-00@192.0.2.1:5060>", invite["Contact"]);
        Assert.Single(invite.All("Via"));
        Assert.Equal("IN IP4 192.0.2.1", invite.Sdp("c="));
        Assert.StartsWith("audio 30002 RTP/AVP 0 8 101", invite.Sdp("m="), StringComparison.Ordinal);

        callee.Respond(100);
        Alice.TakeNothing();
        callee.Respond(180);
        SipText ringing = Alice.Take("180 INVITE");
        Assert.NotEqual("", ringing.ToTag);
        Assert.Equal("<sip:mediacore-00@192.0.2.1:5060>", ringing["Contact"]);
        Assert.Equal("", ringing.Body);
        callee.Respond(180);
        Alice.TakeNothing();

        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "8 101"));
        SipText toBob = Bob.Take("ACK");
        Assert.Equal(1u, toBob.CSeq);
        Assert.Equal("sip:c-bob@203.0.113.101:5060", toBob.Uri);
        Assert.NotEqual(invite.Branch, toBob.Branch);
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal(ringing.ToTag, ok.ToTag);
        Assert.Equal("audio 30000 RTP/AVP 8 101", ok.Sdp("m="));
        Assert.True(ok.Has("Allow"));
        caller.Ack();
        Assert.Equal(1, World.Statistics.ActiveCalls);

        World.Advance(10);
        caller.Bye();
        SipText bye = callee.AcceptBye();
        Assert.Equal("Q.850;cause=16;text=\"Normal call clearing\"", bye["Reason"]);
        Assert.Equal(2u, bye.CSeq);
        Alice.Take("200 BYE");
        Alice.TakeNothing();
        Bob.TakeNothing();
        Assert.Equal(CallEndSide.Caller, World.Record.EndedBy);
    }

    [Fact]
    public void BYE_OfTheCallee_EndsTheCallersSide_WithItsReason()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Bye("Reason: Q.850;cause=31;text=\"whatever\"\r\n");
        Assert.Equal("Q.850;cause=31;text=\"whatever\"", caller.AcceptBye()["Reason"]);
        Bob.Take("200 BYE");
        Assert.Equal(CallEndSide.Callee, World.Record.EndedBy);
        Assert.Equal(31, World.Record.Q850Cause);
    }

    [Fact]
    public void BYE_OfBothSidesAtOnce_IsAnsweredOnBoth()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.HangUp();
        SipText crossing = Bob.Take("BYE");
        callee.HangUp();
        Bob.Respond(crossing, 200);
        Alice.TakeNothing();
        Assert.Equal(CallEndSide.Caller, World.Record.EndedBy);
    }

    [Fact]
    public void BYE_Unanswered_IsRepeatedUntilTimerF_AndThenForgotten()
    {
        (PeerDialog caller, _) = Establish();
        caller.HangUp();
        World.Advance(33);
        Assert.Equal(11, Bob.TakeAll().Count(static k => k == "BYE"));
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void BYE_ThatTheTransportRefusesAtOnce_StillEndsTheOtherSide()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Unreachable.Add(Alice);
        World.Shard.Core.EndCalls();
        callee.AcceptBye();
        Assert.Equal(CallEndReason.Shutdown, World.Record.Reason);
        World.Unreachable.Clear();
        caller.Bye();
        Alice.Take("481 BYE");
    }

    [Fact]
    public void EarlyMedia_Is183WithSdp_AndTheAnswerKeepsPortsAndTag()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        SipText progress = Alice.Take("183 INVITE");
        Assert.StartsWith("audio 30000 ", progress.Sdp("m="), StringComparison.Ordinal);
        Assert.Same(World.Call.Callees[0].Media, World.Call.Caller.Media.Peer);
        callee.Respond(180);
        Assert.Equal("", Alice.Take("180 INVITE").Body);
        Answer(caller, callee);
        SipText ok = Alice.History[^1].Message;
        Assert.Equal(progress.Sdp("m="), ok.Sdp("m="));
        Assert.Equal(progress.ToTag, ok.ToTag);
        HangUp(caller, callee);
    }

    [Fact]
    public void INVITE_Retransmitted_GetsTheLastResponseAgain_AndNothingReachesTheCallee()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Repeat(PeerSdp.Audio(Alice));
        Alice.Take("180 INVITE");
        Bob.TakeNothing();
        Assert.Equal(1, World.Statistics.RequestRetransmissionsReceived);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void INVITE_ToASilentTarget_IsRepeatedByTimerA()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        World.Advance(4);
        Assert.Equal(["INVITE", "INVITE", "INVITE", "INVITE"], Bob.TakeAll());
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
    }

    [Fact]
    public void OtherMediaLines_WhereTheyAreNotRelayed_AreAnsweredWithPortZero()
    {
        World.Options = World.Options with { AccountOtherMedia = false };
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, extraMedia: "m=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.DoesNotContain("video", callee.Invite!.Body, StringComparison.Ordinal);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        Assert.Contains("m=video 0 RTP/AVP 96", caller.Learn(Alice.Take("200 INVITE")).Body, StringComparison.Ordinal);
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void RecordRoute_OfBothSides_IsFollowedByRequestsInTheDialog()
    {
        Peer proxy = World.AddPeer("proxy", "203.0.113.150");
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Record-Route: <sip:198.51.100.10;lr>\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        World.MayPassAddresses = true;
        callee.Respond(200, PeerSdp.Audio(Bob), "Record-Route: <sip:203.0.113.150;lr>, <sip:203.0.113.101;lr>\r\n");
        // The route nearest to us is the last of the list in a response.
        SipText ack = Bob.Take("ACK");
        Assert.Equal(["<sip:203.0.113.101;lr>", "<sip:203.0.113.150;lr>"], ack.All("Route"));
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal(["<sip:198.51.100.10;lr>"], ok.All("Record-Route"));
        caller.Ack();
        callee.HangUp();
        Assert.Equal(["<sip:198.51.100.10;lr>"], caller.AcceptBye().All("Route"));
        proxy.TakeNothing();
    }

    [Fact]
    public void Contact_OnAnotherPort_IsWhereRequestsInTheDialogGo()
    {
        Peer elsewhere = World.AddPeer("bob", "203.0.113.101", 5099);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob), contact: "<sip:c-bob@203.0.113.101:5099>");
        elsewhere.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        caller.HangUp();
        elsewhere.Respond(elsewhere.Take("BYE"), 200);
    }

    [Fact]
    public void TCP_OnOneSide_UDP_OnTheOther_ShowsEachItsOwnTransport()
    {
        Peer trunk = World.AddPeer("erin", "203.0.113.180", 5060, tcp: true);
        World.RouteToTrunks("+1009", trunk);
        PeerDialog caller = PeerDialog.Call(Alice, "+1009");
        PeerDialog callee = PeerDialog.Answering(trunk);
        Assert.Equal("sip:+1009@203.0.113.180;transport=tcp", callee.Invite!.Uri);
        Assert.StartsWith("SIP/2.0/TCP 192.0.2.1:5060", callee.Invite["Via"], StringComparison.Ordinal);
        Assert.Equal("<sip:mediacore-00@192.0.2.1:5060;transport=tcp>", callee.Invite["Contact"]);
        World.Advance(4);
        trunk.TakeNothing();
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void TCP_ConnectionLost_WhileRinging_FailsTheTarget()
    {
        Peer trunk = World.AddPeer("erin", "203.0.113.180", 5060, tcp: true);
        World.RouteToTrunks("+1009", trunk, Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+1009");
        trunk.Take("INVITE");
        World.LoseStream(trunk);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
    }
}
