using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Tests.Trunks.Credentials;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Requests of one party within a call that are for the other.</summary>
public sealed class RelayTests : CallTest
{
    private const string Digit = "Signal=5\r\nDuration=160\r\n";

    [Theory]
    [InlineData("INFO", "Content-Type: application/dtmf-relay\r\n", Digit)]
    [InlineData("INFO", "Info-Package: trunk-x\r\nContent-Disposition: Info-Package\r\nContent-Type: application/x\r\n", "a\0b\u00e9")]
    [InlineData("INFO", "Content-Type: application/media_control+xml\r\n", "<media_control/>")]
    [InlineData("MESSAGE", "Content-Type: text/plain;charset=utf-8\r\n", "gr\u00fc\u00dfe")]
    [InlineData("NOTIFY", "Event: talk\r\nSubscription-State: active\r\n", null)]
    public void RequestInACall_ReachesTheOtherSide_WithItsBody_AndItsStatusComesBack(string method, string headers, string? body)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send(method, headers, body);
        SipText passed = Bob.Take(method);
        Assert.Equal(body ?? "", passed.Body);
        foreach (string header in headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = header.Split(": ");
            Assert.Equal(parts[1], passed[parts[0]]);
        }

        Assert.Equal("69", passed["Max-Forwards"]);
        Assert.Equal(callee.CallId, passed.CallId);
        Bob.Respond(passed, 200);
        Alice.Take($"200 {method}");

        callee.Send(method, headers, body);
        SipText back = Alice.Take(method);
        Assert.Equal(body ?? "", back.Body);
        Alice.Respond(back, 202);
        Bob.Take($"202 {method}");
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(415, 415)]
    [InlineData(469, 469)]
    [InlineData(500, 500)]
    [InlineData(603, 603)]
    [InlineData(401, 403)]
    [InlineData(407, 403)]
    [InlineData(302, 480)]
    [InlineData(408, 504)]
    [InlineData(503, 500)]
    public void Refusal_OfTheOtherSide_ComesBackAsWhatItMeansHere(int answered, int passed)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("INFO", "Info-Package: x\r\n");
        Bob.Respond(Bob.Take("INFO"), answered, extra: "Recv-Info: y\r\n");
        SipText answer = Alice.Take($"{passed} INFO");
        Assert.Equal(answered == passed ? "y" : "", answer["Recv-Info"]);
        HangUp(caller, callee);
    }

    [Fact]
    public void Refusal_ThatTheDialogIsUnknown_EndsTheCall()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("INFO");
        Bob.Respond(Bob.Take("INFO"), 481);
        Alice.Take("481 INFO");
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void Silence_OfTheOtherSide_IsAnsweredBeforeTheCallerGivesUp_AndTheCallGoesOn()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("INFO");
        World.Advance(24.1);
        Alice.Take("504 INFO");
        World.Advance(20);
        Alice.TakeNothing();
        Assert.All(Bob.TakeAll(), static k => Assert.Equal("INFO", k));
        HangUp(caller, callee);
    }

    [Fact]
    public void TransportFailure_TowardsTheOtherSide_Gets500_AtOnce()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Unreachable.Add(Bob);
        caller.Send("INFO");
        Alice.Take("500 INFO");
        World.Unreachable.Clear();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("INFO", "Content-Type: application/dtmf-relay\r\n", 401, "Authorization")]
    [InlineData("MESSAGE", "Content-Type: text/plain\r\n", 407, "Proxy-Authorization")]
    [InlineData("NOTIFY", "Event: talk\r\nSubscription-State: active\r\n", 401, "Authorization")]
    public void RequestInACall_ThatTheTrunkChallenges_IsSentAgainWithCredentials(string method, string headers, int status, string row)
    {
        var carrier = new Trunk { Name = "carrier", Targets = [World.Hop(Bob)], Credentials = new TrunkCredentials(Challenges.User, Challenges.Password, "carrier") };
        World.Route("+1001", new DialStep([new TrunkTarget(carrier)], Parallel: false, TimeSpan.FromSeconds(60)));
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send(method, headers, "x");
        SipText first = Bob.Take(method);
        Bob.Respond(first, status, extra: status == 401 ? Challenges.Server("carrier", "n1") : Challenges.Proxy("carrier", "n1"));
        SipText second = Bob.Take(method);
        Challenges.AssertAnswered(second, "carrier", "n1", 1, row: row);
        Assert.Equal((first.CSeq + 1, "x"), (second.CSeq, second.Body));
        Alice.TakeNothing();
        Bob.Respond(second, 200);
        Alice.Take($"200 {method}");

        // The number was taken from the dialog, so the next request has the one after it.
        caller.Send("INFO");
        SipText next = Bob.Take("INFO");
        Assert.Equal(second.CSeq + 1, next.CSeq);
        Bob.Respond(next, 200);
        Alice.Take("200 INFO");
        HangUp(caller, callee);
    }

    [Fact]
    public void Repetition_OfARequestUnderWay_IsNotPassedOnAgain()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("INFO");
        SipText passed = Bob.Take("INFO");
        Alice.Send(Alice.Sent[^1]);
        Bob.TakeNothing();
        Bob.Respond(passed, 200);
        Alice.Take("200 INFO");
        Alice.Send(Alice.Sent[^1]);
        Alice.Take("200 INFO");
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void RequestsUnderWay_AreBounded_PerParty()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < EngineLimits.MaxRelaysPerLeg; i++)
        {
            caller.Send("INFO");
        }

        caller.Send("INFO");
        Assert.Equal("1", Alice.Take("500 INFO")["Retry-After"]);
        for (int i = 0; i < EngineLimits.MaxRelaysPerLeg; i++)
        {
            Bob.Respond(Bob.Take("INFO"), 200);
            Alice.Take("200 INFO");
        }

        Bob.TakeNothing();
        caller.Send("INFO");
        Bob.Respond(Bob.Take("INFO"), 200);
        Alice.Take("200 INFO");
        HangUp(caller, callee);
    }

    [Fact]
    public void Body_BeyondTheBound_Gets413()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("MESSAGE", "Content-Type: text/plain\r\n", new string('x', EngineLimits.MaxRelayedBodyBytes + 1));
        Alice.Take("413 MESSAGE");
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("INFO", "", 200)]
    [InlineData("INFO", "Info-Package: x\r\n", 469)]
    [InlineData("MESSAGE", "", 480)]
    [InlineData("NOTIFY", "Event: talk\r\n", 481)]
    public void RequestOfTheCaller_BeforeAnybodyRings_IsAnsweredByUs(string method, string headers, int status)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.Learn(Alice.Take("180 INVITE"));
        caller.Send(method, headers);
        SipText answer = Alice.Take($"{status} {method}");
        Assert.Equal(status == 469, answer.Has("Recv-Info"));
        Bob.TakeNothing();
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void EarlyMedia_MakesAPair_ThatCanTalk()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        caller.Learn(Alice.Take("183 INVITE"));
        caller.Send("INFO", "Content-Type: application/dtmf-relay\r\n", Digit);
        Bob.Respond(Bob.Take("INFO"), 200);
        Alice.Take("200 INFO");
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void Bye_WhileARequestIsUnderWay_EndsTheCall_AndTheRequestIsStillAnswered()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("INFO");
        SipText passed = Bob.Take("INFO");
        callee.Bye();
        caller.AcceptBye();
        Bob.Take("200 BYE");
        Bob.Respond(passed, 200);
        Alice.Take("200 INFO");
    }

    [Fact]
    public void RecvInfo_OfBothSides_ReachesTheOther()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Recv-Info: x, y\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("x, y", callee.Invite!["Recv-Info"]);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000), "Recv-Info: z\r\n");
        Bob.Take("ACK");
        Assert.Equal("z", caller.Learn(Alice.Take("200 INVITE"))["Recv-Info"]);
        caller.Ack();
        HangUp(caller, callee);

        (caller, callee) = Establish();
        Assert.DoesNotContain("Recv-Info", Alice.History[^2].Message.Text, StringComparison.Ordinal);
        HangUp(caller, callee);
    }

    [Fact]
    public void MESSAGE_OfAnAccountWithinItsCall_HasToBeProved()
    {
        World.Accounts.Add("bob", "secret");
        World.Accounts.Add("carol", "other");
        World.Register(Bob, "bob", "secret");
        World.Route("+1009", new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(30)));
        (PeerDialog caller, PeerDialog callee) = Establish("+1009");
        callee.Send("MESSAGE", "Content-Type: text/plain\r\n", "hi");
        string challenge = Bob.Take("401 MESSAGE")["WWW-Authenticate"];
        callee.Send("MESSAGE", "Content-Type: text/plain\r\n" + World.Authorize(challenge, "carol", "other", "MESSAGE", callee.Target), "hi");
        Bob.Take("403 MESSAGE");
        Alice.TakeNothing();
        callee.Send("MESSAGE", "Content-Type: text/plain\r\n" + World.Authorize(challenge, "bob", "secret", "MESSAGE", callee.Target, 2), "hi");
        SipText passed = Alice.Take("MESSAGE");
        Assert.False(passed.Has("Authorization"));
        Alice.Respond(passed, 200);
        Bob.Take("200 MESSAGE");

        // The caller is no account of ours: nothing to prove.
        caller.Send("MESSAGE", "Content-Type: text/plain\r\n", "hi");
        Bob.Respond(Bob.Take("MESSAGE"), 200);
        Alice.Take("200 MESSAGE");
        HangUp(caller, callee);
    }
}
