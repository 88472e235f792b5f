using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class DelayedOfferTests : CallTest
{
    [Fact]
    public void INVITE_WithoutOffer_BringsTheCalleesOffer_AndTheAnswerGoesBackInTheAck()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", null);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("", callee.Invite!.Body);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.TakeNothing();
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("audio 30000 RTP/AVP 0 8 101", ok.Sdp("m="));
        caller.Ack(PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        SipText ack = Bob.Take("ACK");
        Assert.Equal("audio 30002 RTP/AVP 8 101", ack.Sdp("m="));
        Assert.Equal(World.Endpoint(Alice.Host, 40000), World.Call.Caller.Media.Latch.Destination);
        Assert.Equal(World.Endpoint(Bob.Host, 50000), World.Call.Connected!.Media.Latch.Destination);

        // A repeated 2xx gets the same ACK once more.
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Assert.Equal(ack.Body, Bob.Take("ACK").Body);
        HangUp(caller, callee);
        Assert.Equal(["PCMA/8000", "PCMA/8000"], World.Record.Legs.Select(static l => l.Codec));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACK_WithoutUsableAnswer_EndsTheCall(bool withWrongAnswer)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", null);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack(withWrongAnswer ? PeerSdp.Audio(Alice, formats: "18") : null);
        Bob.Take("ACK");
        callee.AcceptBye();
        caller.AcceptBye();
        Assert.Equal(CallEndReason.MediaMismatch, World.Record.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReINVITE_WithoutOffer_PassesTheOthersOfferAndTheAnswerInTheAck(bool byCaller)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog by, PeerDialog other) = byCaller ? (caller, callee) : (callee, caller);
        by.SendInvite(null);
        by.Peer.Take("100 INVITE");
        Assert.Equal("", other.TakeReInvite().Body);
        other.Respond(200, PeerSdp.Audio(other.Peer, 52000, "sendonly"));
        other.Peer.TakeNothing();
        SipText ok = by.Peer.Take("200 INVITE");
        Assert.Equal("sendonly", ok.SdpDirection);
        by.Ack(PeerSdp.Audio(by.Peer, 42000, "recvonly"));
        SipText ack = other.Peer.Take("ACK");
        Assert.Equal("recvonly", ack.SdpDirection);
        HangUp(by, other);
    }

    [Fact]
    public void ReINVITE_WithoutOffer_WhileItsAckIsMissing_Refuses_AnotherFromTheOtherSide()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(null);
        Alice.Take("100 INVITE");
        SipText passed = callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 52000));
        Alice.Take("200 INVITE");
        callee.SendInvite(PeerSdp.Audio(Bob, 53000));
        callee.Ack(Bob.Take("491 INVITE"));
        caller.Ack(PeerSdp.Audio(Alice, 42000));
        Assert.Equal(passed.CSeq, Bob.Take("ACK").CSeq);
        HangUp(caller, callee);
    }
}
