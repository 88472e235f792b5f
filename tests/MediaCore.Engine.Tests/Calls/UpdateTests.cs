using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>RFC 3311, and who may offer when (RFC 6337).</summary>
public sealed class UpdateTests : CallTest
{
    private const string Allow = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_ByUpdate_ReachesTheOtherSide_ByUpdateWhereItTakesOne(bool byCaller)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        (PeerDialog by, PeerDialog other) = byCaller ? (caller, callee) : (callee, caller);
        by.Send("UPDATE", sdp: PeerSdp.Audio(by.Peer, 40100, "sendonly"));
        SipText passed = other.Peer.Take("UPDATE");
        Assert.Equal("sendonly", passed.SdpDirection);
        Assert.Contains("UPDATE", passed["Allow"], StringComparison.Ordinal);
        other.Peer.Respond(passed, 200, sdp: PeerSdp.Audio(other.Peer, 50100, "recvonly"));
        SipText answer = by.Peer.Take("200 UPDATE");
        Assert.Equal("recvonly", answer.SdpDirection);
        Assert.Equal("<sip:mediacore-00@192.0.2.1:5060>", answer["Contact"]);
        by.Peer.TakeNothing();
        other.Peer.TakeNothing();
        Assert.True((byCaller ? World.Call.Caller : World.Call.Connected!).Remote.IsHold);
        HangUp(by, other);
    }

    [Fact]
    public void Hold_ByUpdate_ReachesASideWithoutUpdate_ByReInvite()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, "");
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 40100, "sendonly"));
        Assert.Equal("sendonly", callee.TakeReInvite().SdpDirection);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly"));
        Bob.Take("ACK");
        Assert.Equal("recvonly", Alice.Take("200 UPDATE").SdpDirection);
        HangUp(caller, callee);
    }

    [Fact]
    public void UPDATE_RefusedAs405_IsTriedByReInvite()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 40100, "sendonly"));
        Bob.Respond(Bob.Take("UPDATE"), 405);
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly"));
        Bob.Take("ACK");
        Alice.Take("200 UPDATE");
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(488, 488)]
    [InlineData(491, 491)]
    [InlineData(504, 504)]
    [InlineData(422, 500)]
    public void Refusal_IsPassedBack_AndTheSessionStaysAsItWas(int status, int passed)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000, "sendonly"));
        Bob.Respond(Bob.Take("UPDATE"), status);
        Alice.Take($"{passed} UPDATE");
        Assert.False(World.Call.Caller.Remote.IsHold);
        Assert.Equal(World.Endpoint(Alice.Host, 40000), World.Call.Caller.Media.Latch.Destination);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DeadDialog_OrSilence_EndsTheCall(bool isSilent)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000));
        SipText passed = Bob.Take("UPDATE");
        if (isSilent)
        {
            World.Advance(32.1);
            Alice.Take("408 UPDATE");
            Bob.TakeAll();
            caller.AcceptBye();
        }
        else
        {
            Bob.Respond(passed, 481);
            Alice.Take("481 UPDATE");
            caller.AcceptBye();
            callee.AcceptBye();
        }

        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void WithoutOffer_RefreshesTheTarget_AndIsAnsweredHere()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        Bob.Send(Bob.Request("UPDATE", callee.Target, $"{callee.Local};tag={callee.LocalTag}", $"{callee.Remote};tag={callee.RemoteTag}", callee.CallId, 1, Bob.NextBranch(), contact: "<sip:moved-bob@203.0.113.101:5060>"));
        Assert.Equal("", Bob.Take("200 UPDATE").Body);
        Alice.TakeNothing();
        caller.Bye();
        SipText bye = Bob.Take("BYE");
        Assert.Equal("sip:moved-bob@203.0.113.101:5060", bye.Uri);
        Bob.Respond(bye, 200);
        Alice.Take("200 BYE");
    }

    [Fact]
    public void Glare_OfTwoUpdates_Gives491_AndASecondFromTheSameSide500()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000));
        SipText passed = Bob.Take("UPDATE");
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51000));
        Bob.Take("491 UPDATE");
        callee.SendInvite(PeerSdp.Audio(Bob, 51000));
        callee.Ack(Bob.Take("491 INVITE"));
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 42000));
        Assert.InRange(int.Parse(Alice.Take("500 UPDATE")["Retry-After"]), 0, 10);
        caller.SendInvite(PeerSdp.Audio(Alice, 42000));
        caller.Ack(Alice.Take("500 INVITE"));

        // One without an offer is no part of that (RFC 3311 §5.1), but only one UPDATE at a time may be unanswered.
        callee.Send("UPDATE");
        Bob.Take("200 UPDATE");
        Bob.Respond(passed, 200, sdp: PeerSdp.Audio(Bob, 50000));
        Alice.Take("200 UPDATE");
        HangUp(caller, callee);
    }

    [Fact]
    public void Offer_WhileAReInviteIsUnanswered_Gives500ToItsSender_And491ToTheOther()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 42000));
        Alice.Take("500 UPDATE");
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51000));
        Bob.Take("491 UPDATE");
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void BYE_WhileAnUpdateIsUnanswered_AnswersIt()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000));
        SipText passed = Bob.Take("UPDATE");
        callee.HangUp();
        Alice.Take("487 UPDATE");
        caller.AcceptBye();
        Bob.Respond(passed, 481);
    }

    [Theory]
    [InlineData("v=0\r\nnonsense")]
    public void Unusable_IsRefused488(string sdp)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishAllowing(Allow, Allow);
        caller.Send("UPDATE", sdp: sdp);
        Alice.Take("488 UPDATE");
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void EarlyOffer_BeforeTheFirstIsAnswered_Gives500ToTheCaller_And491ToTheTarget()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n" + Allow);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180, extra: Allow);
        caller.Learn(Alice.Take("180 INVITE"));
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000));
        Alice.Take("500 UPDATE");
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51000));
        Bob.Take("491 UPDATE");
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void EarlyOffer_AfterReliableAnswersOnBothSides_PassesBothWays()
    {
        (PeerDialog caller, PeerDialog callee) = RingReliably();
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51000, "sendonly"));
        SipText up = Alice.Take("UPDATE");
        Assert.Equal("sendonly", up.SdpDirection);
        Alice.Respond(up, 200, sdp: PeerSdp.Audio(Alice, 40000, "recvonly"));
        Bob.Take("200 UPDATE");
        Assert.Equal(World.Endpoint(Bob.Host, 51000), World.Call.Callees[0].Media.Latch.Destination);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice, 41000));
        SipText down = Bob.Take("UPDATE");
        Bob.Respond(down, 200, sdp: PeerSdp.Audio(Bob, 51000));
        Alice.Take("200 UPDATE");
        Assert.Equal(World.Endpoint(Alice.Host, 41000), World.Call.Caller.Media.Latch.Destination);
        callee.Respond(200);
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void EarlyOffer_OfATarget_ToACallerThatCannotBeOffered_IsAnsweredHere()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000, formats: "8 101"), "Require: 100rel\r\nRSeq: 3\r\n" + Allow);
        Bob.Respond(Bob.Take("PRACK"), 200, contact: "");
        Alice.Take("183 INVITE");
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51000, formats: "8 96", telephoneEvent: "96"));
        SipText answer = Bob.Take("200 UPDATE");
        Assert.Equal("audio 30002 RTP/AVP 8 96", answer.Sdp("m="));
        Alice.TakeNothing();
        Assert.Equal(World.Endpoint(Bob.Host, 51000), World.Call.Callees[0].Media.Latch.Destination);

        // Nothing in common: as it was.
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 52000, formats: "18"));
        Bob.Take("488 UPDATE");
        Assert.Equal(World.Endpoint(Bob.Host, 51000), World.Call.Callees[0].Media.Latch.Destination);
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void EarlyUpdate_UnansweredWhenTheCallIsCancelled_IsAnswered()
    {
        (PeerDialog caller, PeerDialog callee) = RingReliably();
        callee.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51000));
        SipText up = Alice.Take("UPDATE");
        caller.Cancel();
        Bob.Take("487 UPDATE");
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(["200 CANCEL", "487 INVITE"], Alice.TakeAll().Order());
        Alice.Respond(up, 481);
    }

    private (PeerDialog Caller, PeerDialog Callee) RingReliably()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n" + Allow);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000), "Require: 100rel\r\nRSeq: 3\r\n" + Allow);
        Bob.Respond(Bob.Take("PRACK"), 200, contact: "");
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        return (caller, callee);
    }

    private (PeerDialog Caller, PeerDialog Callee) EstablishAllowing(string caller, string callee)
    {
        PeerDialog from = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), caller);
        Alice.Take("100 INVITE");
        PeerDialog to = PeerDialog.Answering(Bob);
        to.Respond(200, PeerSdp.Audio(Bob, 50000), callee);
        Bob.Take("ACK");
        from.Learn(Alice.Take("200 INVITE"));
        from.Ack();
        return (from, to);
    }
}
