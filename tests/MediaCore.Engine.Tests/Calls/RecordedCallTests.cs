using MediaCore.Audio.Tones;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Engine.Tests.Recordings;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Calls;

public sealed class RecordedCallTests : CallTest
{
    private readonly TemporaryDirectory _folder = new();
    private readonly RecordingListener _listener = new();
    private RecordingStore? _store;

    [Theory]
    [InlineData("trunk")]
    [InlineData("route")]
    [InlineData("number")]
    public void Policy_RecordsTheCall_WhichGoesOnBeingRelayed(string by)
    {
        Record(by);
        (PeerDialog caller, PeerDialog callee) = Establish("+2001");
        (PeerMedia alice, PeerMedia bob) = Talk(seconds: 3);
        Assert.Equal(bob.Ssrc, LastSsrc(alice));
        HangUp(caller, callee);
        RecordingInfo inRecord = Assert.Single(World.Record.Recordings);

        // The writer is a thread of its own: it may be done by the time the record is written, or not.
        Assert.Contains(inRecord.Status, (RecordingStatus[])[RecordingStatus.Running, RecordingStatus.Saved]);
        Assert.Equal((World.Record.CallId, World.Record.Legs[0].LegId), (inRecord.CallId, inRecord.LegId));
        RecordingInfo saved = _listener.Next();
        Assert.Equal((RecordingStatus.Saved, inRecord.File, inRecord.Duration), (saved.Status, saved.File, saved.Duration));
        Assert.DoesNotContain("2001", saved.File, StringComparison.Ordinal);
        RecordedSound sound = new(Path.Combine(_folder.Path, saved.File));
        Assert.InRange(sound.Duration.TotalSeconds - World.Record.TalkTime.TotalSeconds, -0.02, 0.02);
        Assert.True(sound.HasTone(0, 400, 1000, 1500));
        Assert.True(sound.HasTone(1, 1000, 1000, 1500));
    }

    [Fact]
    public void CallThatNobodyWantsRecorded_IsNot()
    {
        Open();
        (PeerDialog caller, PeerDialog callee) = Establish();
        HangUp(caller, callee);
        Assert.Empty(World.Record.Recordings);
        Assert.Equal(0, _store!.Active);
    }

    [Fact]
    public void Command_StartsPausesAndStops_AndTheRecordHasAllOfIt()
    {
        Open();
        (PeerDialog caller, PeerDialog callee) = Establish();
        MediaCore.Engine.Calls.BackToBackUserAgent calls = World.Shard.Core.Calls;
        RecordingTerms terms = _store!.Options.Terms with { Layout = RecordingLayout.Said, Pause = RecordingPause.Cut };
        Assert.True(calls.StartRecording(World.Call.Handle, 1, terms, out string problem), problem);
        Talk(seconds: 1);
        Assert.True(calls.PauseRecording(World.Call.Handle, 1));
        Talk(seconds: 1);
        Assert.True(calls.ResumeRecording(World.Call.Handle, 1));
        Talk(seconds: 1);
        Assert.True(calls.StopRecording(World.Call.Handle, 1, discard: false));
        Assert.False(calls.StopRecording(World.Call.Handle, 1, discard: false));
        Assert.False(calls.StartRecording(World.Call.Handle, 7, terms, out _));
        RecordingInfo first = _listener.Next();
        Assert.Equal(2000, new RecordedSound(Path.Combine(_folder.Path, first.File)).Duration.TotalMilliseconds, 20.0);
        Assert.True(calls.StartRecording(World.Call.Handle, 1, terms, out problem), problem);
        Assert.True(calls.StopRecording(World.Call.Handle, 1, discard: true));
        Assert.Equal(RecordingStatus.Discarded, _listener.Next().Status);
        HangUp(caller, callee);
        Assert.Equal([RecordingStatus.Saved, RecordingStatus.Discarded], World.Record.Recordings.Select(static r => r.Status));
        Assert.Equal(first.Sha256, World.Record.Recordings[0].Sha256);
        Assert.EndsWith("-1.2.wav", World.Record.Recordings[1].File, StringComparison.Ordinal);
    }

    [Fact]
    public void Caller_WhoTransfers_LeavesOneRecording_WithEachSideInItsChannel()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = TransferPolicy.Terminate };
        World.RouteToTrunks("+2002", Carol);
        Record("route");
        (PeerDialog caller, PeerDialog callee) = Establish("+2001");
        Talk(seconds: 2);
        caller.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\n");
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        caller.AcceptBye();
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        var bob = new PeerMedia(Bob, 50000);
        var carol = new PeerMedia(Carol, 51000);
        int toBob = World.Call.Caller.Media.Port!.LocalRtp.Port;
        int toCarol = World.Call.Connected!.Media.Port!.LocalRtp.Port;
        for (int i = 0; i < 100; i++)
        {
            World.Advance(0.02);
            bob.SendTone(toBob, 1000);
            carol.SendTone(toCarol, 600);
        }

        HangUp(callee, party);
        RecordingInfo saved = _listener.Next();
        Assert.Single(World.Record.Recordings);
        RecordedSound sound = new(Path.Combine(_folder.Path, saved.File));
        Assert.InRange(sound.Duration.TotalSeconds, 3.9, 4.1);
        Assert.True(sound.HasTone(0, 400, 500, 1000));
        Assert.True(sound.HasTone(1, 1000, 500, 1000));
        Assert.True(sound.HasTone(0, 600, 2600, 1000));
        Assert.True(sound.HasTone(1, 1000, 2600, 1000));
    }

    [Fact]
    public void Transfer_ThatIsRefused_LeavesOneRecording()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = TransferPolicy.Terminate };
        World.RouteToTrunks("+2002", Carol);
        Record("route");
        (PeerDialog caller, PeerDialog callee) = Establish("+2001");
        Talk(seconds: 1);
        caller.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\n");
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(486);
        Carol.Take("ACK");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        World.Advance(1);
        HangUp(caller, callee);
        Assert.Single(World.Record.Recordings);
        Assert.InRange(new RecordedSound(Path.Combine(_folder.Path, _listener.Next().File)).Duration.TotalSeconds, 1.9, 2.1);
    }

    [Fact]
    public void Legs_AreRecordedEachByItself()
    {
        Record("route", new RecordingOptions { Directory = _folder.Path, Layout = RecordingLayout.Said, PerLeg = true });
        (PeerDialog caller, PeerDialog callee) = Establish("+2001");
        Talk(seconds: 2);
        HangUp(caller, callee);
        Dictionary<string, RecordingInfo> saved = new[] { _listener.Next(), _listener.Next() }.ToDictionary(static r => r.LegId[^1..]);
        Assert.True(new RecordedSound(Path.Combine(_folder.Path, saved["0"].File)).HasTone(0, 400, 500, 1000));
        Assert.True(new RecordedSound(Path.Combine(_folder.Path, saved["1"].File)).HasTone(0, 1000, 500, 1000));
    }

    [Fact]
    public void Beep_IsHeardByBoth_AndIsInTheRecording()
    {
        Record("route", new RecordingOptions { Directory = _folder.Path, Beep = true });
        (PeerDialog caller, PeerDialog callee) = Establish("+2001");
        var alice = new PeerMedia(Alice, 40000);
        var bob = new PeerMedia(Bob, 50000);
        World.Advance(0.5);
        Assert.True(Goertzel.IsTone(alice.HearSound(15), 1400));
        Assert.True(Goertzel.IsTone(bob.HearSound(15), 1400));
        HangUp(caller, callee);
        Assert.True(new RecordedSound(Path.Combine(_folder.Path, _listener.Next().File)).HasTone(1, 1400, 60, 300));
    }

    [Fact]
    public void Announcement_IsPlayedOnceItIsThere()
    {
        Record("route", new RecordingOptions { Directory = _folder.Path, Announcement = PromptSource.FromText("This call is recorded.") });
        (PeerDialog caller, PeerDialog callee) = Establish("+2001");
        (PromptSource prompt, SessionHandle call) = Assert.Single(World.Shard.PromptRequests);
        Assert.Equal("This call is recorded.", prompt.Value);
        World.Shard.Core.Calls.OnPromptReady(call, RecordingBeep.Clip, "");
        World.Advance(0.5);
        Assert.True(Goertzel.IsTone(new PeerMedia(Alice, 40000).HearSound(15), 1400));
        HangUp(caller, callee);
        _listener.Next();
    }

    [Theory]
    [InlineData("sendonly", "recvonly", true)]
    [InlineData("inactive", "inactive", false)]
    public void Hold_WithMusic_IsHeardByWhoIsHeld_UntilItEnds(string held, string answered, bool hears)
    {
        World.Options = World.Options with { MusicOnHold = MusicOnHold.Generated };
        (PeerDialog caller, PeerDialog callee) = Establish();
        ReInvite(caller, callee, held, answered);
        var bob = new PeerMedia(Bob, 50000);
        int before = bob.Hear().Length;
        World.Advance(1);
        Assert.Equal(hears, bob.Hear().Length >= 45);
        Assert.Equal(hears, Goertzel.TotalLevelDbm0(bob.HearSound(40)) > -40);
        Assert.Equal(0, before);
        ReInvite(caller, callee, "sendrecv", "sendrecv");
        bob.Hear();
        World.Advance(1);
        Assert.Empty(bob.Hear());
        Assert.Empty(new PeerMedia(Alice, 40000).Hear());
        HangUp(caller, callee);
    }

    [Fact]
    public void Hold_OfBothSides_HasNoMusic()
    {
        World.Options = World.Options with { MusicOnHold = MusicOnHold.Generated };
        (PeerDialog caller, PeerDialog callee) = Establish();
        ReInvite(caller, callee, "sendonly", "recvonly");
        ReInvite(callee, caller, "inactive", "inactive");
        var alice = new PeerMedia(Alice, 40000);
        var bob = new PeerMedia(Bob, 50000);
        alice.Hear();
        bob.Hear();
        World.Advance(1);
        Assert.Empty(alice.Hear());
        Assert.Empty(bob.Hear());
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(486, 500)]
    [InlineData(503, 250)]
    public void RefusedAfterAnAnnouncement_HearsWhy(int status, int milliseconds)
    {
        World.Options = World.Options with { RefusalTone = TimeSpan.FromSeconds(2) };
        PromptSource text = PromptSource.FromText("Please wait.");
        World.Route("+2005", new AnnouncementStep(text), new DialStep([new TrunkTarget(World.TrunkTo(Bob))], Parallel: false, TimeSpan.FromSeconds(20)));
        PeerDialog caller = PeerDialog.Call(Alice, "+2005");
        World.Shard.Core.Calls.OnPromptReady(World.Call.Handle, RecordingBeep.Clip, "");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(0.5);
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(status);
        Bob.Take("ACK");
        World.Advance(1.9);
        Alice.TakeNothing();
        short[] heard = new PeerMedia(Alice, 40000).HearSound(90);
        Assert.True(Goertzel.LevelDbm0(heard, 480) > -25);

        // The cadence tells the two apart: of 480 and 620 Hz both, on and off for so long.
        int[] edges = [.. Enumerable.Range(1, (heard.Length / 80) - 1).Where(i => IsLoud(heard, i) != IsLoud(heard, i - 1))];
        Assert.All(edges.Zip(edges.Skip(1)), pair => Assert.InRange((pair.Second - pair.First) * 10, milliseconds - 20, milliseconds + 20));
        Assert.True(edges.Length >= 2);
        World.Advance(0.3);
        caller.AcceptBye();
    }

    public override void Dispose()
    {
        base.Dispose();
        _store?.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }

    private static void ReInvite(PeerDialog by, PeerDialog other, string offered, string answered)
    {
        by.SendInvite(PeerSdp.Audio(by.Peer, by.Peer.Name == "alice" ? (ushort)40000 : (ushort)50000, offered));
        by.Peer.Take("100 INVITE");
        other.TakeReInvite();
        other.Respond(200, PeerSdp.Audio(other.Peer, other.Peer.Name == "alice" ? (ushort)40000 : (ushort)50000, answered));
        other.Peer.Take("ACK");
        by.Peer.Take("200 INVITE");
        by.Ack();
    }

    private static bool IsLoud(short[] sound, int part) => Goertzel.TotalLevelDbm0(sound.AsSpan(part * 80, 80)) > -30;

    private void Open(RecordingOptions? options = null)
    {
        _store = new RecordingStore(options ?? new RecordingOptions { Directory = _folder.Path }, _listener);
        World.Recordings = _store;
    }

    /// <summary>+2001 goes to bob's trunk and is recorded, for one reason or another.</summary>
    private void Record(string by, RecordingOptions? options = null)
    {
        Open(options);
        Trunk trunk = new() { Name = "to-bob", Targets = World.TrunkTo(Bob).Targets, Record = by == "trunk" };
        World.Policy.Plans["+2001"] = new RoutePlan
        {
            Number = "+2001",
            Record = by == "route",
            Steps = [new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60))],
        };
        World.Options = by == "number" ? World.Options with { RecordedNames = new HashSet<string> { "+2001" } } : World.Options;
    }

    /// <summary>Both say a tone: alice 400 Hz, bob 1000 Hz.</summary>
    private (PeerMedia Alice, PeerMedia Bob) Talk(int seconds)
    {
        var alice = new PeerMedia(Alice, 40000);
        var bob = new PeerMedia(Bob, 50000);
        int toAlice = World.Call.Caller.Media.Port!.LocalRtp.Port;
        int toBob = World.Call.Connected!.Media.Port!.LocalRtp.Port;
        for (int i = 0; i < seconds * 50; i++)
        {
            World.Advance(0.02);
            alice.SendTone(toAlice, 400);
            bob.SendTone(toBob, 1000);
        }

        return (alice, bob);
    }

    private uint LastSsrc(PeerMedia media) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(World.MediaSent.Last(m => m.To == media.Endpoint).Packet.AsSpan(8));
}
