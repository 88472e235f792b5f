using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class ConferenceCallTests : CallTest
{
    public ConferenceCallTests()
    {
        World.Options = World.Options with { Conferences = new Dictionary<string, ConferenceOptions> { ["small"] = new() { MaxMembers = 2, Tones = false } } };
        World.Route("+3001", new ConferenceStep("team"));
        World.Route("+3002", new ConferenceStep("small"));
        World.Route("+3003", new ConferenceStep("small"), new DialStep([new TrunkTarget(World.TrunkTo(Dave))], Parallel: false, TimeSpan.FromSeconds(20)));
        World.Route("+3004", new AnnouncementStep(PromptSource.FromText("Welcome.")), new ConferenceStep("team"));
    }

    [Fact]
    public void INVITE_ToARoom_IsAnswered_AndTheCallerIsAMemberFromItsAckToItsBye()
    {
        PeerDialog alice = PeerDialog.Call(Alice, "+3001");
        alice.Learn(Alice.Take("200 INVITE"));
        World.Advance(0.3);
        Assert.Equal(0, World.Rooms.Count);
        alice.Ack();
        Assert.Equal(1, World.Rooms.Find("team")!.Members);
        PeerDialog bob = Enter(Bob, "+3001");
        Assert.Equal((1, 2), (World.Rooms.Count, World.Rooms.Members));
        World.Advance(60);
        alice.HangUp();
        Bob.TakeNothing();
        bob.HangUp();
        Assert.Equal((0, 0), (World.Rooms.Count, World.Rooms.Members));
        Assert.All(World.Records, static record =>
        {
            Assert.Equal(("team", CallEndReason.Completed, CallEndSide.Caller, 200), (record.Conference, record.Reason, record.EndedBy, record.SipStatus));
            Assert.Equal("PCMU/8000", Assert.Single(record.Legs).Codec);
        });
    }

    [Fact]
    public void Members_HearEachOther()
    {
        // The sound itself is for the tests of conferences; here that the calls' legs are the ones in the room.
        (PeerDialog alice, int aliceAt) = EnterAt(Alice, "+3002");
        (PeerDialog bob, int bobAt) = EnterAt(Bob, "+3002");
        var aliceMedia = new PeerMedia(Alice, 40000);
        var bobMedia = new PeerMedia(Bob, 40000);
        for (int i = 0; i < 50; i++)
        {
            aliceMedia.Send(aliceAt, 0, code: (byte)(i % 2 == 0 ? 0x10 : 0x90), milliseconds: 10);
            bobMedia.Send(bobAt, 0, code: 0xff, milliseconds: 10);
        }

        byte[][] heard = [.. World.MediaSent.Where(m => m.To == bobMedia.Endpoint).Select(static m => m.Packet[12..])];
        byte[][] back = [.. World.MediaSent.Where(m => m.To == aliceMedia.Endpoint).Select(static m => m.Packet[12..])];
        Assert.InRange(heard.Length, 40, 55);
        Assert.Contains(heard, static payload => payload.Distinct().Count() > 10);
        Assert.All(back.Skip(5), static payload => Assert.Equal(160, payload.Count(static code => code is 0xff or 0x7f)));
        alice.HangUp();
        bob.HangUp();
    }

    [Fact]
    public void AFullRoom_IsBusy_AndTheNextStepIsTried()
    {
        PeerDialog alice = Enter(Alice, "+3002");
        PeerDialog bob = Enter(Bob, "+3002");
        PeerDialog refused = PeerDialog.Call(Carol, "+3002");
        refused.Ack(Carol.Take("486 INVITE"));
        Assert.Equal((CallEndReason.Busy, 17), (World.Record.Reason, World.Record.Q850Cause));

        PeerDialog carol = PeerDialog.Call(Carol, "+3003");
        PeerDialog dave = PeerDialog.Answering(Dave);
        Answer(carol, dave);
        HangUp(carol, dave);
        alice.HangUp();
        bob.HangUp();
    }

    [Fact]
    public void TheLastPlace_TakenWhileACallerWasAnswered_EndsItsCall()
    {
        PeerDialog carol = PeerDialog.Call(Carol, "+3002");
        carol.Learn(Carol.Take("200 INVITE"));
        PeerDialog alice = Enter(Alice, "+3002");
        PeerDialog bob = Enter(Bob, "+3002");
        carol.Ack();
        carol.AcceptBye();
        Assert.Equal((CallEndReason.NoResources, CallEndSide.Server, null), (World.Record.Reason, World.Record.EndedBy, World.Record.Conference));
        alice.HangUp();
        bob.HangUp();
    }

    [Fact]
    public void AfterAnAnnouncement_TheCallerIsTakenIn()
    {
        PeerDialog alice = PeerDialog.Call(Alice, "+3004");
        (PromptSource _, Primitives.SessionHandle call) = Assert.Single(World.Shard.PromptRequests);
        World.Shard.Core.HandlePrompt(call, Audio.Prompts.AudioClip.FromPcm(new short[8000]), "");
        alice.Learn(Alice.Take("200 INVITE"));
        alice.Ack();
        World.Advance(0.5);
        Assert.Equal(0, World.Rooms.Members);
        World.Advance(1);
        Assert.Equal(1, World.Rooms.Members);
        alice.HangUp();
    }

    [Fact]
    public void DelayedOffer_IsAnsweredWithOne_AndTheAnswerInItsAckCounts()
    {
        PeerDialog alice = PeerDialog.Dial(Alice, "+3001", sdp: null);
        Alice.Take("100 INVITE");
        SipText ok = alice.Learn(Alice.Take("200 INVITE"));
        Assert.StartsWith("audio ", ok.Sdp("m="), StringComparison.Ordinal);
        alice.Ack(PeerSdp.Audio(Alice));
        Assert.Equal(1, World.Rooms.Members);
        alice.HangUp();
    }

    [Fact]
    public void ReINVITE_OfAMember_IsAnsweredByUs_AndItStays()
    {
        PeerDialog alice = Enter(Alice, "+3001");
        alice.SendInvite(PeerSdp.Audio(Alice, 42000));
        alice.Learn(Alice.Take("200 INVITE"));
        alice.Ack();
        Assert.Equal(1, World.Rooms.Members);
        World.MediaSent.Clear();
        World.Advance(1);
        Assert.Contains(World.MediaSent, m => m.To == World.Endpoint(Alice.Host, 42000));
        alice.HangUp();
    }

    private static PeerDialog Enter(Peer peer, string number) => EnterAt(peer, number).Dialog;

    private static (PeerDialog Dialog, int Port) EnterAt(Peer peer, string number)
    {
        PeerDialog dialog = PeerDialog.Call(peer, number);
        SipText ok = dialog.Learn(peer.Take("200 INVITE"));
        dialog.Ack();
        return (dialog, int.Parse(ok.Sdp("m=").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
