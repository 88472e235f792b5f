using MediaCore.Control.Policy;
using MediaCore.Engine.Questions;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

/// <summary>Section <c>control.policy</c>.</summary>
public sealed class PolicySettingsTests
{
    private const string Asks = "\"target\": \"http://127.0.0.1:50061\"";

    [Fact]
    public void Section_ThatIsMissing_AsksNobody() => Assert.Null(Read("{}").Policy);

    [Fact]
    public void Target_AsksAboutCalls_WithThreeSecondsAnd503_AndNothingElse()
    {
        PolicyOptions policy = Read($$"""{ "control": { "policy": { {{Asks}} } } }""").Policy!;
        Assert.Equal(("http://127.0.0.1:50061/", 2, 256, 1024), (policy.Target.ToString(), policy.Retries, policy.MaxConcurrent, policy.MaxWaiting));
        Assert.Equal(new QuestionTerms { Route = new RouteTerms(TimeSpan.FromSeconds(3), new RejectDecision(503)) }, policy.Terms);
        Assert.Equal(new BreakerOptions(), policy.Breaker);
        Assert.Null(policy.Token);
    }

    [Fact]
    public void EachQuestion_HasItsTerms()
    {
        PolicyOptions policy = Read($$"""
            { "control": { "policy": { {{Asks}}, "retries": 0, "maxConcurrent": 10, "maxWaiting": 0, "breaker": { "failures": 3, "ratio": 0.2, "minQuestions": 7, "openSeconds": 30 },
              "route": { "deadlineSeconds": 1.5, "default": "route:night" },
              "authenticate": { "deadlineSeconds": 1, "cacheSeconds": 60, "refusedCacheSeconds": 0 },
              "transfer": { "default": "allow" },
              "message": { "deadlineSeconds": 4, "default": "reject:503" } } },
              "trunks": [ { "name": "a", "targets": ["sip:192.0.2.1"] } ],
              "routes": [ { "name": "night", "trunks": ["a"] }, { "name": "ask", "control": "policy" } ] }
            """).Policy!;
        Assert.Equal(
            new QuestionTerms
            {
                Route = new RouteTerms(TimeSpan.FromSeconds(1.5), new NamedRouteDecision("night")),
                Accounts = new AccountTerms(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.Zero),
                Transfers = new TransferTerms(TimeSpan.FromSeconds(2), AllowsByDefault: true),
                Messages = new MessageTerms(TimeSpan.FromSeconds(4), new MessageDecision(503)),
            },
            policy.Terms);
        Assert.Equal((0, 10, 0, 3, 0.2, 7, TimeSpan.FromSeconds(30)), (policy.Retries, policy.MaxConcurrent, policy.MaxWaiting, policy.Breaker.Failures, policy.Breaker.Ratio, policy.Breaker.MinQuestions, policy.Breaker.OpenFor));
    }

    [Theory]
    [InlineData("\"next\"", 0)]
    [InlineData("\"reject:486\"", 486)]
    public void DefaultOfARoute_IsRead(string text, int status)
    {
        RouteDecision decision = Read($$"""{ "control": { "policy": { {{Asks}}, "route": { "default": {{text}} } } } }""").Policy!.Terms.Route!.Default;
        Assert.Equal(status == 0 ? new NextStepDecision() : new RejectDecision(status), decision);
    }

    [Fact]
    public void Question_CanBeTurnedOff()
    {
        QuestionTerms terms = Read($$"""{ "control": { "policy": { {{Asks}}, "route": { "enabled": false }, "message": { "enabled": false } } } }""").Policy!.Terms;
        Assert.Equal(new QuestionTerms(), terms);
    }

    [Fact]
    public void Token_ComesFromItsFile()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "token");
        File.WriteAllText(file, "secret\n");
        Assert.Equal("secret", Read($$"""{ "control": { "policy": { {{Asks}}, "tokenFile": "{{file}}" } } }""").Policy!.Token);
        File.WriteAllText(file, "two words");
        AssertError($$"""{ "control": { "policy": { {{Asks}}, "tokenFile": "{{file}}" } } }""", "control.policy.tokenFile", "holds no token");
    }

    [Theory]
    [InlineData("""{ "control": { "policy": {} } }""", "control.policy.target", "missing")]
    [InlineData("""{ "control": { "policy": { "target": "127.0.0.1:50061" } } }""", "control.policy.target", "http://host:port")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1/path" } } }""", "control.policy.target", "http://host:port")]
    [InlineData("""{ "control": { "policy": { "target": "http://192.0.2.1:1", "tokenFile": "x" } } }""", "control.policy.tokenFile", "https://")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "tokenFile": "/nowhere/token" } } }""", "control.policy.tokenFile", "cannot be read")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "authority": "/nowhere/ca.pem" } } }""", "control.policy.authority", "/nowhere/ca.pem")]
    [InlineData("""{ "control": { "policy": { "target": "https://127.0.0.1:1", "certificate": "/nowhere/c.pem" } } }""", "control.policy.certificate", "/nowhere/c.pem")]
    [InlineData("""{ "control": { "policy": { "target": "https://127.0.0.1:1", "key": "k.pem" } } }""", "control.policy.key", "certificate")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "route": { "default": "maybe" } } } }""", "control.policy.route.default", "reject:STATUS")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "route": { "default": "reject:302" } } } }""", "control.policy.route.default", "reject:STATUS")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "route": { "default": "route:none" } } } }""", "control.policy.route.default", "no route named")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "route": { "deadlineSeconds": 61 } } } }""", "control.policy.route.deadlineSeconds", "60")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "transfer": { "default": "yes" } } } }""", "control.policy.transfer.default", "\"refuse\"")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "message": { "deadlineSeconds": 20 } } } }""", "control.policy.message.deadlineSeconds", "10")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "message": { "default": "accept" } } } }""", "control.policy.message.default", "\"deliver\"")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "breaker": { "failures": 0 } } } }""", "control.policy.breaker.failures", "1")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "breakers": {} } } }""", "control.policy.breakers", "breaker")]
    [InlineData("""{ "control": { "police": {} } }""", "control.police", "policy")]
    [InlineData("""{ "routes": [ { "name": "ask", "control": "policy" } ] }""", "routes[0].control", "control.policy.target")]
    [InlineData("""{ "control": { "policy": { "target": "http://127.0.0.1:1", "route": { "enabled": false } } }, "routes": [ { "name": "ask", "control": "policy" } ] }""", "routes[0].control", "control.policy.target")]
    public void Mistake_IsAnErrorAtItsPath_ThatSaysWhatToDo(string json, string path, string message) => AssertError(json, path, message);

    private static ServerSettings Read(string json)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Empty(errors);
        return settings;
    }

    private static void AssertError(string json, string path, string message)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Contains(errors, e => e.Path == path && e.Message.Contains(message, StringComparison.Ordinal));
    }
}
