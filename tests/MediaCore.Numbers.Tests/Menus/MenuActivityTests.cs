using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Menus;

public sealed class MenuActivityTests
{
    private const string Asks = """ "main": { "type": "gather", "prompt": "Press a key.", "options": { "1": "one", "2": { "end": "exited" } }, "timeout": { "end": "timedOut" }, "invalid": { "end": "rejected" } }, "one": { "type": "play", "prompt": "One.", "next": "end" } """;

    [Fact]
    public async Task Caller_IsAnswered_WhenThereIsSomethingToSay_AndNotBefore()
    {
        MenuWorld world = MenuWorld.Of("first", """ "first": { "type": "set", "variables": { "a": "1" }, "next": "main" }, """ + Asks);
        await using CallProbe probe = world.Call(isAnswered: false);
        AnswerCommand answer = probe.Expect<AnswerCommand>();
        probe.ExpectNothing();
        probe.Complete(answer);
        Assert.Equal("Press a key.", Said(probe.Expect<GatherCommand>()));
    }

    [Fact]
    public async Task Caller_WhoCannotBeAnswered_EndsTheMenu()
    {
        await using CallProbe probe = MenuWorld.Of("main", Asks).Call(isAnswered: false);
        probe.Complete(probe.Expect<AnswerCommand>(), CommandOutcome.Failed);
        Assert.Equal(ActivityOutcome.Failed, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Key_LeadsToItsNode_AndThePathIsInTheTrace()
    {
        await using CallProbe probe = MenuWorld.Of("main", Asks).Call();
        probe.CompleteGather(probe.Expect<GatherCommand>(), "1", GatherEnd.MaxDigits);
        PlayCommand play = probe.Expect<PlayCommand>();
        Assert.Equal([new TextMedia("One.", "en")], play.Media);
        probe.CompletePlay(play);
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal(["node main", "main: key 1", "node one"], probe.Completed!.Trace.Where(static line => line.Kind == "menu").Select(static line => line.Text).Skip(1));
    }

    [Fact]
    public async Task Play_IsEndedByADigit_WhichStaysForTheNextGather()
    {
        await using CallProbe probe = MenuWorld.Of("hello", """ "hello": { "type": "play", "prompt": "Hello.", "next": "main" }, """ + Asks).Call();
        PlayCommand play = probe.Expect<PlayCommand>();
        probe.Tell(new DigitReceived { Digit = '1' });
        Assert.Equal(play.CommandId, probe.Expect<StopPlaybackCommand>().Playback);
        probe.Tell(new DigitReceived { Digit = '2' });
        probe.ExpectNothing();
        probe.CompletePlay(play, CommandOutcome.Stopped);
        Assert.False(probe.Expect<GatherCommand>().Flush);
    }

    [Fact]
    public async Task Play_WithoutBargeIn_IsHeardToItsEnd_AndOneThatFails_GoesOn()
    {
        await using CallProbe probe = MenuWorld.Of("hello", """ "hello": { "type": "play", "prompt": { "file": "gone.wav" }, "bargeIn": false, "next": "main" }, """ + Asks).Call();
        PlayCommand play = probe.Expect<PlayCommand>();
        Assert.Equal([new FileMedia("gone.wav")], play.Media);
        probe.Tell(new DigitReceived { Digit = '1' });
        probe.ExpectNothing();
        probe.CompletePlay(play, CommandOutcome.Failed);
        probe.Expect<GatherCommand>();
    }

    [Fact]
    public async Task Prompts_AreThoseOfTheCallsLanguage_AndWhatIsNotThere_IsLeftOut()
    {
        MenuWorld world = MenuWorld.Of(
            "main",
            """ "main": { "type": "play", "language": "de-AT", "prompt": [{ "prompt": "welcome" }, { "prompt": "gone" }, { "texts": { "en": "Bye {who}.", "de": "Bis bald, {who}, {pin:digits}, {closes:time}." } }], "next": "end" } """);
        world.Prompts.Add(new Prompt { Name = "welcome", Language = "de", File = "de/welcome.wav" });
        world.Prompts.Add(new Prompt { Name = "welcome", Language = "en", File = "en/welcome.wav" });
        world.Menus["main"] = world.Menus["main"].Replace("\"start\": \"main\"", "\"start\": \"set\"", StringComparison.Ordinal).Replace("\"main\": {", "\"set\": { \"type\": \"set\", \"variables\": { \"who\": \"Eva\", \"pin\": \"12345\", \"closes\": \"17:30\" }, \"next\": \"main\" }, \"main\": {", StringComparison.Ordinal);
        await using CallProbe probe = world.Call();
        Assert.Equal([new FileMedia("de/welcome.wav"), new TextMedia("Bis bald, Eva, 1 2 3 4, 5, 17 Uhr 30.", "de")], probe.Expect<PlayCommand>().Media);
    }

    [Fact]
    public async Task Prompt_ThatTheEngineRefuses_IsLeftOut_AndItAsksAllTheSame()
    {
        await using CallProbe probe = MenuWorld.Of("hello", """ "hello": { "type": "play", "prompt": "Hello.", "next": "main" }, """ + Asks).Call();
        PlayCommand play = probe.Expect<PlayCommand>();
        probe.Control.Refusal = static command => command is GatherCommand { Prompt.Count: > 0 } or PlayCommand ? CommandReply.Refuse(CommandStatus.InvalidArgument, "no") : null;
        probe.CompletePlay(play);
        Assert.Single(probe.Expect<GatherCommand>().Prompt);
        GatherCommand again = probe.Expect<GatherCommand>();
        Assert.Empty(again.Prompt);
        probe.CompleteGather(again, "1", GatherEnd.MaxDigits);
        probe.Expect<PlayCommand>();
        probe.Pump();
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
    }

    [Theory]
    [InlineData("gold", "one")]
    [InlineData("silver", null)]
    public async Task Switch_GoesByTheVariable(string value, string? leadsTo)
    {
        MenuWorld world = MenuWorld.Of("set", $$"""
            "set": { "type": "set", "variables": { "who": "{{value}}", "tier": "{who}" }, "next": "switch" },
            "switch": { "type": "switch", "variable": "tier", "cases": { "gold": "one" }, "default": { "end": "exited" } },
            "one": { "type": "play", "prompt": "One.", "next": "end" }
            """);
        await using CallProbe probe = world.Call();
        if (leadsTo is null)
        {
            Assert.Equal(ActivityOutcome.Exited, probe.Result?.Outcome);
        }
        else
        {
            probe.Expect<PlayCommand>();
        }
    }

    [Theory]
    [InlineData("""{ "week": { "mon-sun": "open" } }""", ActivityOutcome.Completed)]
    [InlineData("""{ "week": {} }""", ActivityOutcome.Exited)]
    [InlineData(null, ActivityOutcome.Exited)]
    public async Task Schedule_DecidesByItsState(string? hours, ActivityOutcome outcome)
    {
        MenuWorld world = MenuWorld.Of("s", """ "s": { "type": "schedule", "schedule": "Office", "open": "end", "closed": { "end": "exited" } } """);
        if (hours is not null)
        {
            world.Schedules.Add(new Schedule { Name = "office", Hours = hours });
        }

        await using CallProbe probe = world.Call();
        Assert.Equal(outcome, probe.Result?.Outcome);
    }

    [Fact]
    public async Task SubMenu_IsLedThrough_AndComesBack_ByItsOutcome()
    {
        MenuWorld world = MenuWorld.Of("go", """ "go": { "type": "menu", "menu": "sub", "next": { "end": "completed" }, "exits": { "timedOut": { "end": "exited" } } } """)
            .With(static one => one.Menus["sub"] = $$"""{ "start": "main", "nodes": { {{Asks}} } }""");
        await using CallProbe probe = world.Call();
        probe.CompleteGather(probe.Expect<GatherCommand>(), "2", GatherEnd.MaxDigits);
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);

        await using CallProbe other = world.Call();
        for (int i = 0; i < 3; i++)
        {
            other.CompleteGather(other.Expect<GatherCommand>(), "", GatherEnd.NoInput);
        }

        Assert.Equal(ActivityOutcome.Exited, other.Result?.Outcome);
    }

    [Fact]
    public async Task Menu_ThatIsNotInForce_OrLeadsToItselfForEver_EndsAsFailed()
    {
        await using CallProbe probe = CallProbe.Start(new Numbers.Menus.MenuActivity("gone"), isAnswered: true);
        Assert.Equal(ActivityOutcome.Failed, probe.Result?.Outcome);
        MenuWorld world = MenuWorld.Of("a", """ "a": { "type": "set", "variables": {}, "next": "b" }, "b": { "type": "set", "variables": {}, "next": "a" } """);
        await using CallProbe round = world.Call();
        Assert.Equal(ActivityOutcome.Failed, round.Result?.Outcome);
        world.Menus["main"] = """{ "start": "a", "nodes": { "a": { "type": "menu", "menu": "main", "next": "end" } } }""";
        await using CallProbe deep = world.Call();
        Assert.NotNull(deep.Result);
    }

    [Fact]
    public async Task Action_EndsTheMenu_AsItEnds_UnlessAnExitSaysOtherwise()
    {
        const string Ring = """{ "do": "ring", "targets": [{ "number": "+12025550123" }] }""";
        await using CallProbe plain = MenuWorld.Of("a", $$""" "a": { "type": "action", "action": {{Ring}} } """).Call();
        plain.CompleteDial(plain.Expect<DialCommand>(), 486, 17);
        Assert.Equal(ActivityOutcome.Busy, plain.Result?.Outcome);

        await using CallProbe led = MenuWorld.Of("a", $$""" "a": { "type": "action", "action": {{Ring}}, "exits": { "busy": "sorry" } }, "sorry": { "type": "play", "prompt": "Sorry.", "next": "end" } """).Call();
        led.CompleteDial(led.Expect<DialCommand>(), 486, 17);
        led.CompletePlay(led.Expect<PlayCommand>());
        Assert.Equal(ActivityOutcome.Completed, led.Result?.Outcome);
    }

    [Fact]
    public async Task HangUp_EndsTheMenu()
    {
        await using CallProbe probe = MenuWorld.Of("main", Asks).Call();
        GatherCommand gather = probe.Expect<GatherCommand>();
        probe.Tell(new GatherEnded { CommandId = gather.CommandId, Outcome = CommandOutcome.HungUp, Reason = GatherEnd.HungUp });
        Assert.Equal(ActivityOutcome.HungUp, probe.Result?.Outcome);
        probe.ExpectNothing();
    }

    internal static string Said(GatherCommand gather) => string.Join('|', gather.Prompt.Cast<TextMedia>().Select(static text => text.Text));
}
