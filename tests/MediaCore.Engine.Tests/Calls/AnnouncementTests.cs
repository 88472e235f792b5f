using MediaCore.Audio.Prompts;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Calls;

public sealed class AnnouncementTests : CallTest
{
    private static readonly PromptSource s_closed = PromptSource.FromText("We are closed.");

    public AnnouncementTests()
    {
        World.Route("+2001", new AnnouncementStep(s_closed));
        World.Route("+2002", new AnnouncementStep(s_closed), new DialStep([new TrunkTarget(World.TrunkTo(Bob))], Parallel: false, TimeSpan.FromSeconds(20)));
        World.Route("+2003", new DialStep([new TrunkTarget(World.TrunkTo(Bob))], Parallel: false, TimeSpan.FromSeconds(20)), new AnnouncementStep(s_closed));
    }

    [Fact]
    public void Announcement_WaitsForItsPrompt_AnswersWithOneVoiceCodec_AndHangsUpAtItsEnd()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice, formats: "8 0 96", telephoneEvent: "96"));
        Alice.Take("100 INVITE");
        World.Advance(3);
        Alice.TakeNothing();
        BringPrompt(seconds: 2);
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("audio 30000 RTP/AVP 8 96", ok.Sdp("m="));
        caller.Ack();
        World.Advance(1.99);
        Alice.TakeNothing();
        World.Advance(0.1);
        Assert.Equal("Q.850;cause=16;text=\"Normal call clearing\"", caller.AcceptBye()["Reason"]);
        Assert.Equal((CallEndReason.Completed, CallEndSide.Server, 200), (World.Record.Reason, World.Record.EndedBy, World.Record.SipStatus));
        Assert.Equal("PCMA/8000", Assert.Single(World.Record.Legs).Codec);
        Assert.Equal(2, World.Record.TalkTime.TotalSeconds, 1);
    }

    [Fact]
    public void Announcement_BeginsWithTheAck_SoThatASpoofedInviteMakesUsSendNothing()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        BringPrompt(seconds: 2);
        caller.Learn(Alice.Take("200 INVITE"));
        World.Advance(0.4);
        Assert.Equal(0, World.Statistics.PromptPackets + World.Statistics.RtpSendErrors);
        caller.Ack();
        World.Advance(1.99);
        Alice.TakeNothing();
        World.Advance(0.1);
        caller.AcceptBye();
    }

    [Fact]
    public void Announcement_WhoseCallerGaveUpFirst_IsForgotten()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        BringPrompt(1);
        Alice.TakeNothing();
        Assert.Equal(CallEndReason.Cancelled, World.Record.Reason);
    }

    [Fact]
    public void Announcement_HungUpByTheCaller_Stops()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        BringPrompt(10);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(1);
        caller.HangUp();
        Assert.Equal(CallEndSide.Caller, World.Record.EndedBy);
    }

    [Fact]
    public void Announcement_ThatCannotBeHad_Fails_OrGoesOn()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        World.Shard.Core.Calls.OnPromptReady(Assert.Single(World.Shard.PromptRequests).Call, null, "no voice");
        caller.Ack(Alice.Take("500 INVITE"));
        World.Shard.PromptRequests.Clear();

        PeerDialog second = PeerDialog.Call(Alice, "+2002");
        World.Shard.Core.Calls.OnPromptReady(Assert.Single(World.Shard.PromptRequests).Call, null, "no voice");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(second, callee);
        HangUp(second, callee);
    }

    [Fact]
    public void Announcement_ThenTarget_PlaysRingback_AndJoinsThem_RewritingPayloadTypes()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+2002", PeerSdp.Audio(Alice, formats: "0 8 96", telephoneEvent: "96"));
        Alice.Take("100 INVITE");
        BringPrompt(1);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Bob.TakeNothing();
        World.Advance(1.1);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("audio 30002 RTP/AVP 0 96", callee.Invite!.Sdp("m="));
        Assert.False(World.Call.Caller.Media.Player.Finished);
        callee.Respond(180);
        World.Advance(5);
        Assert.False(World.Call.Caller.Media.Player.Finished);
        Alice.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(Bob, formats: "0 101"));
        Bob.Take("ACK");
        Alice.TakeNothing();
        Assert.True(World.Call.Caller.Media.Player.Finished);
        Assert.Same(World.Call.Connected!.Media, World.Call.Caller.Media.Peer);
        Assert.Equal(101, World.Call.Connected.Media.GetPayloadType(96));
        Assert.False(World.Call.Caller.Media.MapsPayloadTypes);
        HangUp(callee, caller);
        Assert.Equal((CallEndSide.Callee, "to-bob"), (World.Record.EndedBy, World.Record.OutboundTrunk));
    }

    [Fact]
    public void Announcement_ThenATargetThatRefuses_EndsTheAnsweredCall()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        BringPrompt(1);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(1.1);
        PeerDialog.Answering(Bob).Respond(486);
        Bob.Take("ACK");
        caller.AcceptBye();
        Assert.Equal([200, 486], World.Record.Legs.Select(static l => l.SipStatus));
    }

    [Fact]
    public void Announcement_ThenATargetThatIsRinging_WhenTheCallerHangsUp_IsCancelled()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        BringPrompt(1);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(1.1);
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.HangUp();
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
    }

    [Fact]
    public void Target_ThatDoesNotAnswer_ThenAnnouncement()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2003");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob));
        Alice.Take("183 INVITE");
        World.Advance(20.1);
        Bob.Take("CANCEL");
        callee.Respond(487);
        Bob.Take("ACK");
        BringPrompt(1);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(1.1);
        caller.AcceptBye();
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }

    [Fact]
    public void Announcement_ToAnOfferlessInvite_StartsWithTheAck()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", null);
        Alice.Take("100 INVITE");
        BringPrompt(1);
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("audio 30000 RTP/AVP 0 8 101", ok.Sdp("m="));
        Alice.TakeNothing();
        Assert.True(World.Call.Caller.Media.Player.Finished);
        caller.Ack(PeerSdp.Audio(Alice, formats: "8"));
        Assert.False(World.Call.Caller.Media.Player.Finished);
        World.Advance(1.1);
        caller.AcceptBye();
    }

    [Fact]
    public void Announcement_ToACallerWithoutACommonCodec_Is488()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice, formats: "18"));
        Alice.Take("100 INVITE");
        BringPrompt(1);
        caller.Ack(Alice.Take("488 INVITE"));
        Assert.Equal(CallEndReason.MediaMismatch, World.Record.Reason);
    }

    [Fact]
    public void Announcement_PutOnHoldAndResumed_IsAnsweredByUs()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        BringPrompt(10);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        caller.SendInvite(PeerSdp.Audio(Alice, 41000, "sendonly"));
        Assert.Equal("recvonly", Alice.Take("200 INVITE").SdpDirection);
        caller.Ack();
        caller.SendInvite(null);
        SipText ok = Alice.Take("200 INVITE");
        Assert.StartsWith("audio 30000 RTP/AVP 0 101", ok.Sdp("m="), StringComparison.Ordinal);
        caller.Ack(PeerSdp.Audio(Alice, 42000));
        Assert.Equal(World.Endpoint(Alice.Host, 42000), World.Call.Caller.Media.Latch.Destination);
        caller.HangUp();
    }

    private void BringPrompt(double seconds)
    {
        (PromptSource prompt, SessionHandle call) = Assert.Single(World.Shard.PromptRequests);
        Assert.Equal(s_closed, prompt);
        World.Shard.Core.Calls.OnPromptReady(call, AudioClip.FromPcm(new short[(int)(seconds * AudioClip.SampleRateHz)]), "");
        World.Shard.PromptRequests.Clear();
    }
}
