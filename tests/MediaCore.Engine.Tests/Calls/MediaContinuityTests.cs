using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>No change of codec or port in the middle of a call leaves one-way audio: RTP through the relay, both directions.</summary>
public sealed class MediaContinuityTests : CallTest
{
    private const int CallerPort = 30000;
    private const int CalleePort = 30002;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Port_ThatMoves_IsFollowed_AndAStrayPacketFromTheOldOneChangesNothing(bool byCaller, bool byUpdate)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishWithUpdate();
        (PeerDialog mover, PeerDialog other) = byCaller ? (caller, callee) : (callee, caller);
        (int moverPort, int otherPort) = byCaller ? (CallerPort, CalleePort) : (CalleePort, CallerPort);
        var old = new PeerMedia(mover.Peer, byCaller ? (ushort)40000 : (ushort)50000);
        var far = new PeerMedia(other.Peer, byCaller ? (ushort)50000 : (ushort)40000);
        Talk(old, moverPort, far, otherPort, 0, 0);

        if (byUpdate)
        {
            mover.Send("UPDATE", sdp: PeerSdp.Audio(mover.Peer, 45000));
            other.Peer.Respond(other.Peer.Take("UPDATE"), 200, sdp: PeerSdp.Audio(other.Peer, byCaller ? (ushort)50000 : (ushort)40000));
            mover.Peer.Take("200 UPDATE");
        }
        else
        {
            mover.SendInvite(PeerSdp.Audio(mover.Peer, 45000));
            mover.Peer.Take("100 INVITE");
            other.TakeReInvite();
            other.Respond(200, PeerSdp.Audio(other.Peer, byCaller ? (ushort)50000 : (ushort)40000));
            other.Peer.Take("ACK");
            mover.Peer.Take("200 INVITE");
            mover.Ack();
        }

        // What is said to it goes to the new port at once, before anything came from there.
        var moved = new PeerMedia(mover.Peer, 45000);
        far.Send(otherPort, 0, 2);
        Assert.Equal([0, 0], moved.Hear());
        old.Hear();

        // Its last packets from the old port are still heard, and teach nothing.
        old.Send(moverPort, 0, 2);
        Assert.Equal([0, 0], far.Hear());
        Talk(moved, moverPort, far, otherPort, 0, 0);

        // rtpengine#817: one stray packet from the old port.
        old.Send(moverPort, 0);
        Assert.Empty(far.Hear());
        Talk(moved, moverPort, far, otherPort, 0, 0);
        Assert.Empty(old.Hear());
        World.Advance(10);
        old.Send(moverPort, 0, 20);
        Assert.Empty(far.Hear());
        Talk(moved, moverPort, far, otherPort, 0, 0);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Codec_ThatChangesInAReInvite_IsHeardBothWays(bool byCaller)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishWithUpdate();
        (PeerDialog by, PeerDialog other) = byCaller ? (caller, callee) : (callee, caller);
        (ushort byRtp, ushort otherRtp) = byCaller ? ((ushort)40000, (ushort)50000) : ((ushort)50000, (ushort)40000);
        var mine = new PeerMedia(by.Peer, byRtp);
        var theirs = new PeerMedia(other.Peer, otherRtp);
        (int minePort, int theirsPort) = byCaller ? (CallerPort, CalleePort) : (CalleePort, CallerPort);
        Talk(mine, minePort, theirs, theirsPort, 0, 0);
        by.SendInvite(PeerSdp.Audio(by.Peer, byRtp, formats: "8 97", telephoneEvent: "97"));
        by.Peer.Take("100 INVITE");
        Assert.EndsWith("RTP/AVP 8 97", other.TakeReInvite().Sdp("m="), StringComparison.Ordinal);

        // The other side keeps its own number for telephone events, as it may (RFC 3264 §6.1).
        other.Respond(200, PeerSdp.Audio(other.Peer, otherRtp, formats: "8 101"));
        other.Peer.Take("ACK");
        Assert.EndsWith("RTP/AVP 8 101", by.Peer.Take("200 INVITE").Sdp("m="), StringComparison.Ordinal);
        by.Ack();
        Talk(mine, minePort, theirs, theirsPort, 8, 8);
        Talk(mine, minePort, theirs, theirsPort, 101, 97, 101, 97);
        HangUp(caller, callee);
    }

    [Fact]
    public void Numbers_ThatDiffer_AreRewrittenBothWays()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, 40000, formats: "0 8 96", telephoneEvent: "96"), "Supported: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        Assert.Equal("audio 30000 RTP/AVP 0 101", early.Sdp("m="));

        // The offer in the PRACK numbers them anew; only we hear of it.
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n", PeerSdp.Audio(Alice, 40000, formats: "0 99", telephoneEvent: "99"));
        Assert.Equal("audio 30000 RTP/AVP 0 99", Alice.Take("200 PRACK").Sdp("m="));
        var alice = new PeerMedia(Alice, 40000);
        var bob = new PeerMedia(Bob, 50000);
        Talk(alice, CallerPort, bob, CalleePort, 0, 0);
        alice.Send(CallerPort, 99);
        Assert.Equal([101], bob.Hear());
        bob.Send(CalleePort, 96);
        Assert.Equal([99], alice.Hear());
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Second183_WithAnotherPortAndCodec_IsHeardBothWays_AndStaysSoAfterTheAnswer(bool isFork)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000, formats: "0 101"), tag: "one-bob");
        Alice.Take("183 INVITE");
        var alice = new PeerMedia(Alice, 40000);
        var first = new PeerMedia(Bob, 50000);
        Talk(alice, CallerPort, first, CalleePort, 0, 0);
        string tag = isFork ? "two-bob" : "one-bob";
        callee.Respond(183, PeerSdp.Audio(Bob, 52000, formats: "8 101"), tag: tag);
        Assert.Equal("audio 30000 RTP/AVP 8 101", Alice.Take("183 INVITE").Sdp("m="));
        var second = new PeerMedia(Bob, 52000);
        Talk(alice, CallerPort, second, CalleePort, 8, 8);
        first.Send(CalleePort, 0);
        Assert.Empty(alice.Hear());
        callee.Respond(200, PeerSdp.Audio(Bob, 52000, formats: "8 101"), tag: tag);
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Talk(alice, CallerPort, second, CalleePort, 8, 8);
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        Alice.Take("ACK");
        Talk(alice, CallerPort, second, CalleePort, 8, 8);
        caller.Bye();
        Bob.Respond(Bob.Take("BYE"), 200);
        Alice.Take("200 BYE");
    }

    [Fact]
    public void ReInvite_ThatFails_LeavesTheMediaAsItWas()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishWithUpdate();
        var alice = new PeerMedia(Alice, 40000);
        var bob = new PeerMedia(Bob, 50000);
        Talk(alice, CallerPort, bob, CalleePort, 0, 0);
        caller.SendInvite(PeerSdp.Audio(Alice, 45000, formats: "8"));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(488);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("488 INVITE"));
        Talk(alice, CallerPort, bob, CalleePort, 0, 0);
        Talk(alice, CallerPort, bob, CalleePort, 101, 101, 101, 101);
        HangUp(caller, callee);
    }

    /// <summary>Both speak and both hear, as the numbers say: sent by one and heard by two, sent by two and heard by one.</summary>
    private static void Talk(PeerMedia one, int onePort, PeerMedia two, int twoPort, byte oneSends, byte twoSends, byte twoHears, byte oneHears)
    {
        one.Send(onePort, oneSends, 3);
        Assert.Equal([twoHears, twoHears, twoHears], two.Hear());
        two.Send(twoPort, twoSends, 3);
        Assert.Equal([oneHears, oneHears, oneHears], one.Hear());
    }

    private static void Talk(PeerMedia one, int onePort, PeerMedia two, int twoPort, byte oneSends, byte twoSends) =>
        Talk(one, onePort, two, twoPort, oneSends, twoSends, oneSends, twoSends);

    private (PeerDialog Caller, PeerDialog Callee) EstablishWithUpdate()
    {
        const string allow = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n";
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), allow);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000), allow);
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        return (caller, callee);
    }
}
