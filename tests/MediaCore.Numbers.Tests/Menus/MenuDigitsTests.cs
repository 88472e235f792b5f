using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Menus;

/// <summary>The rules of gathering: what each way in which a gather can end means for options, extensions and free input.</summary>
public sealed class MenuDigitsTests
{
    private const string Exits = """ "timeout": { "end": "timedOut" }, "invalid": { "end": "rejected" }, "maxTimeouts": 1, "maxInvalid": 1 """;

    /// <summary>Every reason, with and without digits, where options alone are right: the outcome, or null where it asks for more.</summary>
    [Theory]
    [InlineData(GatherEnd.MaxDigits, "1", ActivityOutcome.Completed)]
    [InlineData(GatherEnd.MaxDigits, "3", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.MaxDigits, "2", null)]
    [InlineData(GatherEnd.Terminator, "1", ActivityOutcome.Completed)]
    [InlineData(GatherEnd.Terminator, "2", ActivityOutcome.Exited)]
    [InlineData(GatherEnd.Terminator, "", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.Interdigit, "2", ActivityOutcome.Exited)]
    [InlineData(GatherEnd.Interdigit, "3", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.NoInput, "", ActivityOutcome.TimedOut)]
    [InlineData(GatherEnd.NoMatch, "", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.NoMatch, "3", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.Overall, "", ActivityOutcome.TimedOut)]
    [InlineData(GatherEnd.Overall, "2", ActivityOutcome.Exited)]
    [InlineData(GatherEnd.Stopped, "", ActivityOutcome.TimedOut)]
    [InlineData(GatherEnd.Stopped, "2", ActivityOutcome.Exited)]
    [InlineData(GatherEnd.HungUp, "", ActivityOutcome.HungUp)]
    public async Task Options_ByTheGathersEnd(GatherEnd reason, string digits, ActivityOutcome? outcome)
    {
        await using CallProbe probe = MenuWorld.Of("g", $$""" "g": { "type": "gather", "options": { "1": "end", "2": { "end": "exited" }, "21": { "end": "full" } }, {{Exits}} } """).Call();
        probe.CompleteGather(probe.Expect<GatherCommand>(), digits, reason);
        Assert.Equal(outcome, probe.Result?.Outcome);
    }

    [Theory]
    [InlineData(GatherEnd.MaxDigits, "1234", ActivityOutcome.Completed)]
    [InlineData(GatherEnd.Terminator, "123", ActivityOutcome.Completed)]
    [InlineData(GatherEnd.Terminator, "9", ActivityOutcome.Exited)]
    [InlineData(GatherEnd.Interdigit, "12", ActivityOutcome.Completed)]
    [InlineData(GatherEnd.NoMatch, "1", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.NoMatch, "", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.NoInput, "", ActivityOutcome.TimedOut)]
    [InlineData(GatherEnd.Overall, "12", ActivityOutcome.Completed)]
    [InlineData(GatherEnd.Overall, "1", ActivityOutcome.Rejected)]
    [InlineData(GatherEnd.Overall, "", ActivityOutcome.TimedOut)]
    [InlineData(GatherEnd.Stopped, "", ActivityOutcome.TimedOut)]
    [InlineData(GatherEnd.HungUp, "12", ActivityOutcome.HungUp)]
    public async Task FreeInput_ByTheGathersEnd(GatherEnd reason, string digits, ActivityOutcome outcome)
    {
        await using CallProbe probe = MenuWorld.Of("g", $$""" "g": { "type": "gather", "min": 2, "max": 4, "variable": "code", "options": { "9": { "end": "exited" } }, "next": "end", {{Exits}} } """).Call();
        GatherCommand gather = probe.Expect<GatherCommand>();
        Assert.Equal((2, 4, "#"), (gather.MinDigits, gather.MaxDigits, gather.Terminators));
        probe.CompleteGather(gather, digits, reason);
        Assert.Equal(outcome, probe.Result?.Outcome);
        Assert.Equal(outcome == ActivityOutcome.Completed ? digits : null, probe.Stage.Variables.GetValueOrDefault("code"));
    }

    [Fact]
    public async Task Terms_AreThoseOfTheDocument_AndTheDefaultsOfTheMap()
    {
        await using CallProbe plain = MenuWorld.Of("g", $$""" "g": { "type": "gather", "prompt": "Press.", "options": { "1": "end" }, {{Exits}} } """).Call();
        GatherCommand gather = plain.Expect<GatherCommand>();
        Assert.Equal(
            (1, 1, "#", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3), TimeSpan.Zero, true, false, false),
            (gather.MinDigits, gather.MaxDigits, gather.Terminators, gather.InitialTimeout, gather.InterdigitTimeout, gather.OverallTimeout, gather.BargeIn, gather.Flush, gather.IsSensitive));

        await using CallProbe own = MenuWorld.Of(
            "g",
            $$""" "g": { "type": "gather", "next": "end", "variable": "pin", "min": 4, "max": 6, "terminators": "*", "timeoutMs": 7000, "interdigitMs": 1500, "overallMs": 20000, "bargeIn": false, "typeAhead": false, "sensitive": true, {{Exits}} } """).Call();
        gather = own.Expect<GatherCommand>();
        Assert.Equal(
            (4, 6, "*", TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(20), false, true, true),
            (gather.MinDigits, gather.MaxDigits, gather.Terminators, gather.InitialTimeout, gather.InterdigitTimeout, gather.OverallTimeout, gather.BargeIn, gather.Flush, gather.IsSensitive));
    }

    [Fact]
    public async Task Terminator_IsNone_WhereAnOptionHasIt()
    {
        await using CallProbe probe = MenuWorld.Of("g", $$""" "g": { "type": "gather", "options": { "#": "end" }, {{Exits}} } """).Call();
        Assert.Equal("", probe.Expect<GatherCommand>().Terminators);
    }

    [Fact]
    public async Task Keys_ThatBeginWithEachOther_AreTakenAsFarAsTheyCanBecomeOne()
    {
        MenuWorld world = MenuWorld.Of("g", $$""" "g": { "type": "gather", "prompt": "Press.", "interdigitMs": 2000, "options": { "1": { "end": "completed" }, "123": { "end": "exited" }, "45": { "end": "full" } }, {{Exits}} } """);

        // 1 and nothing more within the time between two digits.
        await using CallProbe one = world.Call();
        GatherCommand first = one.Expect<GatherCommand>();
        Assert.Equal(1, first.MaxDigits);
        one.CompleteGather(first, "1", GatherEnd.MaxDigits);
        GatherCommand more = one.Expect<GatherCommand>();
        Assert.Equal((2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), false), (more.MaxDigits, more.InitialTimeout, more.InterdigitTimeout, more.Flush));
        Assert.Empty(more.Prompt);
        one.CompleteGather(more, "", GatherEnd.NoInput);
        Assert.Equal(ActivityOutcome.Completed, one.Result?.Outcome);

        // 1 2 3 is taken at once, without waiting.
        await using CallProbe three = world.Call();
        three.CompleteGather(three.Expect<GatherCommand>(), "1", GatherEnd.MaxDigits);
        three.CompleteGather(three.Expect<GatherCommand>(), "23", GatherEnd.MaxDigits);
        Assert.Equal(ActivityOutcome.Exited, three.Result?.Outcome);

        // 1 2 is none; 4 alone is none either.
        await using CallProbe two = world.Call();
        two.CompleteGather(two.Expect<GatherCommand>(), "1", GatherEnd.MaxDigits);
        two.CompleteGather(two.Expect<GatherCommand>(), "2", GatherEnd.Interdigit);
        Assert.Equal(ActivityOutcome.Rejected, two.Result?.Outcome);
        await using CallProbe four = world.Call();
        four.CompleteGather(four.Expect<GatherCommand>(), "4", GatherEnd.MaxDigits);
        four.CompleteGather(four.Expect<GatherCommand>(), "", GatherEnd.Terminator);
        Assert.Equal(ActivityOutcome.Rejected, four.Result?.Outcome);
    }

    [Fact]
    public async Task Overall_HoldsOverBothHalvesOfAnAttempt()
    {
        MenuWorld world = MenuWorld.Of("g", $$""" "g": { "type": "gather", "overallMs": 4000, "options": { "1": { "end": "completed" }, "12": { "end": "exited" } }, {{Exits}} } """);
        await using CallProbe probe = world.Call();
        GatherCommand first = probe.Expect<GatherCommand>();
        Assert.Equal(TimeSpan.FromSeconds(4), first.OverallTimeout);
        probe.Advance(TimeSpan.FromSeconds(3));
        probe.CompleteGather(first, "1", GatherEnd.MaxDigits);
        Assert.Equal(TimeSpan.FromSeconds(1), probe.Expect<GatherCommand>().OverallTimeout);

        await using CallProbe late = world.Call();
        first = late.Expect<GatherCommand>();
        late.Advance(TimeSpan.FromMilliseconds(3950));
        late.CompleteGather(first, "1", GatherEnd.MaxDigits);
        Assert.Equal(ActivityOutcome.Completed, late.Result?.Outcome);
    }

    [Fact]
    public async Task Retries_AreCountedApart_AndSayWhatWasWrong()
    {
        const string Node = """ "g": { "type": "gather", "prompt": "Press.", "options": { "1": "end" }, "maxTimeouts": 2, "maxInvalid": 2, "timeoutPrompt": "Nothing heard.", "invalidPrompt": "No such key.", "timeout": { "end": "timedOut" }, "invalid": { "end": "rejected" } } """;
        await using CallProbe probe = MenuWorld.Of("g", Node).Call();
        probe.CompleteGather(probe.Expect<GatherCommand>(), "", GatherEnd.NoInput);
        GatherCommand gather = probe.Expect<GatherCommand>();
        Assert.Equal("Nothing heard.|Press.", MenuActivityTests.Said(gather));
        probe.CompleteGather(gather, "7", GatherEnd.MaxDigits);
        gather = probe.Expect<GatherCommand>();
        Assert.Equal("No such key.|Press.", MenuActivityTests.Said(gather));
        probe.CompleteGather(gather, "8", GatherEnd.MaxDigits);
        Assert.Equal(ActivityOutcome.Rejected, probe.Result?.Outcome);

        // Coming again, it counts anew.
        await using CallProbe again = MenuWorld.Of("g", Node.Replace("\"options\": { \"1\": \"end\" }", "\"options\": { \"1\": \"g\" }", StringComparison.Ordinal)).Call();
        for (int i = 0; i < 5; i++)
        {
            again.CompleteGather(again.Expect<GatherCommand>(), "", GatherEnd.NoInput);
            again.CompleteGather(again.Expect<GatherCommand>(), "1", GatherEnd.MaxDigits);
        }

        Assert.Null(again.Result);
    }

    [Fact]
    public async Task SecretDigits_AreKnownToTheMenusLookUpsAlone()
    {
        MenuWorld world = MenuWorld.Of("g", $$"""
            "g": { "type": "gather", "next": "ask", "variable": "pin", "min": 4, "max": 4, "sensitive": true, {{Exits}} },
            "ask": { "type": "lookup", "method": "POST", "url": "https://crm.example.com/check", "body": { "pin": "{pin}" }, "next": "say", "failed": "end" },
            "say": { "type": "play", "prompt": "Your number is {pin}.", "next": "end" }
            """);
        await using CallProbe probe = world.Call();
        probe.CompleteGather(probe.Expect<GatherCommand>(), "4711", GatherEnd.MaxDigits);
        Assert.Equal("""{"pin":"4711"}""", (await world.Lookup.Asked).Body);
        world.Lookup.Answer("{}");
        await probe.PumpUntilAsync(() => probe.Control.Commands.Any(static command => command is PlayCommand));
        PlayCommand play = probe.Expect<PlayCommand>();
        Assert.Equal([new TextMedia("Your number is .", "en")], play.Media);
        Assert.DoesNotContain("pin", probe.Stage.Variables.Keys);
        probe.CompletePlay(play);
        probe.Tell(new CallEnded { Record = null! });
        Assert.DoesNotContain(probe.Completed!.Trace, static line => line.Text.Contains("4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Extension_RingsItsPerson_AndComesBackByTheOutcome()
    {
        MenuWorld world = MenuWorld.Of("g", $$""" "g": { "type": "gather", "options": { "2": { "end": "full" } }, "extensions": true, "ringSeconds": 12, "exits": { "busy": { "end": "exited" } }, {{Exits}} } """);
        world.Users.AddRange([Person("alice", "Alice Smith", "201"), Person("bob", "Bob Jones", "2015"), new User { Name = "carol", Extension = "202", Account = "carol", Disabled = true }]);
        await using CallProbe probe = world.Call();
        probe.CompleteGather(probe.Expect<GatherCommand>(), "2", GatherEnd.MaxDigits);
        GatherCommand more = probe.Expect<GatherCommand>();
        Assert.Equal(2, more.MaxDigits);
        probe.CompleteGather(more, "01", GatherEnd.MaxDigits);
        more = probe.Expect<GatherCommand>();
        Assert.Equal(1, more.MaxDigits);
        probe.CompleteGather(more, "", GatherEnd.NoInput);
        DialCommand dial = probe.Expect<DialCommand>();
        Assert.Equal(TimeSpan.FromSeconds(12), dial.RingTime);
        probe.CompleteDial(dial, 486, 17);
        Assert.Equal(ActivityOutcome.Exited, probe.Result?.Outcome);

        // Who is disabled has no extension; the option is reached by the time between two digits.
        await using CallProbe other = world.Call();
        other.CompleteGather(other.Expect<GatherCommand>(), "2", GatherEnd.MaxDigits);
        other.CompleteGather(other.Expect<GatherCommand>(), "02", GatherEnd.MaxDigits);
        Assert.Equal(ActivityOutcome.Rejected, other.Result?.Outcome);
        await using CallProbe option = world.Call();
        option.CompleteGather(option.Expect<GatherCommand>(), "2", GatherEnd.MaxDigits);
        option.CompleteGather(option.Expect<GatherCommand>(), "", GatherEnd.NoInput);
        Assert.Equal(ActivityOutcome.Full, option.Result?.Outcome);
    }

    [Fact]
    public async Task Name_IsSpelledOnTheKeys_AndChosenFromWhatIsReadOut()
    {
        MenuWorld world = MenuWorld.Of("n", """ "n": { "type": "name", "prompt": "Spell the name.", "timeout": { "end": "timedOut" }, "invalid": { "end": "rejected" }, "maxInvalid": 2 } """);
        world.Users.AddRange([Person("alice", "Alice Smith", null), Person("snow", "Jon Snow", null), Person("jurgen", "Jürgen Müller", null)]);
        await using CallProbe probe = world.Call();
        GatherCommand gather = probe.Expect<GatherCommand>();
        Assert.Equal((2, "#", "Spell the name."), (gather.MinDigits, gather.Terminators, MenuActivityTests.Said(gather)));

        // 76: Smith, Snow; 758 (jur): nobody else.
        probe.CompleteGather(gather, "76", GatherEnd.Interdigit);
        GatherCommand choice = probe.Expect<GatherCommand>();
        Assert.Equal("For Alice Smith, press 1. For Jon Snow, press 2. ", MenuActivityTests.Said(choice));
        probe.Tell(new GatherEnded { CommandId = choice.CommandId, Reason = GatherEnd.NoMatch, Terminator = '*' });
        probe.CompleteGather(probe.Expect<GatherCommand>(), "99", GatherEnd.Terminator);
        probe.CompleteGather(probe.Expect<GatherCommand>(), "587436", GatherEnd.Interdigit);
        choice = probe.Expect<GatherCommand>();
        Assert.Equal("For Jürgen Müller, press 1. ", MenuActivityTests.Said(choice));
        probe.CompleteGather(choice, "1", GatherEnd.MaxDigits);
        probe.CompleteDial(probe.Expect<DialCommand>(), 480, 19);
        Assert.Equal(ActivityOutcome.NoAnswer, probe.Result?.Outcome);
    }

    private static User Person(string name, string displayName, string? extension) => new() { Name = name, DisplayName = displayName, Extension = extension, Account = name };
}
