using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Menus;

public sealed class MenuLookupTests
{
    private const string Ask = """
        "ask": {
          "type": "lookup", "url": "https://crm.example.com/callers/{call.caller}?to={call.number}&x={who}", "headers": { "X-Call": "{call.id}" }, "filler": "One moment.", "timeoutMs": 4000,
          "result": { "name": "customer.names[0]", "vip": "customer.vip", "tier": "customer.tier" }, "next": { "end": "completed" }, "failed": { "end": "exited" }
        }
        """;

    [Fact]
    public async Task Answer_SetsVariables_AndTheFillerIsHeardMeanwhile()
    {
        MenuWorld world = MenuWorld.Of("ask", Ask);
        await using CallProbe probe = world.Call();
        WebQuestion question = await world.Lookup.Asked;
        Assert.Equal("https://crm.example.com/callers/%2B12025550199?to=%2B12025550100&x=", question.Url.AbsoluteUri);
        Assert.Equal((null, TimeSpan.FromSeconds(4), CallProbe.CallId), (question.Body, question.Time, question.Headers["X-Call"]));
        probe.ExpectNothing();
        probe.Advance(TimeSpan.FromSeconds(1));
        PlayCommand filler = probe.Expect<PlayCommand>();
        Assert.Equal((0, new TextMedia("One moment.", "en")), (filler.Rounds, filler.Media.Single()));
        world.Lookup.Answer("""{ "customer": { "names": ["Eva"], "vip": true, "tier": null } }""");
        await probe.PumpUntilAsync(() => probe.Result is not null);
        Assert.Equal(filler.CommandId, probe.Expect<StopPlaybackCommand>().Playback);
        Assert.Equal(("Eva", "true", null), (probe.Stage.Variables["name"], probe.Stage.Variables["vip"], probe.Stage.Variables.GetValueOrDefault("tier")));
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Answer_ThatComesAtOnce_NeedsNoFiller()
    {
        MenuWorld world = MenuWorld.Of("ask", Ask);
        world.Lookup.Answer("{}");
        await using CallProbe probe = world.Call();
        await probe.PumpUntilAsync(() => probe.Result is not null);
        probe.Expect<HangupCommand>();
        probe.Advance(TimeSpan.FromSeconds(10));
        probe.ExpectNothing();
    }

    [Fact]
    public async Task NoAnswer_LeadsToTheFallback_AndOneThatComesLater_ChangesNothing()
    {
        MenuWorld world = MenuWorld.Of("ask", Ask.Replace("{ \"end\": \"exited\" }", "\"sorry\"", StringComparison.Ordinal) + """, "sorry": { "type": "play", "prompt": "Sorry.", "next": "end" } """);
        await using CallProbe probe = world.Call();
        await world.Lookup.Asked;
        probe.Advance(TimeSpan.FromSeconds(4));
        PlayCommand filler = probe.Expect<PlayCommand>();
        Assert.Equal(filler.CommandId, probe.Expect<StopPlaybackCommand>().Playback);
        PlayCommand sorry = probe.Expect<PlayCommand>();
        probe.CompletePlay(filler, CommandOutcome.Stopped);
        world.Lookup.Answer("""{ "customer": { "names": ["Eva"] } }""");
        probe.Pump();
        Assert.DoesNotContain("name", probe.Stage.Variables.Keys);
        probe.CompletePlay(sorry);
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Failure_LeadsToTheFallback_AtOnce()
    {
        MenuWorld world = MenuWorld.Of("ask", Ask);
        world.Lookup.Fail();
        await using CallProbe probe = world.Call();
        await probe.PumpUntilAsync(() => probe.Result is not null);
        Assert.Equal(ActivityOutcome.Exited, probe.Result?.Outcome);
        probe.Tell(new CallEnded { Record = null! });
        Assert.Contains(probe.Completed!.Trace, static line => line.Text == "ask: it answered 500");
    }
}
