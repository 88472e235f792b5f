using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class ReInviteTests : CallTest
{
    [Theory]
    [InlineData(true, "sendonly", "recvonly")]
    [InlineData(true, "inactive", "inactive")]
    [InlineData(false, "sendonly", "recvonly")]
    [InlineData(false, "inactive", "inactive")]
    public void Hold_AndResume_PassThrough(bool byCaller, string held, string answered)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog holder, PeerDialog other) = byCaller ? (caller, callee) : (callee, caller);
        ReInvite(holder, other, held, answered);
        Assert.Equal(held is "sendonly" or "inactive", (byCaller ? World.Call.Caller : World.Call.Connected!).Remote.IsHold);
        World.Advance(3);
        ReInvite(holder, other, "sendrecv", "sendrecv");
        World.Advance(2);
        ReInvite(holder, other, held, answered);
        World.Advance(1);
        HangUp(holder, other);

        // What both say at once ("inactive") counts once, whoever has said it first.
        Assert.Equal((2, 4_000), (World.Record.Legs.Sum(static leg => leg.HoldCount), World.Record.Legs.Sum(static leg => leg.HoldMilliseconds)));
        Assert.True(held == "inactive" || World.Record.Legs[byCaller ? 0 : 1].HoldCount == 2);
    }

    private static void ReInvite(PeerDialog by, PeerDialog other, string offered, string answered)
    {
        by.SendInvite(PeerSdp.Audio(by.Peer, 40100, offered));
        by.Peer.Take("100 INVITE");
        SipText passed = other.TakeReInvite();
        Assert.Equal(offered, passed.SdpDirection);
        int version = int.Parse(passed.Sdp("o=").Split(' ')[2]);
        Assert.InRange(version, 2, 5);
        other.Respond(200, PeerSdp.Audio(other.Peer, 50100, answered));
        SipText ack = other.Peer.Take("ACK");
        Assert.Equal(passed.CSeq, ack.CSeq);
        SipText ok = by.Peer.Take("200 INVITE");
        Assert.Equal(answered, ok.SdpDirection);
        by.Ack();
        by.Peer.TakeNothing();
        other.Peer.TakeNothing();
    }

    [Fact]
    public void Hold_OfBothSides_IsInactive_UntilBothResume()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        ReInvite(caller, callee, "sendonly", "recvonly");
        World.Advance(2);
        ReInvite(callee, caller, "inactive", "inactive");
        World.Advance(2);
        ReInvite(caller, callee, "sendrecv", "sendrecv");
        World.Advance(2);
        HangUp(caller, callee);
        Assert.Equal(4_000, World.Record.Legs[0].HoldMilliseconds);
    }

    [Fact]
    public void Media_FollowsTheNewAddress_OnBothSides()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 51000));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        Assert.Equal(World.Endpoint(Alice.Host, 41000), World.Call.Caller.Media.Latch.Destination);
        Assert.Equal(World.Endpoint(Bob.Host, 51000), World.Call.Connected!.Media.Latch.Destination);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(488, 488)]
    [InlineData(491, 491)]
    [InlineData(500, 500)]
    [InlineData(401, 403)]
    public void Refusal_IsPassedBack_AndTheSessionStaysAsItWas(int status, int passed)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000, "sendonly"));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(status);
        Bob.Take("ACK");
        caller.Ack(Alice.Take($"{passed} INVITE"));
        Assert.False(World.Call.Caller.Remote.IsHold);
        Assert.Equal(World.Endpoint(Alice.Host, 40000), World.Call.Caller.Media.Latch.Destination);

        // And it can still be changed by the other side.
        ReInvite(callee, caller, "sendonly", "recvonly");
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    public void Refusal_ThatSaysTheDialogIsGone_EndsTheCall(int status)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(status);
        Bob.Take("ACK");
        caller.Ack(Alice.Take($"{status} INVITE"));
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void Silence_TillTimerB_EndsTheCall()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        World.Advance(32.1);
        caller.Ack(Alice.Take("408 INVITE"));
        caller.AcceptBye();
        Assert.Equal(["INVITE", "BYE"], Bob.TakeAll().Distinct());
        Assert.NotNull(callee);
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void Transport_ThatFailsAtOnce_EndsTheCall()
    {
        (PeerDialog caller, _) = Establish();
        World.Unreachable.Add(Bob);
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        caller.Ack(Alice.Take("408 INVITE"));
        caller.AcceptBye();
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void BYE_WhileTheReInviteIsUnanswered_EndsBoth_AndARingingReInviteDoesNotKeepTheCall()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(100);
        caller.Bye();
        Assert.Equal(["487 INVITE", "200 BYE"], Alice.TakeAll());
        callee.AcceptBye();
        Assert.Equal(1, World.Shard.Core.Calls.HeldCalls);
        World.Advance(32.1);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void BYE_OfTheAskedSide_WhileTheReInviteIsUnanswered_EndsBoth()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(100);
        callee.HangUp();
        callee.Respond(487);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("487 INVITE"));
        caller.AcceptBye();
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void CANCEL_OfAReInvite_IsPassedOn()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000, "sendonly"));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(180);
        caller.Cancel();
        Alice.Take("200 CANCEL");
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("487 INVITE"));
        Assert.Equal(1, World.Statistics.ActiveCalls);
        HangUp(caller, callee);
    }

    [Fact]
    public void Glare_OfBothSides_Gives491()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        SipText passed = Bob.Take("INVITE");
        callee.SendInvite(PeerSdp.Audio(Bob, 51000));
        callee.Ack(Bob.Take("491 INVITE"));
        Bob.Respond(passed, 200, sdp: PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void Second_BeforeTheFirstIsAnswered_Gives500WithRetryAfter()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        caller.SendInvite(PeerSdp.Audio(Alice, 42000));
        SipText refusal = Alice.Take("500 INVITE");
        Assert.InRange(int.Parse(refusal["Retry-After"]), 0, 10);
        Bob.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        Assert.Equal(1, World.Statistics.ActiveCalls);

        // The ACK above repeats the refused INVITE's number; the first one's is what counts.
        World.Advance(40);
        Assert.Empty(Bob.TakeAll().Except(["BYE"]));
        caller.Peer.TakeAll();
        World.Shard.Core.EndCalls();
    }

    [Fact]
    public void Unusable_IsRefused488_WithoutTroublingTheOther()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite("v=0\r\nnonsense");
        caller.Ack(Alice.Take("488 INVITE"));
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void LowerCSeq_Gives500()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        ReInvite(caller, callee, "sendonly", "recvonly");
        Alice.Send(Alice.Request("INVITE", caller.Target, $"{caller.Local};tag={caller.LocalTag}", $"{caller.Remote};tag={caller.RemoteTag}", caller.CallId, 1, Alice.NextBranch(), sdp: PeerSdp.Audio(Alice)));
        Alice.Take("500 INVITE");
        Bob.TakeNothing();
        HangUp(caller, callee);
    }
}
