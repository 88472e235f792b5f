using System.Net;
using System.Text.Json;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Tests;

public sealed class OwnServerTests
{
    [Theory]
    [InlineData(1_048_576, "2000-65535")]
    [InlineData(long.MaxValue, "2000-65535")]
    [InlineData(20_000, "2000-20999")]
    [InlineData(1024, "2000-2023")]
    public void MediaPorts_AreAllThatThereAre_OrThatMayBeOpen(long descriptors, string ports) => Assert.Equal(ports, OwnServer.MediaPorts(descriptors));

    [Theory]
    [InlineData(false, "pass")]
    [InlineData(true, "anchor")]
    public void AServerForALoadInWhichNobodySpeaks_TakesNoPorts(bool speaks, string media)
    {
        ScenarioStep[] steps = [new(StepKind.Invite), new(StepKind.Talk, TimeSpan.FromSeconds(1)), new(StepKind.Bye)];
        LoadOptions options = new()
        {
            Mix = new ScenarioMix([(new Scenario { Name = "quiet", Media = MediaKind.None, Steps = steps }, 1), (new Scenario { Name = "other", Media = speaks ? MediaKind.Pcmu : MediaKind.None, Steps = steps }, 1)]),
            Arrivals = new ArrivalPlan(ArrivalShape.Constant, 1, 1, 1),
            Callers = NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0),
            Callees = NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0),
            Origin = new Origin("", "", ""),
        };

        using JsonDocument configuration = JsonDocument.Parse(JsonSerializer.Serialize(OwnServer.Configure(options, options.Callees.WithPort(5090))));

        JsonElement[] trunks = [.. configuration.RootElement.GetProperty("trunks").EnumerateArray()];
        Assert.Equal(["callees", "opus-callees", "callers"], trunks.Select(static t => t.GetProperty("name").GetString()));
        Assert.Equal([media, media], [trunks[0].GetProperty("media").GetString()!, trunks[2].GetProperty("media").GetString()!]);
    }
}
