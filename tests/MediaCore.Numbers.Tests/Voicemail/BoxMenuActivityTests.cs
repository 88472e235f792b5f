using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Tests.Voicemail;

/// <summary>What each key of the owner's menu does, and what is left when he hangs up.</summary>
public sealed class BoxMenuActivityTests : IAsyncLifetime
{
    private const string Pin = "4831";

    private VoicemailFixture _fixture = null!;
    private CallProbe _probe = null!;

    public async Task InitializeAsync() => _fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);

    public async Task DisposeAsync()
    {
        await _probe.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Owner_SignsIn_HearsHowMuchWaits_AndEnds()
    {
        await _fixture.SetPinAsync(Pin);
        await _fixture.AddMessageAsync("one", urgent: true);
        Start();
        GatherCommand number = _probe.Expect<GatherCommand>();
        Assert.Equal((20, "#", false), (number.MaxDigits, number.Terminators, number.IsSensitive));
        GatherCommand pin = await TypeAsync(number, "100");
        Assert.True(pin.IsSensitive);
        GatherCommand main = await TypeAsync(pin, Pin);
        Assert.Equal("New messages: 1. Saved messages: 0. Urgent: 1. " + Words(BoxPhrase.Main), Said(main.Prompt));
        _probe.CompleteGather(main, "#", GatherEnd.MaxDigits);
        PlayCommand bye = _probe.Expect<PlayCommand>();
        _probe.CompletePlay(bye);
        Assert.Equal(new ActivityResult(ActivityOutcome.Completed, "#"), _probe.Result);
    }

    [Fact]
    public async Task WrongPins_AreAskedForAgain_AndEndTheCall()
    {
        await _fixture.SetPinAsync(Pin);
        Start();
        GatherCommand asked = await TypeAsync(_probe.Expect<GatherCommand>(), "100");
        for (int i = 1; i < VoicemailLimits.MaxTries; i++)
        {
            // The PIN alone: the number was said already.
            asked = await TypeAsync(asked, "1111");
            Assert.Equal(Words(BoxPhrase.Wrong) + " " + Words(BoxPhrase.Pin), Said(asked.Prompt));
            Assert.True(asked.IsSensitive);
        }

        _probe.CompleteGather(asked, "1111", GatherEnd.Terminator);
        _probe.CompletePlay(await ComesAsync());
        Assert.Equal(new ActivityResult(ActivityOutcome.Rejected, "wrong PINs"), _probe.Result);
        Assert.Equal(3, (await _fixture.ReadBoxAsync()).WrongPins);
    }

    [Fact]
    public async Task BoxWithoutPin_IsClosed_AlsoToItsOwnersPhone_UnlessTheSettingsTrustIt()
    {
        Start(account: "ann-phone");
        _probe.CompleteGather(_probe.Expect<GatherCommand>(), Pin, GatherEnd.Terminator);
        PlayCommand bye = Assert.IsType<PlayCommand>(await ComesAsync());
        Assert.StartsWith(Words(BoxPhrase.NoPin), Said(bye.Media), StringComparison.Ordinal);
        _probe.CompletePlay(bye);
        Assert.Equal(ActivityOutcome.Rejected, _probe.Result?.Outcome);
        await _probe.DisposeAsync();

        _fixture.Box.Settings = """{ "trustOwnerPhones": true }""";
        Start(account: "ann-phone");
        Assert.EndsWith(Words(BoxPhrase.Main), Said(Assert.IsType<GatherCommand>(await ComesAsync()).Prompt), StringComparison.Ordinal);
        await _probe.DisposeAsync();

        // Somebody else's phone is asked, whatever the settings say.
        Start(account: "bob-phone");
        Assert.Equal(Words(BoxPhrase.Number), Said(_probe.Expect<GatherCommand>().Prompt));
    }

    [Fact]
    public async Task Message_IsPlayedWithItsTimeAndCaller_AndHeardByItsEnd_NotByHangingUp()
    {
        VoicemailMessage message = await _fixture.AddMessageAsync("one");
        GatherCommand main = await EnterAsync();
        GatherCommand playing = await TypeAsync(main, "1");
        Assert.Equal(new RecordedMedia(message.File), playing.Prompt[^2]);
        Assert.StartsWith("Message 1, today at ", Said(playing.Prompt), StringComparison.Ordinal);
        Assert.Contains("from 1 2 0 2, 5 5 5 0, 1 9 9.", Said(playing.Prompt), StringComparison.Ordinal);
        _probe.CompleteGather(playing, "", GatherEnd.HungUp);
        Assert.Equal(ActivityOutcome.HungUp, _probe.Result?.Outcome);
        Assert.Equal(VoicemailState.New, Assert.Single(await _fixture.RowsAsync()).State);
        await _probe.DisposeAsync();

        GatherCommand again = await TypeAsync(await TypeAsync(await EnterAsync(), "1"), "");
        Assert.Equal(VoicemailState.Read, Assert.Single(await _fixture.RowsAsync()).State);

        // After the end the keys are said, not the message once more; 5 plays it.
        Assert.Equal(Words(BoxPhrase.Keys), Said(again.Prompt));
        Assert.Contains(new RecordedMedia(message.File), (await TypeAsync(again, "5")).Prompt);
    }

    [Fact]
    public async Task Keys_SaveDeleteBringBackAndWalk()
    {
        VoicemailMessage first = await _fixture.AddMessageAsync("one", atMs: 1000);
        VoicemailMessage second = await _fixture.AddMessageAsync("two", atMs: 2000);
        GatherCommand at = await TypeAsync(await EnterAsync(), "1");
        at = await TypeAsync(at, "9");
        Assert.Contains(new RecordedMedia(second.File), at.Prompt);
        at = await TypeAsync(at, "7");
        Assert.StartsWith(Words(BoxPhrase.Deleted) + " " + Words(BoxPhrase.NoMore), Said(at.Prompt), StringComparison.Ordinal);
        Assert.Equal([VoicemailState.Saved, VoicemailState.Deleted], (await _fixture.RowsAsync()).Select(static row => row.State));
        at = await TypeAsync(at, "7");
        Assert.Equal([VoicemailState.Saved, VoicemailState.Read], (await _fixture.RowsAsync()).Select(static row => row.State));
        at = await TypeAsync(at, "4");
        Assert.Contains(new RecordedMedia(first.File), at.Prompt);
        at = await TypeAsync(at, "4");
        Assert.StartsWith(Words(BoxPhrase.NoMore), Said(at.Prompt), StringComparison.Ordinal);
        at = await TypeAsync(await TypeAsync(at, "#"), "2");
        Assert.Contains(new RecordedMedia(first.File), at.Prompt);
        at = await TypeAsync(await TypeAsync(at, "#"), "1");
        Assert.StartsWith(Words(BoxPhrase.None), Said(at.Prompt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key3_CallsTheCallerBack_AndComesBackWhereNobodyAnswers()
    {
        await _fixture.AddMessageAsync("one");
        await _fixture.AddMessageAsync("two", caller: "");
        GatherCommand at = await TypeAsync(await EnterAsync(), "1");
        _probe.CompleteGather(at, "3", GatherEnd.MaxDigits);
        DialCommand dial = Assert.IsType<DialCommand>(await ComesAsync());
        Assert.Equal(new NumberDestination("+12025550199"), Assert.Single(dial.Targets));
        _probe.CompleteDial(dial, 480, 20);
        at = _probe.Expect<GatherCommand>();
        Assert.StartsWith(Words(BoxPhrase.NotReached), Said(at.Prompt), StringComparison.Ordinal);
        at = await TypeAsync(await TypeAsync(at, "6"), "3");
        Assert.StartsWith(Words(BoxPhrase.NotReached), Said(at.Prompt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key8_ForwardsToAnotherBox()
    {
        await _fixture.AddMessageAsync("one");
        GatherCommand at = await TypeAsync(await EnterAsync(), "1");
        at = await TypeAsync(await TypeAsync(at, "8"), "999");
        Assert.StartsWith(Words(BoxPhrase.Wrong), Said(at.Prompt), StringComparison.Ordinal);
        at = await TypeAsync(await TypeAsync(at, "8"), "101");
        Assert.Equal(Words(BoxPhrase.ForwardHow), Said(at.Prompt));

        // 101 is in the configuration and not in the database (any more).
        at = await TypeAsync(at, "2");
        Assert.StartsWith(Words(BoxPhrase.NotSent), Said(at.Prompt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Greeting_IsRecorded_HeardAndKept_AlsoWhenTheOwnerHangsUpAtOnce()
    {
        GatherCommand greeting = await TypeAsync(await TypeAsync(await EnterAsync(), "0"), "1");
        Assert.Equal(Words(BoxPhrase.Greeting), Said(greeting.Prompt));
        RecordingInfo take = await TakeAsync(greeting);
        GatherCommand review = _probe.Expect<GatherCommand>();
        GatherCommand heard = await TypeAsync(review, "2");
        Assert.Equal(new RecordedMedia(take.File), heard.Prompt[0]);
        _probe.CompleteGather(heard, "1", GatherEnd.MaxDigits);
        _probe.Tell(new CallEnded { Record = null! });
        await GoneAsync(take);

        Assert.Equal("voicemail-100-unavailable", VoicemailSettings.Of(await _fixture.ReadBoxAsync()).Unavailable?.Prompt);
    }

    [Fact]
    public async Task Take_ThatIsCutByHangingUp_StaysNowhere_NorWhenTheServerIsKilled()
    {
        GatherCommand speak = await TypeAsync(await TypeAsync(await TypeAsync(await EnterAsync(), "0"), "1"), "1");
        _probe.CompleteGather(speak, "", GatherEnd.NoInput);
        RecordStartCommand record = _probe.Expect<RecordStartCommand>();
        RecordingInfo take = _fixture.SaveSound("2026-11-23/take.wav");
        _probe.Tell(new RecordingChanged { Stage = RecordingStage.Started, Recording = take });
        await _probe.PumpUntilAsync(() => Directory.GetFiles(_fixture.Intents, "*.json").Length == 1);
        Assert.True(_fixture.Messages.HasFile(take.File));

        // While the call lasts nobody takes it away.
        await _fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(_fixture.Recordings, take.File)));
        _probe.Tell(new RecordingEnded { CommandId = record.CommandId, Outcome = CommandOutcome.HungUp, Recording = take });
        Assert.Equal(ActivityOutcome.HungUp, _probe.Result?.Outcome);
        Save(take);
        await GoneAsync(take);
        Assert.Empty(Directory.GetFiles(_fixture.Intents));

        // What a server that was killed has left is found by the next, which has no call for it.
        RecordingInfo lost = _fixture.SaveSound("2026-11-23/lost.wav");
        var intent = new VoicemailIntent { TenantId = _fixture.Tenant.TenantId, BoxId = Guid.Empty, CallId = lost.CallId, StartedAt = lost.StartedAt, File = lost.File, IsTake = true };
        Assert.True(_fixture.Messages.TryBegin(intent, isHeld: true));
        _fixture.Messages.Keep(intent);
        await _fixture.RestartAsync();
        _fixture.Messages.Publish(new RecordingChanged { CallId = lost.CallId, Stage = RecordingStage.Saved, Recording = lost });
        await GoneAsync(lost);
        Assert.Empty(await _fixture.RowsAsync());
    }

    [Fact]
    public async Task Take_ThatIsNotKept_IsRemoved()
    {
        RecordingInfo take = await TakeAsync(await TypeAsync(await TypeAsync(await EnterAsync(), "0"), "4"));
        GatherCommand options = await TypeAsync(_probe.Expect<GatherCommand>(), "*");
        Assert.Equal(Words(BoxPhrase.Options), Said(options.Prompt));
        await GoneAsync(take);

        Assert.Null(VoicemailSettings.Of(await _fixture.ReadBoxAsync()).Temporary);
    }

    [Fact]
    public async Task Pin_IsChanged_WhenItIsGoodAndTypedTwice()
    {
        GatherCommand options = await TypeAsync(await EnterAsync(), "0");
        options = await TypeAsync(await TypeAsync(options, "5"), "1234");
        Assert.StartsWith(Words(BoxPhrase.BadPin), Said(options.Prompt), StringComparison.Ordinal);
        options = await TypeAsync(await TypeAsync(await TypeAsync(options, "5"), "502739"), "502738");
        Assert.StartsWith(Words(BoxPhrase.Different), Said(options.Prompt), StringComparison.Ordinal);
        GatherCommand again = await TypeAsync(await TypeAsync(options, "5"), "502739");
        Assert.True(again.IsSensitive);
        options = await TypeAsync(again, "502739");
        Assert.StartsWith(Words(BoxPhrase.Saved), Said(options.Prompt), StringComparison.Ordinal);
        Assert.Equal(BoxEntry.Open, (await _fixture.Desk.SignInAsync(_fixture.Tenant, "100", "502739")).Entry);
    }

    [Fact]
    public async Task KeysThatMeanNothing_EndTheCall_AfterThree()
    {
        GatherCommand at = await EnterAsync();
        at = await TypeAsync(await TypeAsync(at, "8"), "");
        _probe.CompleteGather(at, "8", GatherEnd.MaxDigits);
        _probe.CompletePlay(_probe.Expect<PlayCommand>());
        Assert.Equal(ActivityOutcome.TimedOut, _probe.Result?.Outcome);
    }

    [Fact]
    public void Place_HasAKeyOut_AndEveryPhraseIsThereInEachLanguage()
    {
        Assert.All(Enum.GetValues<BoxPhrase>(), static phrase => Assert.Equal(5, new[] { "en", "de", "es", "fr", "it" }.Select(language => BoxMenuTexts.Say(phrase, language, "a", "b", "c")).Count(static text => text.Length > 0)));
        Assert.Equal("am 3. November um 9 Uhr 5", BoxMenuTexts.When(new DateTimeOffset(2026, 11, 3, 8, 5, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), new DateTimeOffset(2026, 11, 23, 8, 5, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), "Europe/Berlin", "de-AT"));
        Assert.Equal("yesterday at 11 30 p m", BoxMenuTexts.When(new DateTimeOffset(2026, 11, 23, 4, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), "America/New_York", "en"));
        _probe = CallProbe.Start(new BoxMenuActivity(new BoxMenuAction()));
        Assert.Equal(ActivityOutcome.Failed, _probe.Result?.Outcome);
    }

    private static string Words(BoxPhrase phrase) => BoxMenuTexts.Say(phrase, "en");

    private static string Said(IEnumerable<PlayMedia> media) => string.Join(' ', media.OfType<TextMedia>().Select(static text => text.Text));

    private void Start(string? account = null)
    {
        var owner = new User { Name = "ann", Account = "ann-phone" };
        _fixture.Box.UserId = owner.Id;
        var configuration = new TenantConfiguration
        {
            Tenant = _fixture.Configuration.Tenant,
            Boxes = new Dictionary<string, VoicemailBox> { ["100"] = _fixture.Box, ["101"] = new VoicemailBox { TenantId = _fixture.Tenant.TenantId, Box = "101" } }.ToFrozenDictionary(),
            Users = new Dictionary<string, User> { ["ann"] = owner }.ToFrozenDictionary(),
        };
        var facts = new CallFacts { CallId = CallProbe.CallId, TenantId = _fixture.Tenant.TenantId, Number = "+12025550100", Caller = "+12025550177", Called = "+12025550100", Account = account };
        VoicemailDesk desk = _fixture.Desk;
        _probe = CallProbe.Start(new BoxMenuActivity(new BoxMenuAction()), facts, configuration, services: shared => shared with { VoicemailDesk = desk, Voicemail = _fixture.Messages });
        _probe.Complete(_probe.Expect<AnswerCommand>());
    }

    /// <summary>At the main menu, signed in.</summary>
    private async Task<GatherCommand> EnterAsync()
    {
        _fixture.Box.Settings = """{ "trustOwnerPhones": true }""";
        Start("ann-phone");
        return Assert.IsType<GatherCommand>(await ComesAsync());
    }

    // The next command comes after the database was asked.
    private async Task<CallCommand> ComesAsync()
    {
        CallCommand? next = null;
        await _probe.PumpUntilAsync(() => (next ??= _probe.Next()) is not null);
        return next!;
    }

    private async Task<GatherCommand> TypeAsync(GatherCommand asked, string keys)
    {
        _probe.CompleteGather(asked, keys, keys.Length == 0 ? GatherEnd.NoInput : GatherEnd.MaxDigits);
        return Assert.IsType<GatherCommand>(await ComesAsync());
    }

    private async Task GoneAsync(RecordingInfo take)
    {
        for (long began = Environment.TickCount64; File.Exists(Path.Combine(_fixture.Recordings, take.File)) || _fixture.Messages.OpenMessages > 0; await Task.Yield())
        {
            Assert.True(Environment.TickCount64 - began < 60_000);
            await _fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        }
    }

    private async Task<RecordingInfo> TakeAsync(GatherCommand asked)
    {
        GatherCommand speak = await TypeAsync(asked, "1");
        Assert.Equal(Words(BoxPhrase.Record), Said(speak.Prompt));
        _probe.CompleteGather(speak, "", GatherEnd.NoInput);
        RecordStartCommand record = _probe.Expect<RecordStartCommand>();
        RecordingInfo take = _fixture.SaveSound("2026-11-23/take.wav");
        _probe.Tell(new RecordingChanged { Stage = RecordingStage.Started, Recording = take });
        _probe.CompleteGather(_probe.Expect<GatherCommand>(), "1", GatherEnd.MaxDigits);
        _probe.Expect<RecordStopCommand>();
        _probe.Tell(new RecordingEnded { CommandId = record.CommandId, Outcome = CommandOutcome.Completed, Recording = take });
        Save(take);
        return take;
    }

    private void Save(RecordingInfo take)
    {
        var saved = new RecordingChanged { CallId = take.CallId, Stage = RecordingStage.Saved, Recording = take };
        _fixture.Messages.Publish(saved);
        _probe.Tell(saved);
    }
}
