using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Tests.Voicemail;

/// <summary>How a caller leaves a message: what is heard, what each key does, how the message ends.</summary>
public sealed class VoicemailActivityTests : IAsyncLifetime
{
    private const string LegId = CallProbe.CallId + "-0";

    private VoicemailFixture _fixture = null!;
    private CallProbe? _probe;

    public async Task InitializeAsync() => _fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);

    public async Task DisposeAsync()
    {
        if (_probe is not null)
        {
            await _probe.DisposeAsync();
        }

        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Caller_IsAnsweredGreetedAndRecorded_AndEndsWithTheKey()
    {
        CallProbe probe = await StartAsync();
        probe.Complete(probe.Expect<AnswerCommand>());
        GatherCommand greeting = probe.Expect<GatherCommand>();
        Assert.Equal(VoicemailTexts.Greeting(GreetingReason.Unavailable, "en"), Assert.IsType<TextMedia>(Assert.Single(greeting.Prompt)).Text);
        probe.CompleteGather(greeting, "", GatherEnd.NoInput);
        RecordStartCommand record = probe.Expect<RecordStartCommand>();
        Assert.Equal((RecordingLayout.Said, TimeSpan.FromSeconds(180), true, true), (record.Layout, record.MaxDuration, record.Beep, record.ReportsTalk));
        Begin(probe);
        GatherCommand key = probe.Expect<GatherCommand>();
        Talk(probe);
        probe.Advance(TimeSpan.FromSeconds(5));
        probe.CompleteGather(key, "5", GatherEnd.MaxDigits);
        probe.CompleteGather(probe.Expect<GatherCommand>(), "#", GatherEnd.MaxDigits);
        Assert.False(probe.Expect<RecordStopCommand>().Discard);
        End(probe, record);
        Assert.Equal(new ActivityResult(ActivityOutcome.Completed, "#"), probe.Result);
        Assert.Equal(1, _fixture.Messages.OpenMessages);
    }

    [Fact]
    public async Task Silence_EndsTheMessage_AndOneThatIsSilentAllAlongIsNotKept()
    {
        CallProbe probe = await StartAsync();
        RecordStartCommand record = Record(probe);
        GatherCommand key = probe.Expect<GatherCommand>();
        Talk(probe);
        probe.Advance(TimeSpan.FromSeconds(20));
        probe.Tell(new TalkStopped { LegId = LegId });
        probe.Advance(TimeSpan.FromSeconds(9));
        probe.ExpectNothing();
        probe.Advance(TimeSpan.FromSeconds(1));
        Assert.False(probe.Expect<RecordStopCommand>().Discard);
        End(probe, record);
        Assert.Equal(key.CommandId, probe.Expect<StopPlaybackCommand>().Playback);
        Assert.Equal(new ActivityResult(ActivityOutcome.Completed, "silence"), probe.Result);

        await using CallProbe silent = await StartAnotherAsync();
        Record(silent, 2);
        silent.Expect<GatherCommand>();
        silent.Advance(TimeSpan.FromSeconds(10));
        Assert.True(silent.Expect<RecordStopCommand>().Discard);
    }

    [Fact]
    public async Task LongestTime_EndsTheMessage()
    {
        CallProbe probe = await StartAsync();
        RecordStartCommand record = Record(probe);
        probe.Expect<GatherCommand>();
        Talk(probe);
        probe.Advance(TimeSpan.FromSeconds(180));
        probe.Expect<RecordStopCommand>();
        End(probe, record);
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("#")]
    [InlineData("")]
    [InlineData("hung up")]
    public async Task Review_BeforeTheMessageIsKept_PlaysRecordsAgainAndMarksIt_AndEveryEndKeepsIt(string last)
    {
        _fixture.Box.Settings = """{ "review": true }""";
        CallProbe probe = await StartAsync();
        GatherCommand asked = Review(probe, Record(probe), 1);
        Assert.Equal(VoicemailTexts.Review("en"), Assert.IsType<TextMedia>(Assert.Single(asked.Prompt)).Text);
        probe.CompleteGather(asked, "2", GatherEnd.MaxDigits);
        asked = probe.Expect<GatherCommand>();
        Assert.Equal(new RecordedMedia(VoicemailFixture.Recording(1).File), asked.Prompt[0]);

        // Held until the caller has decided, whatever the disk says.
        await _fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Empty(await _fixture.RowsAsync());
        probe.CompleteGather(asked, "3", GatherEnd.MaxDigits);
        RecordStartCommand again = await ComesAsync<RecordStartCommand>(probe);
        Begin(probe, 2);
        asked = Review(probe, again, 2);
        probe.CompleteGather(asked, "4", GatherEnd.MaxDigits);
        asked = await ComesAsync<GatherCommand>(probe);
        Assert.Equal(VoicemailTexts.Urgent("en"), Assert.IsType<TextMedia>(asked.Prompt[0]).Text);
        if (last == "hung up")
        {
            probe.CompleteGather(asked, "", GatherEnd.HungUp);
            Assert.Equal(ActivityOutcome.HungUp, probe.Result?.Outcome);
        }
        else
        {
            probe.CompleteGather(asked, last, last.Length == 0 ? GatherEnd.NoInput : GatherEnd.MaxDigits);
            probe.CompletePlay(probe.Expect<PlayCommand>());
            Assert.Equal(new ActivityResult(ActivityOutcome.Completed, "#"), probe.Result);
        }

        await _fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal(0, _fixture.Messages.OpenMessages);
        var row = Assert.Single(await _fixture.RowsAsync());
        Assert.Equal((true, VoicemailFixture.Recording(2).File), (row.Urgent, row.File));
        Assert.False(File.Exists(Path.Combine(_fixture.Recordings, VoicemailFixture.Recording(1).File)));
    }

    [Fact]
    public async Task Review_IsCutByTheEndOfTheCall_AndKeepsTheMessage()
    {
        _fixture.Box.Settings = """{ "review": true }""";
        CallProbe probe = await StartAsync();
        Review(probe, Record(probe), 1);
        probe.Tell(new CallEnded { Record = null! });
        await _fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Single(await _fixture.RowsAsync());
    }

    [Fact]
    public async Task HangUp_WhileRecording_KeepsTheMessage()
    {
        CallProbe probe = await StartAsync();
        RecordStartCommand record = Record(probe);
        probe.Expect<GatherCommand>();
        End(probe, record, CommandOutcome.HungUp);
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal((ActivityOutcome.HungUp, 1), (probe.Result?.Outcome, _fixture.Messages.OpenMessages));
    }

    [Fact]
    public async Task HangUp_DuringTheGreeting_LeavesNothing()
    {
        CallProbe probe = await StartAsync();
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.CompleteGather(probe.Expect<GatherCommand>(), "", GatherEnd.HungUp);
        probe.ExpectNothing();
        probe.Tell(new CallEnded { Record = null! });
        Assert.NotNull(probe.Completed);
        Assert.Equal(0, _fixture.Messages.OpenMessages);
    }

    [Theory]
    [InlineData("#", typeof(RecordStartCommand))]
    [InlineData("0", typeof(HangupCommand))]
    [InlineData("7", typeof(RecordStartCommand))]
    public async Task Key_DuringTheGreeting_SkipsIt_OrLeadsToTheOperator(string key, Type then)
    {
        _fixture.Box.Settings = """{ "operator": { "do": "hangup" } }""";
        CallProbe probe = await StartAsync();
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.CompleteGather(probe.Expect<GatherCommand>(), key, GatherEnd.MaxDigits);
        Assert.Equal(then, probe.Control.Commands[^1].GetType());
    }

    [Fact]
    public async Task Operator_WhoIsNotReached_LeavesTheCallerToTheTone()
    {
        _fixture.Box.Settings = """{ "operator": { "do": "ring", "targets": [{ "user": "nobody" }] } }""";
        CallProbe probe = await StartAsync();
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.CompleteGather(probe.Expect<GatherCommand>(), "0", GatherEnd.MaxDigits);
        probe.Expect<RecordStartCommand>();
    }

    [Fact]
    public async Task Operator_WhoDoesIt_IsAnExit()
    {
        _fixture.Box.Settings = """{ "operator": { "do": "tag", "tags": ["operator"] } }""";
        CallProbe probe = await StartAsync();
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.CompleteGather(probe.Expect<GatherCommand>(), "0", GatherEnd.MaxDigits);
        Assert.Equal(ActivityOutcome.Exited, probe.Result?.Outcome);
    }

    [Theory]
    [InlineData(GreetingReason.Unavailable, "u")]
    [InlineData(GreetingReason.Busy, "b")]
    [InlineData(GreetingReason.Closed, "u")]
    public async Task Greeting_GoesByTheReason(GreetingReason reason, string text)
    {
        _fixture.Box.Settings = """{ "greetings": { "unavailable": "u", "busy": "b", "temporary": { "prompt": "not there" } } }""";
        CallProbe probe = await StartAsync(reason);
        probe.Complete(probe.Expect<AnswerCommand>());
        Assert.Equal(new TextMedia(text, "en"), Assert.Single(probe.Expect<GatherCommand>().Prompt));
    }

    [Fact]
    public async Task FullBox_SaysSo()
    {
        _fixture.Box.MaxMessages = 0;
        CallProbe probe = await StartAsync();
        probe.Complete(probe.Expect<AnswerCommand>());
        PlayCommand play = probe.Expect<PlayCommand>();
        Assert.Equal(VoicemailTexts.Full("en"), Assert.IsType<TextMedia>(Assert.Single(play.Media)).Text);
        probe.CompletePlay(play);
        Assert.Equal(ActivityOutcome.Full, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Recording_ThatIsRefused_EndsAsFailed_AfterRoomWasMade()
    {
        CallProbe probe = await StartAsync(refusal: static command => command is RecordStartCommand ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "The leg is being recorded.") : null);
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.CompleteGather(probe.Expect<GatherCommand>(), "", GatherEnd.NoInput);
        probe.Expect<RecordStartCommand>();
        RecordStopCommand stop = probe.Expect<RecordStopCommand>();
        probe.Complete(stop);
        probe.Expect<RecordStartCommand>();
        probe.Pump();
        Assert.Equal(ActivityOutcome.Failed, probe.Result?.Outcome);
    }

    [Fact]
    public async Task BoxThatIsNotThere_AndServerWithoutRecordings_Fail()
    {
        await using CallProbe none = CallProbe.Start(new VoicemailActivity(new VoicemailAction { Box = "999" }), configuration: _fixture.Configuration);
        Assert.Equal(ActivityOutcome.Failed, none.Result?.Outcome);
        await using CallProbe deaf = CallProbe.Start(new VoicemailActivity(new VoicemailAction { Box = "100" }), configuration: _fixture.Configuration);
        Assert.Equal("the server keeps no recordings", deaf.Result?.Detail);
    }

    private static void Begin(CallProbe probe, int second = 1)
        => probe.Tell(new RecordingChanged { LegId = LegId, Stage = RecordingStage.Started, Recording = VoicemailFixture.Recording(second) });

    private static void Talk(CallProbe probe) => probe.Tell(new TalkStarted { LegId = LegId });

    private static void End(CallProbe probe, CallCommand record, CommandOutcome outcome = CommandOutcome.Completed)
        => probe.Tell(new RecordingEnded { CommandId = record.CommandId, Outcome = outcome, Recording = VoicemailFixture.Recording(1) });

    private static RecordStartCommand Record(CallProbe probe, int second = 1)
    {
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.CompleteGather(probe.Expect<GatherCommand>(), "", GatherEnd.NoInput);
        RecordStartCommand record = probe.Expect<RecordStartCommand>();
        Begin(probe, second);
        return record;
    }

    private async Task<CallProbe> StartAsync(GreetingReason reason = GreetingReason.Unavailable, Func<CallCommand, CommandReply?>? refusal = null) => _probe = await StartAnotherAsync(reason, refusal);

    private async Task<CallProbe> StartAnotherAsync(GreetingReason reason = GreetingReason.Unavailable, Func<CallCommand, CommandReply?>? refusal = null)
    {
        CallProbe probe = CallProbe.Start(
            new VoicemailActivity(new VoicemailAction { Box = "100", Greeting = reason }), configuration: _fixture.Configuration, services: shared => shared with { Voicemail = _fixture.Messages }, refusal: refusal);

        // Whether the box is full the database says.
        await probe.PumpUntilAsync(() => probe.Control.Commands.Any(static command => command is AnswerCommand));
        return probe;
    }

    /// <summary>Says something, ends it by the key, and is asked what becomes of it.</summary>
    private GatherCommand Review(CallProbe probe, RecordStartCommand record, int second)
    {
        GatherCommand key = probe.Expect<GatherCommand>();
        Talk(probe);
        probe.Advance(TimeSpan.FromSeconds(5));
        probe.CompleteGather(key, "#", GatherEnd.MaxDigits);
        Assert.False(probe.Expect<RecordStopCommand>().Discard);
        RecordingInfo saved = VoicemailFixture.Recording(second, 5, RecordingStatus.Saved);
        _fixture.Save(second);
        probe.Tell(new RecordingEnded { CommandId = record.CommandId, Outcome = CommandOutcome.Completed, Recording = saved });
        Assert.Null(probe.Result);
        _fixture.Tell(saved, RecordingStage.Saved);
        probe.Tell(new RecordingChanged { Stage = RecordingStage.Saved, Recording = saved });
        return probe.Expect<GatherCommand>();
    }

    // What it is asked for is done beside the call.
    private static async Task<T> ComesAsync<T>(CallProbe probe)
        where T : CallCommand
    {
        CallCommand? next = null;
        await probe.PumpUntilAsync(() => (next ??= probe.Next()) is not null);
        return Assert.IsType<T>(next);
    }
}
