using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MediaCore.Control.Mapping;
using MediaCore.Control.Policy;
using MediaCore.Engine.Control;
using MediaCore.Engine.Questions;

namespace MediaCore.Control.Tests.Policy;

/// <summary>Answers as the engine takes them, and those that mean nothing.</summary>
public sealed class PolicyMappingTests
{
    [Fact]
    public void Questions_HaveAllFields()
    {
        V1.RouteQuestion route = PolicyMapping.Write(new RouteQuestion
        {
            CallId = "c", Caller = "alice", Called = "+1", Account = "a", InboundTrunk = "t", Source = "192.0.2.1:5060", AssertedCaller = "+2", Route = "r", Number = "n", Headers = [new("X-A", "1")],
        });
        V1.AuthenticateQuestion account = PolicyMapping.Write(new AccountQuestion("7001", "realm", "192.0.2.1:5060", "REGISTER"));
        V1.TransferQuestion transfer = PolicyMapping.Write(new TransferQuestion("c", "c-1", "+3", IsAttended: true));
        V1.MessageQuestion message = PolicyMapping.Write(new MessageQuestion { From = "alice", To = "bob", Account = "a", InboundTrunk = "t", ContentType = "text/plain", Body = "hi"u8.ToArray() });
        foreach (IMessage each in new IMessage[] { route, account, transfer, message })
        {
            Assert.All(each.Descriptor.Fields.InDeclarationOrder(), field => Assert.True(field.Accessor.GetValue(each) is not ("" or 0 or false or System.Collections.ICollection { Count: 0 }), field.FullName));
        }
    }

    [Fact]
    public void RouteAnswers_AreRead()
    {
        V1.RouteAnswer dial = new() { Dial = new V1.RouteDial { Sequential = true, RingTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(7)) } };
        dial.Dial.Destinations.Add(new V1.Destination { Account = "bob" });
        dial.Variables.Add("tariff", "gold");
        DialDecision read = Assert.IsType<DialDecision>(Read(dial));
        Assert.Equal((new AccountDestination("bob"), true, TimeSpan.FromSeconds(7), "gold"), (Assert.Single(read.Destinations), read.IsSequential, read.RingTime, read.Variables["tariff"]));
        Assert.Equal((603, 21), Assert.IsType<RejectDecision>(Read(new V1.RouteAnswer { Reject = new V1.RouteReject { SipStatus = 603, Q850Cause = 21 } })) is { Status: var status, Cause: var cause } ? (status, cause) : default);
        Assert.Equal("+1", Assert.IsType<NumberDecision>(Read(new V1.RouteAnswer { Number = "+1" })).Number);
        Assert.Equal("night", Assert.IsType<NamedRouteDecision>(Read(new V1.RouteAnswer { Route = "night" })).Route);
        Assert.Equal("ivr", Assert.IsType<ApplicationDecision>(Read(new V1.RouteAnswer { Application = "ivr" })).Application);
        Assert.IsType<NextStepDecision>(Read(new V1.RouteAnswer { Next = true }));
    }

    [Theory]
    [InlineData("{}", "an answer says")]
    [InlineData("""{ "next": false }""", "an answer says")]
    [InlineData("""{ "dial": {} }""", "1 to 10 destinations")]
    [InlineData("""{ "dial": { "destinations": [{}] } }""", "says nobody")]
    [InlineData("""{ "dial": { "destinations": [{ "account": "a" }], "ringTime": "0.5s" } }""", "ring_time")]
    [InlineData("""{ "reject": {} }""", "sip_status")]
    [InlineData("""{ "reject": { "sipStatus": 401 } }""", "sip_status")]
    [InlineData("""{ "reject": { "sipStatus": 302 } }""", "sip_status")]
    [InlineData("""{ "reject": { "sipStatus": 486, "q850Cause": 128 } }""", "q850_cause")]
    [InlineData("""{ "application": "policy" }""", "application")]
    [InlineData("""{ "application": "a b" }""", "application")]
    [InlineData("""{ "next": true, "variables": { "a b": "1" } }""", "variables")]
    [InlineData("""{ "next": true, "variables": { "": "1" } }""", "variables")]
    public void RouteAnswer_ThatMeansNothing_IsAProblem(string json, string problem)
    {
        Problems problems = new();
        PolicyMapping.Read(V1.RouteAnswer.Parser.ParseJson(json), problems);
        Assert.Contains(problem, problems.First, StringComparison.Ordinal);
    }

    [Fact]
    public void AuthenticateAnswers_AreRead_InLowerCase()
    {
        V1.AuthenticateAnswer answer = new();
        answer.Digests.Add("MD5", new string('A', 32));
        answer.Digests.Add("SHA-256", new string('b', 64));
        Problems problems = new();
        AccountDecision decision = PolicyMapping.Read(answer, problems)!;
        Assert.Null(problems.First);
        Assert.Equal((new string('a', 32), new string('b', 64), 0), (System.Text.Encoding.ASCII.GetString(decision.Secret!.Md5Ha1Hex), System.Text.Encoding.ASCII.GetString(decision.Secret.Sha256Ha1Hex), decision.Secret.Sha512256Ha1Hex.Length));
        Assert.Null(PolicyMapping.Read(new V1.AuthenticateAnswer { Refused = true, Digests = { { "MD5", "x" } } }, problems)!.Secret);
        Assert.Null(problems.First);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "digests": { "MD4": "00" } }""")]
    [InlineData("""{ "digests": { "MD5": "00" } }""")]
    [InlineData("""{ "digests": { "MD5": "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" } }""")]
    public void AuthenticateAnswer_ThatMeansNothing_IsAProblem(string json)
    {
        Problems problems = new();
        PolicyMapping.Read(V1.AuthenticateAnswer.Parser.ParseJson(json), problems);
        Assert.Contains("digests", problems.First, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "deliver": true }""", 0)]
    [InlineData("""{ "accept": true }""", 200)]
    [InlineData("""{ "reject": 603 }""", 603)]
    [InlineData("""{ "reject": 200 }""", -1)]
    [InlineData("""{ "accept": false }""", -1)]
    [InlineData("{}", -1)]
    public void MessageAnswers_AreRead_OrAProblem(string json, int status)
    {
        Problems problems = new();
        MessageDecision? decision = PolicyMapping.Read(V1.MessageAnswer.Parser.ParseJson(json), problems);
        Assert.Equal(status, decision?.Status ?? -1);
        Assert.Equal(status < 0, problems.First is not null);
    }

    private static RouteDecision? Read(V1.RouteAnswer answer)
    {
        Problems problems = new();
        RouteDecision? decision = PolicyMapping.Read(answer, problems);
        Assert.Null(problems.First);
        return decision;
    }
}
