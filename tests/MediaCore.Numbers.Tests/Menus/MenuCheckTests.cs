using System.Text.Json;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Plans;

namespace MediaCore.Numbers.Tests.Menus;

public sealed class MenuCheckTests
{
    [Fact]
    public void Form_WithManyMistakes_IsToldAllOfThem_WithTheirPaths()
    {
        Assert.Equal(
            [
                "$.extra",
                "$.nodes.ask.failed",
                "$.nodes.ask.method",
                "$.nodes.ask.url",
                "$.nodes.end",
                "$.nodes.free.min",
                "$.nodes.free.sensitive",
                "$.nodes.go.action.do",
                "$.nodes.main",
                "$.nodes.main.exits.hungUp",
                "$.nodes.main.max",
                "$.nodes.main.maxInvalid",
                "$.nodes.main.options.x",
                "$.nodes.main.prompt",
                "$.nodes.main.prompts",
                "$.nodes.main.terminators",
                "$.nodes.main.timeout",
                "$.nodes.nothing",
                "$.nodes.odd.type",
                "$.nodes.say.language",
                "$.nodes.say.next.end",
                "$.nodes.untyped.type",
            ],
            Paths("""
                {
                  "start": "main", "extra": 1,
                  "nodes": {
                    "main": { "type": "gather", "prompt": 7, "prompts": [], "options": { "1": "end", "x": "end" }, "max": 0, "maxInvalid": 11, "terminators": "1", "invalid": "end", "exits": { "hungUp": "end" } },
                    "free": { "type": "gather", "next": "end", "min": 3, "max": 2, "sensitive": true, "timeout": "end", "invalid": "end" },
                    "nothing": { "type": "gather", "timeout": "end", "invalid": "end" },
                    "odd": { "type": "jump" }, "untyped": {}, "end": { "type": "play", "prompt": "x", "next": "end" },
                    "ask": { "type": "lookup", "method": "PUT", "url": "https://{host}/", "next": "end" },
                    "go": { "type": "action", "action": { "do": "fly" } },
                    "say": { "type": "play", "prompt": "x", "language": "?", "next": { "end": "hungUp" } }
                  }
                }
                """).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "play", "prompt": "x", "next": "b" } } }""", "$.nodes.a.next")]
    [InlineData("""{ "start": "b", "nodes": { "a": { "type": "play", "prompt": "x", "next": "end" } } }""", "$.start", "$.nodes.a")]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "play", "prompt": "x", "next": "end" }, "b": { "type": "play", "prompt": "x", "next": "b" } } }""", "$.nodes.b")]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "set", "variables": {}, "next": "b" }, "b": { "type": "switch", "variable": "x", "cases": { "1": "a" }, "default": "end" } } }""", "$.nodes.a")]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "action", "action": { "do": "tag", "tags": ["x"] }, "exits": { "completed": "a" } } } }""", "$.nodes.a")]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "action", "action": { "do": "tag", "tags": ["x"] } } } }""", "$.nodes.a")]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "set", "variables": {}, "next": "b" }, "b": { "type": "play", "prompt": "x", "next": "a" } } }""")]
    [InlineData("""{ "start": "a", "nodes": { "a": { "type": "switch", "variable": "x", "cases": { "1": "b", "2": "b" }, "default": "b" }, "b": { "type": "set", "variables": {}, "next": "end" } } }""")]
    public void Shape_IsLookedAt(string document, params string[] paths) => Assert.Equal(paths, Paths(document));

    [Fact]
    public void References_ToWhatThereIsNot_AreTold()
    {
        const string Document = """
            {
              "start": "s",
              "nodes": {
                "s": { "type": "schedule", "schedule": "Office", "open": "g", "closed": { "do": "voicemail", "box": "100" } },
                "g": {
                  "type": "gather", "prompt": { "prompt": "Welcome" }, "invalidPrompt": ["No.", { "prompt": "gone" }], "timeout": "end", "invalid": { "do": "ring", "targets": [{ "user": "alice" }, { "user": "nobody" }] },
                  "options": { "1": { "do": "queue", "queue": "sales" }, "2": "m", "3": { "do": "plan", "plan": "other" }, "4": { "do": "announce", "prompt": { "prompt": "gone" } }, "5": { "do": "menu", "menu": "main" } }
                },
                "m": { "type": "menu", "menu": "sub", "next": "end" }
              }
            }
            """;
        HashSet<(ReferenceKind, string)> known = [(ReferenceKind.Schedule, "Office"), (ReferenceKind.Prompt, "Welcome"), (ReferenceKind.User, "alice"), (ReferenceKind.Menu, "main"), (ReferenceKind.Queue, "sales")];
        Assert.Equal(
            ["$.nodes.g.invalid.targets[1].user", "$.nodes.g.invalidPrompt", "$.nodes.g.options.3.plan", "$.nodes.g.options.4.prompt", "$.nodes.m.menu", "$.nodes.s.closed.box"],
            MenuCheck.Check(Document, (kind, name) => known.Contains((kind, name))).Select(static error => error.Path).Order(StringComparer.Ordinal));
    }

    /// <summary>The reader names the members that it knows when it meets one that it does not; the schema has the same.</summary>
    [Fact]
    public void Schema_KnowsTheNodesAndMembersThatTheReaderKnows()
    {
        using var schema = JsonDocument.Parse(MenuSchema.Json);
        JsonElement defs = schema.RootElement.GetProperty("$defs");
        Assert.Equal(MenuReader.Types.Select(static type => $"#/$defs/{type}Node"), schema.RootElement.GetProperty("properties").GetProperty("nodes").GetProperty("additionalProperties").GetProperty("oneOf").EnumerateArray().Select(static one => one.GetProperty("$ref").GetString()!));
        Assert.Equal(MenuWords.All, defs.GetProperty("outcomes").GetProperty("propertyNames").GetProperty("enum").EnumerateArray().Select(static one => one.GetString()!));
        Assert.Equal(["$schema", "language", "nodes", "start"], Known("""{ "?": 1, "start": "a", "nodes": {} }""", "$['?']"));
        Assert.Equal(["$schema", "language", "nodes", "start"], Names(schema.RootElement.GetProperty("properties")));
        foreach (string type in MenuReader.Types)
        {
            Assert.Equal(Names(defs.GetProperty(type + "Node").GetProperty("properties")), Known($$"""{ "start": "a", "nodes": { "a": { "type": "{{type}}", "?": 1 } } }""", "$.nodes.a['?']"));
        }
    }

    private static IEnumerable<string> Known(string document, string path)
    {
        string message = MenuCheck.Check(document).Single(error => error.Path == path).Message;
        return message[(message.IndexOf("known are ", StringComparison.Ordinal) + 10)..].Split(", ");
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Paths(string document) => MenuCheck.Check(document).Select(static error => error.Path);
}
