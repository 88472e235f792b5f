using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;

namespace MediaCore.Server.Tests.Configuration;

public sealed class RouteSettingsTests
{
    private const string Trunks = """ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.1"] }, { "name": "b", "targets": ["sip:192.0.2.2"] }, { "name": "in", "from": ["192.0.2.3"] } ] """;

    [Fact]
    public void Trunk_WithGroupsLimitsAndFailover_IsRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            { "trunks": [ {
                "name": "a",
                "targets": [ { "uri": "sip:192.0.2.1", "priority": 1, "weight": 70 }, { "uri": "sip:192.0.2.2", "weight": 30 }, "sip:192.0.2.3" ],
                "selection": "leastCalls",
                "limits": { "calls": 100, "inboundCalls": 60, "outboundCalls": 50, "callsPerSecond": 2.5 },
                "failover": { "statuses": [480, 503], "responseSeconds": 2, "blockSeconds": 30, "maxRetryAfterSeconds": 120 } } ],
              "calls": { "maxPerAccount": 4, "maxAttempts": 5, "maxFailoverSeconds": 20 } }
            """);
        Assert.Empty(errors);
        TrunkSettings trunk = settings.Trunks[0];
        Assert.Equal(SelectionPolicy.LeastCalls, trunk.Selection.Policy);
        Assert.Equal([new TargetRank(1, 70), new TargetRank(1, 30), new TargetRank(1, 1)], trunk.Selection.Ranks.ToArray());
        Assert.Equal(new TrunkLimits { Calls = 100, InboundCalls = 60, OutboundCalls = 50, CallsPerSecond = 2.5, Burst = 3 }, trunk.Limits);
        Assert.Equal([480, 503], trunk.Failover.Statuses.Order());
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120)), (trunk.Failover.ResponseTimeout, trunk.Failover.BlockFor, trunk.Failover.MaxRetryAfter));
        Assert.Equal((4, 5, TimeSpan.FromSeconds(20)), (settings.ToEngineOptions().MaxCallsPerAccount, settings.ToEngineOptions().MaxDialAttempts, settings.ToEngineOptions().MaxFailoverTime));
    }

    [Fact]
    public void Trunk_OfPlainTargets_TriesThemInOrder_UnlessASelectionSaysOtherwise()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            { "trunks": [ { "name": "a", "targets": ["sip:192.0.2.1", "sip:192.0.2.2"] },
                          { "name": "b", "targets": ["sip:192.0.2.1", "sip:192.0.2.2"], "selection": "roundRobin" } ] }
            """);
        Assert.Empty(errors);
        Assert.Same(TrunkSelection.InOrder, settings.Trunks[0].Selection);
        Assert.Equal([new TargetRank(1, 1), new TargetRank(1, 1)], settings.Trunks[1].Selection.Ranks.ToArray());
        Assert.Equal(TrunkLimits.None, settings.Trunks[0].Limits);
    }

    [Fact]
    public void Route_ToAConference_AndItsRoom_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""
            { {{Trunks}}, "routes": [ { "name": "team", "match": { "to": "800" }, "conference": "team" } ],
              "conferences": [ { "name": "team", "maxMembers": 10, "maxTalkers": 3, "sampleRate": "8000", "tones": false } ] }
            """);
        Assert.Empty(errors);
        Assert.Equal("team", settings.Routes[0].Conference);
        Assert.Equal(new ConferenceOptions { MaxMembers = 10, MaxTalkers = 3, SampleRateHz = 8000, Tones = false }, settings.ToEngineOptions().Conferences["team"]);
    }

    [Fact]
    public void Route_ToAnApplication_WithTrunksForThoseWhomItDoesNotClaim_IsRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""
            { {{Trunks}}, "routes": [ { "name": "ivr", "match": { "to": "800" }, "control": "ivr", "controlSeconds": 3, "controlHeaders": ["X-Account", "User-to-User"], "trunks": ["a"] },
                                      { "name": "bot", "control": "bot" } ] }
            """);
        Assert.Empty(errors);
        ControlStep control = settings.Routes[0].Control!;
        Assert.Equal(("ivr", TimeSpan.FromSeconds(3), "X-Account User-to-User"), (control.Application, control.OfferTime, string.Join(' ', control.Headers)));
        RouteTable table = RoutingTableBuilder.Build(settings);
        Assert.Equal([typeof(ControlStep), typeof(DialStep)], table.FindRoute("ivr", default)!.Steps.Select(static s => s.GetType()));
        Assert.Equal(new ControlStep("bot", TimeSpan.FromSeconds(5)), Assert.Single(table.FindRoute("bot", default)!.Steps) as ControlStep);
        Assert.Null(table.FindRoute("none", default));
    }

    [Theory]
    [InlineData(""" "routes": [ { "name": "x", "control": "an app" } ] """, "routes[0].control")]
    [InlineData(""" "routes": [ { "name": "x", "control": "app", "conference": "team" } ] """, "routes[0].control")]
    [InlineData(""" "routes": [ { "name": "x", "control": "app", "controlSeconds": 61 } ] """, "routes[0].controlSeconds")]
    [InlineData(""" "routes": [ { "name": "x", "control": "app", "controlHeaders": ["a b"] } ] """, "routes[0].controlHeaders[0]")]
    [InlineData(""" "routes": [ { "name": "x", "trunks": ["a"], "controlSeconds": 6 } ] """, "routes[0].control")]
    public void Control_Mistaken_IsToldWithItsPath(string text, string path)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{ " + text + " }");
        Assert.Contains(errors, error => error.Path == path);
    }

    [Theory]
    [InlineData(""" "routes": [ { "name": "x", "conference": "a room" } ] """, "routes[0].conference")]
    [InlineData(""" "routes": [ { "name": "x", "conference": "team", "reject": 486 } ] """, "routes[0].trunks")]
    [InlineData(""" "conferences": [ { "name": "team", "maxMembers": 51 } ] """, "conferences[0].maxMembers")]
    [InlineData(""" "conferences": [ { "name": "team" }, { "name": "team" } ] """, "conferences[1].name")]
    [InlineData(""" "conferences": [ { "name": "call:1" } ] """, "conferences[0].name")]
    [InlineData(""" "conferences": [ { "name": "team", "sampleRate": "44100" } ] """, "conferences[0].sampleRate")]
    public void Conference_Mistaken_IsToldWithItsPath(string text, string path)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{ " + text + " }");
        Assert.Contains(errors, error => error.Path == path);
    }

    [Fact]
    public void Route_WithEveryCondition_IsRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""
            { {{Trunks}}, "routes": [
                { "name": "day", "match": { "to": "+1*", "trunks": ["in"], "accounts": ["sales-*"] },
                  "when": [ { "days": ["mon-fri", "sun"], "from": "08:00", "to": "18:00", "zone": "Europe/Berlin" } ],
                  "trunks": [ { "trunk": "a", "cost": 0.02 }, { "trunk": "b", "cost": 0.01, "weight": 3 } ] },
                { "name": "no", "match": { "to": "+1900*" }, "reject": 603, "rejectCause": 21 } ] }
            """);
        Assert.Empty(errors);
        RouteSettings day = settings.Routes[0];
        Assert.Equal(["in"], day.InboundTrunks);
        Assert.Equal("sales-*", Assert.Single(day.Accounts).Source);
        Assert.Equal("mon,tue,wed,thu,fri,sun 08:00-18:00 Europe/Berlin", Assert.Single(day.Windows).ToString());
        Assert.Equal([new TargetRank(1, 1), new TargetRank(0, 3)], day.Ranks);
        Assert.Equal((603, 21), (settings.Routes[1].RejectStatus, settings.Routes[1].RejectCause));
    }

    [Theory]
    [InlineData("\"targets\": [ { \"uri\": \"sip:192.0.2.1\", \"wieght\": 1 } ]", "trunks[0].targets[0].wieght", "weight")]
    [InlineData("\"targets\": [ { \"uri\": \"sip:192.0.2.1\", \"weight\": 70000 } ]", "trunks[0].targets[0].weight", "65535")]
    [InlineData("\"targets\": [ { \"priority\": 1 } ]", "trunks[0].targets[0].uri", "missing")]
    [InlineData("\"targets\": [ { \"uri\": \"sip:192.0.2.1\" }, 5 ]", "trunks[0].targets[1]", "object")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"selection\": \"random\"", "trunks[0].selection", "roundRobin")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"limits\": { \"calls\": -1 }", "trunks[0].limits.calls", "0 to")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"limits\": { \"callsPerSecond\": 0.0001 }", "trunks[0].limits.callsPerSecond", "0.001")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"limits\": { \"burst\": 0 }", "trunks[0].limits.burst", "1 to")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"failover\": { \"statuses\": [486] }", "trunks[0].failover.statuses", "486")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"failover\": { \"statuses\": [\"503\"] }", "trunks[0].failover.statuses[0]", "whole number")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"failover\": { \"statuses\": 503 }", "trunks[0].failover.statuses", "list")]
    [InlineData("\"targets\": [\"sip:192.0.2.1\"], \"failover\": { \"responseSeconds\": 0.1 }", "trunks[0].failover.responseSeconds", "seconds")]
    public void Trunk_WithAMistake_IsRefusedWithItsPath(string members, string path, string message) =>
        HasError($$"""{ "trunks": [ { "name": "a", {{members}} } ] }""", path, message);

    [Theory]
    [InlineData("\"trunks\": [\"a\"], \"reject\": 603", "routes[0].trunks", "only one of")]
    [InlineData("\"reject\": 200", "routes[0].reject", "400 to 699")]
    [InlineData("\"reject\": 407", "routes[0].reject", "use 403")]
    [InlineData("\"trunks\": [\"a\"], \"rejectCause\": 21", "routes[0].rejectCause", "without reject")]
    [InlineData("\"trunks\": [ { \"trunk\": \"c\" } ]", "routes[0].trunks[0].trunk", "no trunk named \"c\"")]
    [InlineData("\"trunks\": [ { \"trunk\": \"in\" } ]", "routes[0].trunks[0].trunk", "no targets")]
    [InlineData("\"trunks\": [\"a\"], \"match\": { \"trunks\": [\"c\"] }", "routes[0].match.trunks[0]", "no trunk named")]
    [InlineData("\"trunks\": [\"a\"], \"match\": { \"accounts\": [\"*x\"] }", "routes[0].match.accounts[0]", "only at the end")]
    [InlineData("\"trunks\": [\"a\"], \"when\": [ { \"days\": [\"monday\"] } ]", "routes[0].when[0].days[0]", "mon-fri")]
    [InlineData("\"trunks\": [\"a\"], \"when\": [ { \"from\": \"8:00\" } ]", "routes[0].when[0].from", "08:30")]
    [InlineData("\"trunks\": [\"a\"], \"when\": [ { \"zone\": \"Europe/Berlim\" } ]", "routes[0].when[0].zone", "Europe/Berlin")]
    [InlineData("\"rates\": \"nowhere.csv\"", "routes[0].rates", "cannot be read")]
    public void Route_WithAMistake_IsRefusedWithItsPath(string members, string path, string message) =>
        HasError($$"""{ {{Trunks}}, "routes": [ { "name": "r", {{members}} } ] }""", path, message);

    [Fact]
    public void RateFile_IsReadWithItsHeading_InAnyOrder()
    {
        using TemporaryFolder folder = new();
        RateSheet? sheet = ReadRates(folder, "prefix,trunk,cost\n# ours\n\n 44 , b , 0.5\n+1202,a,0.0125,2,30\r\n,a,1\n", out IReadOnlyList<ConfigurationError> errors);
        Assert.Empty(errors);
        Assert.Equal(["b", "a"], sheet!.Trunks);
        Assert.Equal(
            [("", 1_000_000L, 6, 1, 1, 1), ("1202", 12_500L, 5, 1, 2, 30), ("44", 500_000L, 4, 0, 1, 1)],
            sheet.Entries.ToArray().Select(static e => (RatePrefix.Format(e.Prefix), e.Cost, e.Line, (int)e.Trunk, (int)e.Priority, (int)e.Weight)));
    }

    [Theory]
    [InlineData("44,b", 1, "prefix,trunk,cost")]
    [InlineData("44,b,1,1,1,1", 1, "prefix,trunk,cost")]
    [InlineData("44,b,1\n4x,b,1", 2, "no prefix")]
    [InlineData("1234567890123456,b,1", 1, "15 digits")]
    [InlineData("44,c,1", 1, "no trunk named \"c\"")]
    [InlineData("44,in,1", 1, "no targets")]
    [InlineData("44,b,cheap", 1, "no cost")]
    [InlineData("44,b,-1", 1, "no cost")]
    [InlineData("44,b,1,first", 1, "no priority")]
    [InlineData("44,b,1\n1,a,1\n+44,b,2", 3, "line 1 already")]
    [InlineData("# nothing", 0, "no rates")]
    public void RateFile_WithAMistake_IsRefusedWithItsLine(string text, int line, string message)
    {
        using TemporaryFolder folder = new();
        Assert.Null(ReadRates(folder, text, out IReadOnlyList<ConfigurationError> errors));
        ConfigurationError error = Assert.Single(errors);
        Assert.Equal(("routes[0].rates", "rates.csv", line), (error.Path, error.Origin.Source, error.Origin.Line));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RateFile_FullOfMistakes_SaysTwentyOfThem()
    {
        using TemporaryFolder folder = new();
        ReadRates(folder, string.Concat(Enumerable.Repeat("x,b,1\n", 1_000)), out IReadOnlyList<ConfigurationError> errors);
        Assert.Equal(RateFile.MaxErrors, errors.Count);
    }

    private static RateSheet? ReadRates(TemporaryFolder folder, string text, out IReadOnlyList<ConfigurationError> errors)
    {
        string file = Path.Combine(folder.Path, "rates.csv");
        File.WriteAllText(file, text);
        (ServerSettings settings, errors) = ConfigurationReading.Read($$"""{ {{Trunks}}, "routes": [ { "name": "r", "rates": "{{file}}" } ] }""");
        return settings.Routes[0].Rates;
    }

    private static void HasError(string json, string path, string message)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
