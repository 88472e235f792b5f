using System.Text.Json;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Plans;

namespace MediaCore.Numbers.Tests.Plans;

public sealed class PlanReaderTests
{
    [Fact]
    public void Document_WithManyMistakes_IsToldAllOfThem_WithTheirPaths()
    {
        DocumentErrors errors = new();
        PlanReader.Parse(
            """
            {
              "rules": [
                { "name": "a", "when": { "caller": "+1 2", "anonymous": true }, "then": [{ "do": "rign" }] },
                { "name": "A", "when": { "all": [] }, "then": [{ "do": "ring", "targets": [{ "user": "x", "number": "+1" }], "strategy": "random", "seconds": 0 }] },
                { "then": [{ "do": "forward", "to": "0123" }, { "do": "reject", "status": 487 }, { "do": "plan" }], "else": { "bussy": [] }, "sotp": true },
                { "name": "d", "when": { "percent": [60, 30] }, "then": [{ "do": "announce", "prompt": { "prompt": "x", "text": "y" } }] },
                { "name": "e", "when": { "any": [{ "callerList": "vip" }, { "callerCountry": "XX" }, { "queue": "q", "waiting": {} }, 5] }, "then": [{ "do": "set", "variables": { "a b": "1" } }, { "do": "notify" }, { "do": "announce", "prompt": { "file": "../x.wav" } }] }
              ],
              "lists": { "empty": [""] }
            }
            """,
            "salt", errors);
        Assert.Equal(
            [
                "$.default", "$.lists.empty[0]",
                "$.rules[0].then[0].do", "$.rules[0].when",
                "$.rules[1]", "$.rules[1].then[0].seconds", "$.rules[1].then[0].strategy", "$.rules[1].then[0].targets[0]", "$.rules[1].when.all",
                "$.rules[2].else.bussy", "$.rules[2].name", "$.rules[2].sotp", "$.rules[2].then[0].to", "$.rules[2].then[1].status", "$.rules[2].then[2].plan",
                "$.rules[3].then[0].prompt", "$.rules[3].when.percent",
                "$.rules[4].then[0].variables['a b']", "$.rules[4].then[1]", "$.rules[4].then[2].prompt",
                "$.rules[4].when.any[0].callerList", "$.rules[4].when.any[1].callerCountry", "$.rules[4].when.any[2].waiting", "$.rules[4].when.any[3]",
            ],
            errors.All.Select(static error => error.Path).Order(StringComparer.Ordinal));
        Assert.All(errors.All, static error => Assert.False(string.IsNullOrWhiteSpace(error.Message)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("5")]
    public void Document_ThatIsNone_IsRefused(string document)
    {
        DocumentErrors errors = new();
        Assert.Null(PlanReader.Parse(document, "", errors));
        Assert.Equal("$", Assert.Single(errors.All).Path);
    }

    [Fact]
    public void Rule_WithAConditionThatCannotBeRead_NeverHolds()
    {
        Plan plan = PlanReader.Parse("""{ "rules": [{ "name": "a", "when": 5, "then": [] }], "default": { "then": [] } }""", "", new DocumentErrors())!;
        Assert.Equal(1, plan.Decide(new PlanWorld().Facts()));
    }

    [Fact]
    public void EveryAction_IsRead()
    {
        Plan plan = PlanWorld.Read(
            """
            { "default": { "then": [
              { "do": "ring", "targets": [{ "user": "ann" }, { "account": "b" }, { "number": "+442079460000", "weight": 3 }, { "uri": "sip:a@b.example" }, { "trunk": "t", "dial": "123" }, { "extension": "201" }], "strategy": "longest-idle", "seconds": 9, "ringback": "hold" },
              { "do": "forward", "to": "+442079460000", "seconds": 9, "confirm": true, "confirmPrompt": { "texts": { "de": "ja" } } },
              { "do": "menu", "menu": "m" }, { "do": "queue", "queue": "q", "priority": 3, "skills": { "de": 50 } },
              { "do": "voicemail", "box": "100", "greeting": "closed" }, { "do": "voicemail-menu", "box": "100" },
              { "do": "announce", "prompt": { "prompt": "p" }, "answer": false }, { "do": "reject", "status": 486, "cause": 17, "prompt": { "file": "a/b.wav" } },
              { "do": "redirect", "contacts": "sip:a@b.example" }, { "do": "hangup", "cause": 31 }, { "do": "control", "application": "bot" }, { "do": "plan", "plan": "p" },
              { "do": "set", "variables": { "a": "1" } }, { "do": "tag", "tags": ["x"] }, { "do": "notify", "mail": "a@b.example", "sms": ["+12025550100"], "webhook": true, "text": "t" }, { "do": "record", "on": false }
            ] } }
            """);
        IReadOnlyList<CallAction> actions = Assert.Single(plan.Rules).Then;
        Assert.Equal(ActionReader.Vocabulary.Count, actions.Select(static one => one.GetType()).Distinct().Count());
        RingAction ring = Assert.IsType<RingAction>(actions[0]);
        Assert.Equal((RingStrategy.LongestIdle, 9, "hold", 6, 3), (ring.Strategy, ring.Seconds, ring.Ringback!.Text, ring.Targets.Count, ring.Targets[2].Weight));
        ForwardAction forward = Assert.IsType<ForwardAction>(actions[1]);
        Assert.Equal(("+442079460000", true, "ja"), (forward.To.Number, forward.Confirm, forward.ConfirmPrompt!.Texts!["de"]));
        Assert.Equal((3, 50), (Assert.IsType<QueueAction>(actions[3]).Priority, Assert.IsType<QueueAction>(actions[3]).Skills["de"]));
        Assert.Equal(GreetingReason.Closed, Assert.IsType<VoicemailAction>(actions[4]).Greeting);
        Assert.False(Assert.IsType<RecordAction>(actions[^1]).On);
    }

    /// <summary>What is published is what is read: the same actions, conditions and ends, each with the same members.</summary>
    [Fact]
    public void Schema_HasTheVocabularyOfTheReader()
    {
        using var schema = JsonDocument.Parse(PlanSchema.Json);
        JsonElement defs = schema.RootElement.GetProperty("$defs");
        Dictionary<string, string[]> actions = defs.GetProperty("action").GetProperty("oneOf").EnumerateArray().ToDictionary(
            static one => one.GetProperty("properties").GetProperty("do").GetProperty("const").GetString()!, static one => Members(one).Where(static name => name != "do").ToArray(), StringComparer.Ordinal);
        Assert.Equal(Lines(ActionReader.Vocabulary), Lines(actions));
        Dictionary<string, string[]> conditions = defs.GetProperty("condition").GetProperty("oneOf").EnumerateArray().ToDictionary(
            static one => one.GetProperty("required")[0].GetString()!, static one => Members(one).Where(name => name != one.GetProperty("required")[0].GetString()).ToArray(), StringComparer.Ordinal);
        Assert.Equal(Lines(PlanReader.Conditions), Lines(conditions));
        Assert.Equal(PlanReader.Outcomes.Keys.Append("any").Order(StringComparer.Ordinal), Members(defs.GetProperty("else")).Order(StringComparer.Ordinal));
        Assert.Equal(
            ActionReader.Strategies.Keys.Order(StringComparer.Ordinal),
            defs.GetProperty("action").GetProperty("oneOf")[0].GetProperty("properties").GetProperty("strategy").GetProperty("enum").EnumerateArray().Select(static one => one.GetString()!).Order(StringComparer.Ordinal));

        static IEnumerable<string> Members(JsonElement of) => of.GetProperty("properties").EnumerateObject().Select(static member => member.Name);

        static IEnumerable<string> Lines(IReadOnlyDictionary<string, string[]> words) => words.Select(static one => $"{one.Key}: {string.Join(' ', one.Value.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal);
    }
}
