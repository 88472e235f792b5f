using MediaCore.Audio.Prompts;
using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Tests.Simulation;
using System.Buffers.Binary;

namespace MediaCore.Engine.Tests.Control;

/// <summary>What controllers play and gather, heard and typed by the caller's phone.</summary>
public sealed class ControlSoundTests : ControlTest
{
    private static readonly Tone s_tone = new(new ToneSegment(0, 440));

    private readonly PeerMedia _media;
    private int _eventTimestamp;

    public ControlSoundTests()
    {
        _media = new PeerMedia(Alice, 40000);
    }

    private PlayCommand Play(double seconds, int rounds = 1, PlayInterrupts interrupts = PlayInterrupts.None) =>
        new() { CommandId = World.NextCommandId(), CallId = CallId, Media = [new ToneMedia(s_tone, TimeSpan.FromSeconds(seconds))], Rounds = rounds, Interrupts = interrupts };

    private GatherCommand Gather(int min, int max, double promptSeconds = 0) => new()
    {
        CommandId = World.NextCommandId(),
        CallId = CallId,
        MinDigits = min,
        MaxDigits = max,
        Prompt = promptSeconds == 0 ? [] : [new ToneMedia(s_tone, TimeSpan.FromSeconds(promptSeconds))],
    };

    /// <summary>Alice's phone sends digits as telephone events (RFC 4733).</summary>
    private void Type(string digits)
    {
        int port = int.Parse(Alice.History.Last(static m => m.Message.Kind == "200 INVITE" || m.Message.Kind == "183 INVITE").Message.Sdp("m=").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        foreach (char digit in digits)
        {
            _eventTimestamp += 8000;
            for (int i = 1; i <= 6; i++)
            {
                byte[] packet = new byte[16];
                packet[0] = 0x80;
                packet[1] = 101;
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)((_eventTimestamp / 100) + i));
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)_eventTimestamp);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 77);
                packet[12] = (byte)(digit == '*' ? 10 : digit == '#' ? 11 : digit - '0');
                packet[13] = (byte)(i > 3 ? 0x8a : 10);
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)(Math.Min(i, 4) * 160));
                World.Advance(0.02);
                World.DeliverMedia(_media.Endpoint, (ushort)port, packet);
            }
        }
    }

    [Fact]
    public void Play_IsHeard_AndEndsWhenItsSoundDoes()
    {
        PeerDialog caller = Answered();
        string play = Do(Play(0.5, rounds: 2));
        World.Advance(0.9);
        Assert.True(Goertzel.IsTone(_media.HearSound(20), 440, 8000, -20));
        Assert.Null(End(play));
        World.Advance(0.2);
        PlaybackEnded ended = End<PlaybackEnded>(play);
        Assert.Equal((CommandOutcome.Completed, 1.0), (ended.Outcome, Math.Round(ended.Played.TotalSeconds, 1)));
        Assert.Single(World.EventsOf<PlaybackStarted>());
        Assert.Equal(2, Assert.Single(World.EventsOf<PlaybackProgress>()).Round);
        caller.HangUp();
    }

    [Fact]
    public void Dial_ThatIsAnswered_IsToldBeforeTheEndOfWhatTheCallerHeard()
    {
        PeerDialog caller = Answered();
        string dial = Do(Dial("bob"));
        string play = Do(Play(1, rounds: 0));
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        Bob.Take("ACK");
        Assert.Equal([dial, play], World.EventsOf<CommandEnded>().Select(static ended => ended.CommandId).Where(id => id == dial || id == play));
        Assert.Equal(CommandOutcome.Stopped, End(play)!.Outcome);
        HangUp(caller, callee);
    }

    [Fact]
    public void Play_WaitsForWhatIsPlayedBefore_UnlessItInterrupts()
    {
        PeerDialog caller = Answered();
        string first = Do(Play(1));
        string second = Do(Play(1));
        World.Advance(1.5);
        Assert.Equal(CommandOutcome.Completed, End(first)!.Outcome);
        Assert.Null(End(second));
        string third = Do(Play(1, interrupts: PlayInterrupts.Playback));
        Assert.Equal(CommandOutcome.Stopped, End(second)!.Outcome);
        Assert.InRange(End<PlaybackEnded>(second).Played.TotalSeconds, 0.3, 0.6);
        World.Advance(1.2);
        Assert.Equal(CommandOutcome.Completed, End(third)!.Outcome);
        string endless = Do(Play(0.2, rounds: 0));
        string waiting = Do(Play(1));
        World.Advance(30);
        Assert.Null(End(endless));
        Do(new StopPlaybackCommand { CommandId = World.NextCommandId(), CallId = CallId, Playback = endless });
        Assert.Equal(CommandOutcome.Stopped, End(endless)!.Outcome);
        World.Advance(0.1);
        Do(new StopPlaybackCommand { CommandId = World.NextCommandId(), CallId = CallId });
        Assert.Equal(CommandOutcome.Stopped, End(waiting)!.Outcome);
        Refused(CommandStatus.FailedPrecondition, new StopPlaybackCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.HangUp();
    }

    [Fact]
    public void Play_OfMoreThanMayWait_IsRefused()
    {
        PeerDialog caller = Answered();
        List<string> plays = [];
        for (int i = 0; i <= ControlLimits.MaxWaitingPlays; i++)
        {
            plays.Add(Do(Play(1)));
        }

        Refused(CommandStatus.ResourceExhausted, Play(1));
        caller.HangUp();
        Assert.All(plays, play => Assert.Equal(CommandOutcome.HungUp, End(play)!.Outcome));
    }

    [Fact]
    public void Play_StoppedWhileItWaits_TakesNoPlaceAmongThoseThatWait()
    {
        PeerDialog caller = Answered();
        Do(Play(1, rounds: 0));
        for (int i = 0; i <= 2 * ControlLimits.MaxWaitingPlays; i++)
        {
            string waiting = Do(Play(1));
            Do(new StopPlaybackCommand { CommandId = World.NextCommandId(), CallId = CallId, Playback = waiting });
            Assert.Equal(CommandOutcome.Stopped, End(waiting)!.Outcome);
        }

        caller.HangUp();
    }

    [Fact]
    public void Say_WaitsForItsPrompt_WhichMayNotCome()
    {
        PeerDialog caller = Answered();
        string good = Do(new SayCommand { CommandId = World.NextCommandId(), CallId = CallId, Text = "Hello.", Language = "de" });
        string bad = Do(new PlayCommand { CommandId = World.NextCommandId(), CallId = CallId, Media = [new SilenceMedia(TimeSpan.FromSeconds(1)), new FileMedia("nothing.wav")] });
        PromptFetch fetch = Assert.Single(World.Shard.Fetches);
        Assert.Equal(("Hello.", "de"), (fetch.Prompt.Value, fetch.Prompt.Voice));
        World.Advance(1);
        fetch.Clip = AudioClip.FromPcm(new short[4000]);
        World.Shard.Core.HandleControl(fetch);
        World.Advance(0.6);
        Assert.Equal(CommandOutcome.Completed, End(good)!.Outcome);
        World.Advance(1.1);
        PromptFetch missing = World.Shard.Fetches[^1];
        missing.Problem = "The prompt directory holds no such file.";
        World.Shard.Core.HandleControl(missing);
        Assert.Equal((CommandOutcome.Failed, missing.Problem), (End(bad)!.Outcome, End(bad)!.Problem));

        // What comes after its command was stopped is not played.
        string late = Do(new SayCommand { CommandId = World.NextCommandId(), CallId = CallId, Text = "Late." });
        World.Advance(0.1);
        Do(new StopPlaybackCommand { CommandId = World.NextCommandId(), CallId = CallId });
        PromptFetch stale = World.Shard.Fetches[^1];
        stale.Clip = AudioClip.FromPcm(new short[4000]);
        World.Shard.Core.HandleControl(stale);
        Assert.Equal(CommandOutcome.Stopped, End(late)!.Outcome);
        caller.HangUp();
    }

    [Fact]
    public void Gather_TakesDigits_UntilTheTerminator()
    {
        PeerDialog caller = Answered();
        string gather = Do(Gather(1, 10));
        Type("1234#");
        GatherEnded ended = End<GatherEnded>(gather);
        Assert.Equal((GatherEnd.Terminator, "1234", '#', CommandOutcome.Completed), (ended.Reason, ended.Digits, ended.Terminator, ended.Outcome));
        Assert.Equal("1234#", string.Concat(World.EventsOf<DigitReceived>().Select(static e => e.Digit)));
        caller.HangUp();
    }

    [Fact]
    public void Gather_BargedInto_EndsItsPromptAndWhatWasPlayed_AndTakesTheDigitOnce()
    {
        PeerDialog caller = Answered();
        string play = Do(Play(10));
        string gather = Do(Gather(2, 2, promptSeconds: 10));
        World.Advance(2);
        Type("5");
        Assert.Equal(CommandOutcome.Barged, End(play)!.Outcome);
        Assert.Null(End(gather));
        Type("6");
        Assert.Equal("56", End<GatherEnded>(gather).Digits);
        World.Advance(1);
        int before = World.MediaSent.Count;
        World.Advance(1);
        Assert.Equal(before, World.MediaSent.Count);
        caller.HangUp();
    }

    [Fact]
    public void Gather_WithoutInput_EndsFiveSecondsAfterItsPrompt()
    {
        PeerDialog caller = Answered();
        string gather = Do(Gather(1, 4, promptSeconds: 2));
        World.Advance(6.9);
        Assert.Null(End(gather));
        World.Advance(0.2);
        Assert.Equal((GatherEnd.NoInput, ""), (End<GatherEnded>(gather).Reason, End<GatherEnded>(gather).Digits));
        caller.HangUp();
    }

    [Fact]
    public void Gather_TakesWhatWasTypedBefore_UnlessItFlushes()
    {
        PeerDialog caller = Answered();
        Type("789");
        string first = Do(Gather(2, 2, promptSeconds: 5));
        Assert.Equal((GatherEnd.MaxDigits, "78"), (End<GatherEnded>(first).Reason, End<GatherEnded>(first).Digits));
        string second = Do(Gather(1, 2) with { Flush = true });
        World.Advance(5.1);
        Assert.Equal(GatherEnd.NoInput, End<GatherEnded>(second).Reason);
        caller.HangUp();
    }

    [Fact]
    public void Gather_OfSecretDigits_TellsThemInItsResultAlone()
    {
        PeerDialog caller = Answered();
        string gather = Do(Gather(4, 4) with { IsSensitive = true });
        Refused(CommandStatus.FailedPrecondition, Gather(1, 1));
        Type("2468");
        GatherEnded ended = End<GatherEnded>(gather);
        Assert.Equal(("2468", true), (ended.Digits, ended.IsSensitive));
        Assert.DoesNotContain("2468", ended.ToString(), StringComparison.Ordinal);
        Assert.All(World.EventsOf<DigitReceived>(), static e => Assert.Equal('\0', e.Digit));
        Type("1");
        Assert.Equal('1', World.EventsOf<DigitReceived>()[^1].Digit);
        caller.HangUp();
    }

    [Fact]
    public void Gather_InTheMiddleOfWhichTheCallerHangsUp_HasWhatWasTyped()
    {
        PeerDialog caller = Answered();
        string gather = Do(Gather(4, 4, promptSeconds: 3));
        Type("12");
        caller.HangUp();
        Assert.Equal((GatherEnd.HungUp, "12", CommandOutcome.HungUp), (End<GatherEnded>(gather).Reason, End<GatherEnded>(gather).Digits, End(gather)!.Outcome));
    }

    [Fact]
    public void Gather_TakesDigitsByInfo_OfACallerWhoIsAlone()
    {
        PeerDialog caller = Answered();
        string gather = Do(Gather(1, 1));
        caller.Send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=4\r\nDuration=160\r\n");
        Alice.Take("200 INFO");
        Assert.Equal("4", End<GatherEnded>(gather).Digits);
        caller.HangUp();
    }

    [Fact]
    public void EarlyMedia_IsPlayedTo_AndGatheredFrom_BeforeTheAnswer()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = World.TrunkTo(Alice);
        PeerDialog caller = Claimed();
        Refused(CommandStatus.FailedPrecondition, Play(1));
        Do(new ProgressCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 183, EarlyMedia = true });
        SipText early = Alice.Take("183 INVITE");
        string play = Do(Play(0.5));
        World.Advance(0.7);
        Assert.Equal(CommandOutcome.Completed, End(play)!.Outcome);
        Assert.True(Goertzel.IsTone(_media.HearSound(10), 440, 8000, -20));
        string gather = Do(Gather(1, 1));
        Type("3");
        Assert.Equal("3", End<GatherEnded>(gather).Digits);
        Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal((early.Sdp("o="), early.Sdp("m=")), (ok.Sdp("o="), ok.Sdp("m=")));
        caller.Ack();
        caller.HangUp();
    }

    [Fact]
    public void EarlyMedia_ToAStranger_IsRefused()
    {
        PeerDialog caller = Claimed();
        Refused(CommandStatus.FailedPrecondition, new ProgressCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 183, EarlyMedia = true });
        Do(new ProgressCommand { CommandId = World.NextCommandId(), CallId = CallId });
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
    }

    [Fact]
    public void SendDtmf_GoesOutAsEvents_AndEndsWhenItIsOut()
    {
        (PeerDialog caller, PeerDialog callee) = Connected();
        string send = Do(new SendDtmfCommand { CommandId = World.NextCommandId(), CallId = CallId, Digits = "12#" });
        World.Advance(0.3);
        Assert.Null(End(send));
        World.Advance(1.5);
        Assert.Equal(CommandOutcome.Completed, End(send)!.Outcome);
        var bob = new PeerMedia(Bob, 50000);
        Assert.Contains(101, bob.Hear());
        Refused(CommandStatus.InvalidArgument, new SendDtmfCommand { CommandId = World.NextCommandId(), CallId = CallId, Digits = "1x" });
        HangUp(caller, callee);
    }

    [Fact]
    public void Mute_IsForTheOtherSide_InEitherDirection()
    {
        (PeerDialog caller, PeerDialog callee) = Connected();
        Do(new MuteCommand { CommandId = World.NextCommandId(), CallId = CallId, Direction = MuteDirection.Both });
        CallSnapshot call = World.Answer(World.Control.GetCallAsync(CallId))!;
        Assert.All(call.Legs, static leg => Assert.True(leg.IsMuted));
        Do(new MuteCommand { CommandId = World.NextCommandId(), CallId = CallId, Direction = MuteDirection.None });
        Assert.All(World.Answer(World.Control.GetCallAsync(CallId))!.Legs, static leg => Assert.False(leg.IsMuted));
        HangUp(caller, callee);
    }

    [Fact]
    public void Quality_IsToldEveryTenSeconds()
    {
        PeerDialog caller = Answered();
        int port = int.Parse(Alice.History.Last(static m => m.Message.Kind == "200 INVITE").Message.Sdp("m=").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        _media.Send(port, 0, packets: 1050);
        Assert.Equal(2, World.EventsOf<MediaQualityMeasured>().Length);
        Assert.InRange(World.EventsOf<MediaQualityMeasured>()[1].Received.Packets, 900, 1050);
        caller.HangUp();
    }
}
