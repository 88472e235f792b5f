using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Hold and resume by command.</summary>
public sealed class HoldTests : PartyTest
{
    [Theory]
    [InlineData(MusicOnHold.Generated)]
    [InlineData(MusicOnHold.None)]
    public void Hold_OffersSendonly_AndResumeOffersSendrecv(MusicOnHold music)
    {
        World.Options = World.Options with { MusicOnHold = music };
        (string callId, PeerDialog bob) = Party(Bob);
        string hold = Hold(callId);
        SipText offer = bob.TakeReInvite();
        Assert.Equal("sendonly", offer.SdpDirection);
        Assert.Null(End(hold));
        bob.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly"));
        Bob.Take("ACK");
        Assert.Equal((CommandOutcome.Completed, 200), (End(hold)!.Outcome, End(hold)!.SipStatus));

        // Music or silence, in place of whatever else there was to hear.
        int before = World.MediaSent.Count;
        World.Advance(1);
        Assert.InRange(World.MediaSent.Count - before, 40, 60);

        string resume = Resume(callId);
        Assert.Equal("sendrecv", bob.TakeReInvite().SdpDirection);
        bob.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(resume)!.Outcome);
        before = World.MediaSent.Count;
        World.Advance(1);
        Assert.InRange(World.MediaSent.Count - before, 0, 2);
        bob.HangUp();
        LegRecord leg = Assert.Single(World.Record.Legs);
        Assert.Equal((1, 1_000), (leg.HoldCount, leg.HoldMilliseconds));
    }

    [Fact]
    public void HeldParty_HearsAPlayback_AndThenTheMusicAgain()
    {
        World.Options = World.Options with { MusicOnHold = MusicOnHold.Generated };
        (string callId, PeerDialog bob) = Party(Bob);
        Agree(Hold(callId), bob, "recvonly");
        string play = Do(new PlayCommand { CommandId = World.NextCommandId(), CallId = callId, Media = [new SilenceMedia(TimeSpan.FromSeconds(1))] });
        World.Advance(1.5);
        Assert.Equal(CommandOutcome.Completed, End(play)!.Outcome);
        int before = World.MediaSent.Count;
        World.Advance(1);
        Assert.InRange(World.MediaSent.Count - before, 40, 60);
        bob.HangUp();
    }

    [Fact]
    public void Hold_OfWhoIsHeld_IsDoneAtOnce()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        Assert.Equal(CommandOutcome.Completed, End(Resume(callId))!.Outcome);
        Agree(Hold(callId), bob, "recvonly");
        Assert.Equal(CommandOutcome.Completed, End(Hold(callId))!.Outcome);
        Bob.TakeNothing();
        bob.HangUp();
    }

    [Fact]
    public void Hold_ThatIsRefused_LeavesTheSessionAsItWas()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string hold = Hold(callId);
        bob.TakeReInvite();
        bob.Respond(488);
        Bob.Take("ACK");
        Assert.Equal((CommandOutcome.Failed, 488), (End(hold)!.Outcome, End(hold)!.SipStatus));

        // What it is offered next says nothing of a hold.
        bob.SendInvite(PeerSdp.Audio(Bob, 50002));
        SipText ok = Bob.Take("200 INVITE");
        Assert.Equal("sendrecv", ok.SdpDirection);
        bob.Ack();
        bob.HangUp();
    }

    [Fact]
    public void Hold_ThatMeetsAnOffer_IsSentAgain()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string hold = Hold(callId);
        bob.TakeReInvite();
        bob.Respond(491);
        Bob.Take("ACK");
        Assert.Null(End(hold));
        SipText again = World.WaitFor(Bob, "INVITE", 5);
        Assert.Equal("sendonly", again.SdpDirection);
        bob.TakeReInvite(again);
        bob.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly"));
        Bob.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(hold)!.Outcome);
        bob.HangUp();
    }

    [Fact]
    public void Hold_WhileTheLegOffers_WaitsForTheEndOfThat()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        bob.SendInvite(PeerSdp.Audio(Bob, 50004, formats: "0 101"));
        Bob.Take("100 INVITE");
        alice.TakeReInvite();
        string hold = Hold(CallId, CallId + "-1");
        Bob.TakeNothing();
        alice.Respond(200, PeerSdp.Audio(Alice, 40000, formats: "0 101"));
        Alice.Take("ACK");
        Bob.Take("200 INVITE");
        bob.Ack();
        World.Advance(0.6);
        Assert.Equal("sendonly", bob.TakeReInvite().SdpDirection);
        bob.Respond(200, PeerSdp.Audio(Bob, 50004, "recvonly", formats: "0 101"));
        Bob.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(hold)!.Outcome);
        HangUp(alice, bob);
    }

    [Fact]
    public void HeldParty_ThatOffers_IsAnsweredAsHeld()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        Agree(Hold(callId), bob, "recvonly");
        bob.SendInvite(PeerSdp.Audio(Bob, 50006));
        Assert.Equal("sendonly", Bob.Take("200 INVITE").SdpDirection);
        bob.Ack();
        bob.HangUp();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hangup_InTheMiddleOfAHold_EndsTheCommand(bool byPeer)
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string hold = Hold(callId);
        bob.TakeReInvite();
        if (byPeer)
        {
            bob.HangUp();
        }
        else
        {
            Hangup(callId);
            bob.AcceptBye();
        }

        Assert.Equal(CommandOutcome.HungUp, End(hold)!.Outcome);
        bob.Respond(487);
        Bob.Take("ACK");
    }

    [Fact]
    public void Hold_OfSilentPeer_EndsWithItsCall()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string hold = Hold(callId);
        bob.TakeReInvite();
        World.Advance(33);
        Assert.Equal(CommandOutcome.HungUp, End(hold)!.Outcome);
        Bob.TakeAll();
    }

    [Fact]
    public void Hold_OfACalledParty_LetsTheCallerTalkToNobody_AndComesBack()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        Agree(Hold(CallId, CallId + "-1"), bob, "recvonly", "0 101");
        Alice.TakeNothing();
        Agree(Resume(CallId, CallId + "-1"), bob, "sendrecv", "0 101");
        HangUp(alice, bob);
    }

    private string Hold(string callId, string? legId = null) => Do(new HoldCommand { CommandId = World.NextCommandId(), CallId = callId, LegId = legId });

    private string Resume(string callId, string? legId = null) => Do(new ResumeCommand { CommandId = World.NextCommandId(), CallId = callId, LegId = legId });

    private void Agree(string command, PeerDialog party, string direction, string formats = "0 8 101")
    {
        party.TakeReInvite();
        party.Respond(200, PeerSdp.Audio(party.Peer, 50000, direction, formats));
        party.Peer.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(command)!.Outcome);
    }
}
