using MediaCore.Server.CommandLine;

namespace MediaCore.Server.Tests.CommandLine;

public sealed class RouteCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestTerminal _terminal;

    public RouteCommandTests()
    {
        _terminal = new TestTerminal(_folder.Path);
        File.WriteAllText(Path.Combine(_folder.Path, "rates.csv"), "prefix,trunk,cost\n1,a,0.02\n1,b,0.03\n1202,b,0.01\n");
        File.WriteAllText(Path.Combine(_folder.Path, "mediacore.json"), """
            {
              "trunks": [ { "name": "a", "targets": ["sip:192.0.2.1"] }, { "name": "b", "targets": ["sip:192.0.2.2"] }, { "name": "pbx", "from": ["192.0.2.3"] } ],
              "routes": [
                { "name": "night", "match": { "to": "+1*" }, "when": [ { "from": "22:00", "to": "06:00" } ], "reject": 480 },
                { "name": "least-cost", "match": { "trunks": ["pbx"] }, "rates": "rates.csv" },
                { "name": "share", "match": { "to": "+44*" }, "trunks": [ { "trunk": "a", "weight": 70 }, { "trunk": "b", "weight": 30 } ] }
              ]
            }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Test_ShowsTheRoutesThatDoNotMatch_AndTheTrunksByCost()
    {
        Assert.Equal(ExitCode.Success, await _terminal.RunAsync("routes", "test", "--to", "+12025550100", "--trunk", "pbx", "--at", "2026-11-23T12:00:00Z"));
        Assert.Equal(
            """
            route night: the time is not within mon,tue,wed,thu,fri,sat,sun 22:00-06:00 UTC
            route least-cost: matches
            1. trunk b, prefix 1202 at 0.01 (line 4)
            2. trunk a, prefix 1 at 0.02 (line 2)

            """,
            _terminal.Out);
    }

    [Fact]
    public async Task Test_ShowsShares()
    {
        Assert.Equal(ExitCode.Success, await _terminal.RunAsync("routes", "test", "--to", "+442079460000", "--account", "1001"));
        Assert.Contains("route least-cost: the call did not come in by pbx\nroute share: matches\n1. trunk a, 70 % of the calls first\n2. trunk b, 30 % of the calls first\n", _terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+12025550100", "2026-11-23T23:00:00Z", "refused with 480 by route night")]
    [InlineData("+33123", "2026-11-23T23:00:00Z", "no route: refused with 404")]
    public async Task Test_OfARefusedCall_Fails(string to, string at, string expected)
    {
        Assert.Equal(ExitCode.Failure, await _terminal.RunAsync("routes", "test", "--to", to, "--trunk", "pbx", "--at", at));
        Assert.EndsWith(expected + "\n", _terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no trunk named", "--trunk", "nobody")]
    [InlineData("is no time", "--trunk", "pbx", "--at", "noon")]
    [InlineData("say how the call comes in")]
    public async Task Test_WithAWrongOption_SaysWhatIsWrong(string expected, params string[] options)
    {
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync(["routes", "test", "--to", "+1", .. options]));
        Assert.Contains(expected, _terminal.Error, StringComparison.Ordinal);
    }
}
