using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Controlled calls of callers with habits of their own: without an offer, with reliable responses, holding; and recordings by command.</summary>
public sealed class ControlledCallTests : ControlTest
{
    [Fact]
    public void Answer_OfAnInviteWithoutOffer_MakesTheOffer_AndEndsWithTheAnswerInItsAck()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+5001", sdp: null);
        Alice.Take("100 INVITE");
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch });
        Refused(CommandStatus.FailedPrecondition, new ProgressCommand { CommandId = World.NextCommandId(), CallId = CallId, EarlyMedia = true });
        string answer = Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Contains("PCMU", ok.Body, StringComparison.Ordinal);
        PlayCommand play = new() { CommandId = World.NextCommandId(), CallId = CallId, Media = [new SilenceMedia(TimeSpan.FromSeconds(1))] };
        Refused(CommandStatus.FailedPrecondition, play);
        caller.Ack(PeerSdp.Audio(Alice, formats: "0 101"));
        Assert.Equal(CommandOutcome.Completed, End(answer)!.Outcome);
        Do(play);
        World.Advance(1.1);
        Assert.Equal(CommandOutcome.Completed, End(play.CommandId)!.Outcome);
        caller.HangUp();
    }

    [Fact]
    public void Answer_WhileAReliableResponseIsOpen_WaitsForItsPrack()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+5001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n");
        Alice.Take("100 INVITE");
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch });
        Do(new ProgressCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 183, EarlyMedia = true });
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        Assert.NotEqual("", early["RSeq"]);
        string answer = Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        Alice.TakeNothing();
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        SipText ok = Alice.Take("200 INVITE");
        Assert.Equal("", ok.Body);
        Assert.Null(End(answer));
        caller.Ack();
        Assert.Equal(CommandOutcome.Completed, End(answer)!.Outcome);
        caller.HangUp();
    }

    [Fact]
    public void Answer_WithoutACodecInCommon_FailsAndRefusesTheCaller()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+5001", PeerSdp.Audio(Alice, formats: "18 101"));
        Alice.Take("100 INVITE");
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch });
        string answer = Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.Ack(Alice.Take("488 INVITE"));
        Assert.Equal((CommandOutcome.Failed, 488), (End(answer)!.Outcome, End(answer)!.SipStatus));
    }

    [Fact]
    public void Answer_ThatIsNeverAcknowledged_EndsWithTheCall()
    {
        Claimed();
        string answer = Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Advance(33);
        Assert.Equal(CommandOutcome.HungUp, End(answer)!.Outcome);
        Assert.Equal(CallEndReason.NoAck, World.Record.Reason);
    }

    [Fact]
    public void ACallerWhoIsAlone_StaysUntilHeHangsUp_AndHisHoldIsTold()
    {
        PeerDialog caller = Answered();
        World.Advance(3600);
        Alice.TakeNothing();
        caller.SendInvite(PeerSdp.Audio(Alice, direction: "sendonly", formats: "0 101"));
        Alice.Take("200 INVITE");
        caller.Ack();
        caller.SendInvite(PeerSdp.Audio(Alice, formats: "0 101"));
        Alice.Take("200 INVITE");
        caller.Ack();
        Assert.Equal(["0:Created", "0:Answered", "0:Answered held", "0:Answered"], Story().Where(static line => line.Contains(':', StringComparison.Ordinal)));
        Assert.Equal((CommandStatus.AlreadyExists, 1), (Twice(), World.EventsOf<PlaybackStarted>().Length));
        caller.HangUp();
    }

    private CommandStatus Twice()
    {
        var play = new PlayCommand { CommandId = "the-same", CallId = CallId, Media = [new SilenceMedia(TimeSpan.FromSeconds(1))] };
        Do(play);
        return Execute(play).Status;
    }

    [Fact]
    public void Legs_OfATalk_AreTold_FromTheirInvitesToTheirEnds()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(100);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        Alice.Take("183 INVITE");
        Answer(caller, callee);
        HangUp(callee, caller);
        string call = World.EventsOf<CallCreated>()[0].CallId;
        Assert.Equal(
            ["CallCreated", "0:Created", "1:Created", "1:Trying", "1:Ringing", "0:Ringing", "1:Early", "1:Answered", "0:Answered", "0:Ended", "1:Ended", "CallEnded"],
            World.Events.Where(e => e.CallId == call).Select(static e => e is LegChanged leg ? $"{leg.LegId![^1]}:{leg.Phase}" : e.GetType().Name));
        CallEnded ended = Assert.Single(World.EventsOf<CallEnded>());
        Assert.Same(World.Record, ended.Record);
    }

    [Fact]
    public void Offer_ShowsTheHeadersThatItsRouteNames()
    {
        World.Route("+5002", new ControlStep("ivr", TimeSpan.FromSeconds(5)) { Headers = ["X-Account", "Subject", "X-None"] });
        PeerDialog caller = PeerDialog.Dial(Alice, "+5002", PeerSdp.Audio(Alice), $"X-Account: 42\r\nSubject: {new string('s', 600)}\r\nX-Secret: no\r\n");
        Alice.Take("100 INVITE");
        IReadOnlyList<KeyValuePair<string, string>> headers = World.EventsOf<CallOffered>()[0].Headers;
        Assert.Equal(["X-Account", "Subject"], headers.Select(static h => h.Key));
        Assert.Equal(("42", ControlLimits.MaxOfferedHeaderChars), (headers[0].Value, headers[1].Value.Length));
        World.Advance(5);
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Record_IsPausedResumedAndStopped_ByCommand_AndEndsOnce()
    {
        using TemporaryDirectory folder = new();
        using RecordingStore store = new(new RecordingOptions { Directory = folder.Path });
        World.Recordings = store;
        PeerDialog caller = Answered();
        string record = Do(new RecordStartCommand { CommandId = World.NextCommandId(), CallId = CallId, Layout = RecordingLayout.Mixed, Beep = true });
        World.Advance(1);
        Do(new RecordPauseCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Advance(1);
        Do(new RecordResumeCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Advance(1);
        Assert.Null(End(record));
        Do(new RecordStopCommand { CommandId = World.NextCommandId(), CallId = CallId });
        RecordingEnded ended = End<RecordingEnded>(record);
        Assert.Equal((CommandOutcome.Completed, RecordingLayout.Mixed), (ended.Outcome, ended.Recording.Layout));
        Assert.InRange(ended.Recording.Duration.TotalSeconds, 2.9, 3.1);

        // A second one is as long as it may be, a third as long as the call.
        string limited = Do(new RecordStartCommand { CommandId = World.NextCommandId(), CallId = CallId, MaxDuration = TimeSpan.FromSeconds(2) });
        World.Advance(2.2);
        Assert.Equal(CommandOutcome.Completed, End(limited)!.Outcome);
        string last = Do(new RecordStartCommand { CommandId = World.NextCommandId(), CallId = CallId });
        World.Advance(1);
        caller.HangUp();
        Assert.Equal(CommandOutcome.HungUp, End(last)!.Outcome);
        Assert.Equal(
            [RecordingStage.Started, RecordingStage.Paused, RecordingStage.Resumed, RecordingStage.Stopped, RecordingStage.Started, RecordingStage.Stopped, RecordingStage.Started, RecordingStage.Stopped],
            World.EventsOf<RecordingChanged>().Select(static e => e.Stage));
        World.Shard.Core.HandleControl(new RecordingSaved(ended.Recording with { Status = RecordingStatus.Saved }));
        Assert.Equal((RecordingStage.Saved, 0L), (World.EventsOf<RecordingChanged>()[^1].Stage, World.EventsOf<RecordingChanged>()[^1].Sequence));
    }

    [Fact]
    public void Record_ThatReportsTalk_TellsWhenTheCallerTalks_WithoutATrunkThatWantsIt()
    {
        using TemporaryDirectory folder = new();
        using RecordingStore store = new(new RecordingOptions { Directory = folder.Path });
        World.Recordings = store;
        PeerDialog caller = Answered();
        Do(new RecordStartCommand { CommandId = World.NextCommandId(), CallId = CallId, Layout = RecordingLayout.Said, ReportsTalk = true });
        ushort port = ushort.Parse(Alice.History.Last(static m => m.Message.Body.Contains("m=audio", StringComparison.Ordinal)).Message.Body.Split("m=audio ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        short[] frame = new short[160];
        byte[] packet = new byte[172];
        for (int i = 0; i < 120; i++)
        {
            // Silence, 600 ms of sound, silence again.
            for (int sample = 0; sample < frame.Length; sample++)
            {
                frame[sample] = i is >= 20 and < 50 ? (short)(8000 * Math.Sin(2 * Math.PI * 400 * sample / 8000)) : (short)0;
            }

            packet[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(i * 160));
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 77);
            Pcmu.Encode(frame, packet.AsSpan(12));
            World.DeliverMedia(World.Endpoint(Alice.Host, 40_000), port, [.. packet]);
            World.Advance(0.02);
        }

        Assert.Equal(World.EventsOf<RecordingChanged>()[0].LegId, Assert.Single(World.EventsOf<TalkStarted>()).LegId);
        Assert.Single(World.EventsOf<TalkStopped>());
        caller.HangUp();
    }
}
