using MediaCore.LoadTests.Scenarios;

namespace MediaCore.LoadTests.Tests;

public sealed class ScenarioReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-scenario-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AllScenariosOfTheProject_AreRead()
    {
        string[] files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "scenarios"), "*.json");

        Assert.NotEmpty(files);
        Assert.All(files, static file =>
        {
            ScenarioMix? mix = ScenarioReader.Read(file, out IReadOnlyList<string> errors);
            Assert.Empty(errors);
            Assert.NotNull(mix);
        });
    }

    [Fact]
    public void Scenario_HasItsSteps()
    {
        ScenarioMix mix = Read("""{ "media": "srtp", "callee": { "ringSeconds": 0.5 }, "steps": [{ "do": "invite" }, { "do": "talk", "seconds": 2, "spread": 0.5 }, { "do": "bye" }] }""")!;

        Scenario scenario = Assert.Single(mix.Scenarios);
        Assert.True(scenario.IsSecure);
        Assert.Equal([StepKind.Invite, StepKind.Talk, StepKind.Bye], scenario.Steps.Select(static s => s.Kind));
        Assert.Equal(TimeSpan.FromSeconds(3.5), scenario.Longest);
    }

    [Theory]
    [InlineData("""{ "steps": [{ "do": "invite" }, { "do": "tlak" }, { "do": "bye" }] }""", ":1: steps[1].do: must be one of \"invite\"")]
    [InlineData("""{ "steps": [{ "do": "invite" }, { "do": "talk", "secnods": 2 }, { "do": "bye" }] }""", ":1: steps[1].secnods: ")]
    [InlineData("{\n  \"steps\": [\n    { \"do\": \"invite\" },\n    { \"do\": \"talk\", \"seconds\": \"two\" },\n    { \"do\": \"bye\" }\n  ]\n}", ":4: steps[1].seconds: must be a number of seconds")]
    [InlineData("""{ "steps": [{ "do": "invite" }, { "do": "talk" }] }""", "end with \"bye\"")]
    [InlineData("""{ "steps": [{ "do": "talk" }] }""", "begin with invite, register or message")]
    [InlineData("""{ "steps": [{ "do": "register" }, { "do": "bye" }] }""", "stands alone")]
    [InlineData("""{ "steps": [{ "do": "invite" }, { "do": "refer" }, { "do": "talk" }, { "do": "bye" }] }""", "right before \"bye\"")]
    [InlineData("""{ "media": "opus", "steps": [{ "do": "invite" }, { "do": "digits", "digits": "1" }, { "do": "bye" }] }""", "media: must be \"pcmu\" where digits are sent")]
    [InlineData("""{ "steps": [{ "do": "invite" }, { "do": "digits", "digits": "1x" }, { "do": "bye" }] }""", "steps[1].digits: must be at most 32 of")]
    [InlineData("""{ "callee": { "answers": false }, "steps": [{ "do": "invite" }, { "do": "bye" }] }""", "callee.answers: must be true")]
    [InlineData("""{ "steps": [{ "do": "invite", "until": "ringing" }, { "do": "cancel" }] }""", "callee")]
    [InlineData("""{ "mix": [{ "scenario": "nobody.json" }] }""", "nobody.json: there is no such file")]
    [InlineData("""{ "mix": [] }""", "must name one scenario at least")]
    public void Mistakes_AreToldWithPlaceAndWhatWouldBeRight(string text, string told)
    {
        Assert.Null(Read(text, out IReadOnlyList<string> errors));
        Assert.Contains(errors, error => error.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void Mix_DrawsByWeight()
    {
        File.WriteAllText(Path.Combine(_folder, "a.json"), """{ "media": "none", "steps": [{ "do": "message" }] }""");
        File.WriteAllText(Path.Combine(_folder, "b.json"), """{ "media": "none", "steps": [{ "do": "register" }] }""");
        ScenarioMix mix = Read("""{ "mix": [{ "scenario": "a.json", "weight": 3 }, { "scenario": "b.json" }] }""")!;

        Assert.Equal("a", mix.Pick(0).Name);
        Assert.Equal("a", mix.Pick(0.749).Name);
        Assert.Equal("b", mix.Pick(0.75).Name);
        Assert.Equal("b", mix.Pick(0.999_999).Name);
    }

    private ScenarioMix? Read(string text) => Read(text, out _);

    private ScenarioMix? Read(string text, out IReadOnlyList<string> errors)
    {
        string file = Path.Combine(_folder, "scenario.json");
        File.WriteAllText(file, text);
        return ScenarioReader.Read(file, out errors);
    }
}
