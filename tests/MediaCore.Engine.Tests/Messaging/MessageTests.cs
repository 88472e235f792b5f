using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Tests.Trunks.Credentials;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;

namespace MediaCore.Engine.Tests.Messaging;

/// <summary>MESSAGE outside a call: 7001 is an account with two phones (bob's and carol's), +1001 is behind dave's trunk.</summary>
public sealed class MessageTests : ShardTest
{
    private readonly Peer _alice;
    private readonly Peer _bob;
    private readonly Peer _carol;
    private readonly Peer _dave;

    public MessageTests()
    {
        _alice = World.AddPeer("alice", "198.51.100.10");
        _bob = World.AddPeer("bob", "203.0.113.101");
        _carol = World.AddPeer("carol", "203.0.113.102", 5070);
        _dave = World.AddPeer("dave", "203.0.113.103");
        World.Accounts.Add("7001", "secret");
        World.Route("7001", new DialStep([new AccountTarget("7001")], Parallel: true, TimeSpan.FromSeconds(30)));
        World.RouteToTrunks("+1001", _dave);
        World.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = "from-alice" };
    }

    [Fact]
    public void MESSAGE_OfAStranger_HasToBeProved_AlsoToANumberThatAnybodyMayCall()
    {
        World.Policy.InboundTrunks.Clear();
        Send("+1001", "buy");
        _alice.Take("401 MESSAGE");
        _dave.TakeNothing();
    }

    [Fact]
    public void MESSAGE_ReachesAllContacts_AndTheFirstThatTakesItAnswers()
    {
        // A registering phone is told of the account's other contacts.
        World.MayPassAddresses = true;
        World.Register(_bob, "7001", "secret");
        World.Register(_carol, "7001", "secret");
        Send("7001", "hello");
        SipText first = _bob.Take("MESSAGE");
        SipText second = _carol.Take("MESSAGE");
        Assert.Equal(("hello", "text/plain", "69", "<sip:+12025550123@192.0.2.1>"), (first.Body, first["Content-Type"], first["Max-Forwards"], first["From"].Split(";tag=")[0]));
        Assert.Equal("sip:c-carol@203.0.113.102:5070", second.Uri);
        Assert.False(second.Has("Contact"));
        _bob.Respond(first, 486, "t-bob");
        _alice.TakeNothing();
        _carol.Respond(second, 200, "t-carol");
        _alice.Take("200 MESSAGE");
    }

    [Theory]
    [InlineData(202, 202)]
    [InlineData(415, 415)]
    [InlineData(401, 403)]
    [InlineData(302, 480)]
    [InlineData(503, 500)]
    public void MESSAGE_ToATrunk_ComesBackWithItsStatus(int answered, int passed)
    {
        Send("+1001", "hello");
        SipText message = _dave.Take("MESSAGE");
        Assert.Equal("sip:+1001@203.0.113.103", message.Uri);
        _dave.Respond(message, answered, "t-dave");
        _alice.Take($"{passed} MESSAGE");
        _alice.Send(_alice.Sent[^1]);
        _alice.Take($"{passed} MESSAGE");
        _dave.TakeNothing();
    }

    [Fact]
    public void MESSAGE_ToNobody_IsToldSo_AndNothingIsKept()
    {
        Send("7001", "hello");
        _alice.Take("480 MESSAGE");
        Send("9999", "hello");
        _alice.Take("404 MESSAGE");
        Send("+1001", new string('x', World.Options.MaxMessageBytes + 1));
        _alice.Take("413 MESSAGE");
        World.Unreachable.Add(_dave);
        Send("+1001", "hello");
        _alice.Take("480 MESSAGE");
    }

    [Fact]
    public void MESSAGE_ThatIsNotAnswered_IsGivenUp_BeforeTheSenderDoes()
    {
        Send("+1001", "hello");
        World.Advance(24.1);
        _alice.Take("480 MESSAGE");
        World.Advance(20);
        _alice.TakeNothing();
        _dave.TakeAll();
    }

    [Fact]
    public void MESSAGE_OfWhoMustProveItself_IsChallenged_AndNobodyElsesNameIsTaken()
    {
        World.Policy.Admission = CallerAdmission.Challenge;
        string challenge = Send("+1001", "hi").Take("401 MESSAGE")["WWW-Authenticate"];
        Send("+1001", "hi", World.Authorize(challenge, "7001", "secret", "MESSAGE", "sip:+1001@192.0.2.1"));
        _alice.Take("403 MESSAGE");
        Send("+1001", "hi", World.Authorize(challenge, "7001", "secret", "MESSAGE", "sip:+1001@192.0.2.1", 2), "7001");
        SipText message = _dave.Take("MESSAGE");
        Assert.False(message.Has("Authorization"));
        _dave.Respond(message, 200, "t-dave");
        _alice.Take("200 MESSAGE");
        World.Policy.Admission = CallerAdmission.Forbid;
        Send("+1001", "hi");
        _alice.Take("403 MESSAGE");
    }

    [Fact]
    public void MESSAGE_ToOneOfManyContacts_GetsTheBestRefusal_WhenNoneTakesIt()
    {
        World.MayPassAddresses = true;
        World.Register(_bob, "7001", "secret");
        World.Register(_carol, "7001", "secret");
        Send("7001", "hello");
        _bob.Respond(_bob.Take("MESSAGE"), 500, "t-bob");
        _carol.Respond(_carol.Take("MESSAGE"), 415, "t-carol");
        _alice.Take("415 MESSAGE");
        World.Unreachable.Add(_bob);
        Send("7001", "hello");
        _alice.TakeNothing();
        _carol.Respond(_carol.Take("MESSAGE"), 200, "t-carol");
        _alice.Take("200 MESSAGE");
        World.Unreachable.Add(_carol);
        Send("7001", "hello");
        _alice.Take("480 MESSAGE");
    }

    [Fact]
    public void MESSAGE_GoesOnToTheNextTrunk_AfterAFailure_AndAfterSilence_ButNotAfterARefusal()
    {
        World.RouteToTrunks("+1002", _bob, _dave);
        Send("+1002", "hello");
        _bob.Respond(_bob.Take("MESSAGE"), 503, "t-bob");
        _dave.Respond(_dave.Take("MESSAGE"), 202, "t-dave");
        _alice.Take("202 MESSAGE");

        Send("+1002", "hello");
        SipText silent = _bob.Take("MESSAGE");
        World.Advance(4.9);
        _dave.TakeNothing();
        World.Advance(0.2);
        SipText second = _dave.Take("MESSAGE");
        _bob.TakeAll();
        _bob.Respond(silent, 486, "t-bob");
        _alice.TakeNothing();
        _dave.Respond(second, 200, "t-dave");
        _alice.Take("200 MESSAGE");

        Send("+1002", "hello");
        _bob.Respond(_bob.Take("MESSAGE"), 404, "t-bob");
        _alice.Take("404 MESSAGE");
        _dave.TakeNothing();

        World.Unreachable.Add(_bob);
        Send("+1002", "hello");
        _dave.Respond(_dave.Take("MESSAGE"), 200, "t-dave");
        _alice.Take("200 MESSAGE");
    }

    [Theory]
    [InlineData("text/plain;charset=utf-8", "gr\u00fc\u00dfe \u2603")]
    [InlineData("application/im-iscomposing+xml", "<isComposing/>")]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: x/y\r\n\r\na\0b\r\n--b--\r\n")]
    public void Body_IsPassedAsItIs_WithWhatSaysHowToReadIt_AndNothingElseOfTheSender(string type, string body)
    {
        Send("+1001", body, "Subject: lunch\r\nContent-Disposition: render\r\nContent-Language: de\r\nX-Secret: 1\r\nReply-To: <sip:x@198.51.100.10>\r\nCall-Info: <http://198.51.100.10/>\r\n", type: type);
        SipText message = _dave.Take("MESSAGE");
        Assert.Equal((type, body, "lunch", "render", "de"), (message["Content-Type"], message.Body, message["Subject"], message["Content-Disposition"], message["Content-Language"]));
        Assert.False(message.Has("X-Secret"));
        _dave.Respond(message, 200, "t-dave");
        _alice.Take("200 MESSAGE");
    }

    [Fact]
    public void Identity_OfATrustedTrunksSender_GoesToTrustedTrunksOnly_WhenItIsPrivate()
    {
        World.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = "from-alice", Identity = new TrunkIdentity { IsTrusted = true } };
        World.Route("+1002", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(_bob)], Identity = new TrunkIdentity { IsTrusted = true, Send = IdentityHeader.Asserted } })], Parallel: false, TimeSpan.FromSeconds(30)));
        const string Rows = "P-Asserted-Identity: <sip:+12025550199@198.51.100.10>\r\nPrivacy: id\r\n";
        Send("+1001", "hello", Rows);
        SipText outside = _dave.Take("MESSAGE");
        Assert.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=", outside["From"], StringComparison.Ordinal);
        Assert.False(outside.Has("P-Asserted-Identity"));
        _dave.Respond(outside, 200, "t-dave");
        _alice.Take("200 MESSAGE");
        Send("+1002", "hello", Rows);
        SipText inside = _bob.Take("MESSAGE");
        Assert.Equal(("<sip:+12025550199@192.0.2.1>", "id"), (inside["P-Asserted-Identity"], inside["Privacy"]));
        Assert.Equal(["+12025550199", "+12025550199"], World.Policy.Callers);
        _bob.Respond(inside, 200, "t-bob");
        _alice.Take("200 MESSAGE");
    }

    [Fact]
    public void MESSAGE_ThatComesBack_Gets482_AndWithoutHopsLeft483()
    {
        World.Policy.InboundTrunks[_dave.Endpoint] = World.Policy.InboundTrunks[_alice.Endpoint];
        Send("+1001", "hello");
        SipText passed = _dave.Take("MESSAGE");
        _dave.Send(_dave.Request("MESSAGE", "sip:+1001@192.0.2.1", "<sip:+12025550123@203.0.113.103>;tag=t-dave", "<sip:+1001@192.0.2.1>", _dave.NextId("m"), 1, _dave.NextBranch(), $"Via: {passed["Via"]}\r\nContent-Type: text/plain\r\n", "hello"));
        _dave.Take("482 MESSAGE");
        Assert.Equal(1, World.Statistics.LoopedRequests);
        _dave.Respond(passed, 200, "t-dave");
        _alice.Take("200 MESSAGE");
        _alice.Send(_alice.Request("MESSAGE", "sip:+1001@192.0.2.1", "<sip:1@198.51.100.10>;tag=x-alice", "<sip:+1001@192.0.2.1>", _alice.NextId("m"), 1, _alice.NextBranch(), "Content-Type: text/plain\r\n", "hello", maxForwards: 0));
        _alice.Take("483 MESSAGE");
    }

    [Fact]
    public void Limits_OfTrunksInCallsPerSecond_HoldForMessagesToo()
    {
        var limits = new TrunkLimits { CallsPerSecond = 1, Burst = 1 };
        World.Route("+1002", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(_bob)], Limits = limits }), new TrunkTarget(World.TrunkTo(_dave))], Parallel: false, TimeSpan.FromSeconds(30)));
        Send("+1002", "one");
        _bob.Respond(_bob.Take("MESSAGE"), 200, "t-bob");
        _alice.Take("200 MESSAGE");
        Send("+1002", "two");
        _dave.Respond(_dave.Take("MESSAGE"), 200, "t-dave");
        _alice.Take("200 MESSAGE");

        World.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = "from-alice", Limits = limits };
        Send("+1001", "one");
        _dave.Respond(_dave.Take("MESSAGE"), 200, "t-dave");
        _alice.Take("200 MESSAGE");
        Send("+1001", "two");
        _alice.Take("503 MESSAGE");
    }

    [Fact]
    public void MessagesUnderWay_AreBounded()
    {
        for (int trunk = 0; trunk < 2; trunk++)
        {
            World.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = $"from-alice-{trunk}" };
            for (int i = 0; i < EngineLimits.MaxMessagesPerTrunk; i++)
            {
                Send("+1001", "x");
            }

            _alice.TakeNothing();
            Send("+1001", "x");
            _alice.Take("503 MESSAGE");
        }

        World.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = "from-alice" };
        Send("+1001", "x");
        _alice.Take("503 MESSAGE");
        World.Advance(24.1);
        Assert.Equal(EngineLimits.MaxMessagesPerShard, _alice.TakeAll().Length);
        _dave.TakeAll();
        Send("+1001", "x");
        _dave.Respond(_dave.Take("MESSAGE"), 200, "t-dave");
        _alice.Take("200 MESSAGE");
    }

    [Fact]
    public void MessagesUnderWay_OfOneAccount_LeaveRoomForOthers()
    {
        World.Policy.InboundTrunks.Remove(_alice.Endpoint);
        World.Policy.InboundTrunks[_carol.Endpoint] = new Trunk { Name = "from-carol" };
        World.Accounts.Add("7002", "secret");
        for (int i = 0; i < EngineLimits.MaxMessagesPerAccount; i++)
        {
            SendAs("7001");
        }

        _alice.TakeNothing();
        SendAs("7001");
        Assert.Equal("10", _alice.Take("503 MESSAGE")["Retry-After"]);
        SendAs("7002");
        _alice.TakeNothing();

        // An account of the name of a trunk is not that trunk.
        World.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = "7001" };
        Send("+1001", "x");
        _alice.TakeNothing();
        World.Policy.InboundTrunks.Remove(_alice.Endpoint);

        // Whoever is answered has room again.
        World.Advance(24.1);
        _alice.TakeAll();
        SendAs("7001");
        _alice.TakeNothing();

        void SendAs(string account)
        {
            Send("+1001", "x", user: account);
            string challenge = _alice.Take("401 MESSAGE")["WWW-Authenticate"];
            Send("+1001", "x", World.Authorize(challenge, account, "secret", "MESSAGE", "sip:+1001@192.0.2.1"), account);
        }
    }

    [Fact]
    public void Drain_RefusesMessages()
    {
        World.Shard.Core.BeginDrain();
        Send("+1001", "x");
        _alice.Take("503 MESSAGE");
    }

    [Theory]
    [InlineData(401, "Authorization")]
    [InlineData(407, "Proxy-Authorization")]
    public void MESSAGE_ThatItsTrunkChallenges_IsSentAgainWithCredentials(int status, string row)
    {
        World.Route("+1002", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(_bob)], Credentials = new TrunkCredentials(Challenges.User, Challenges.Password, "carrier") })], Parallel: false, TimeSpan.FromSeconds(30)));
        Send("+1002", "hello");
        SipText first = _bob.Take("MESSAGE");
        _bob.Respond(first, status, "t-bob", extra: status == 401 ? Challenges.Server("carrier", "n1") : Challenges.Proxy("carrier", "n1"));
        SipText second = _bob.Take("MESSAGE");
        Challenges.AssertAnswered(second, "carrier", "n1", 1, row: row);
        Assert.Equal((first.CallId, first.CSeq + 1, "hello"), (second.CallId, second.CSeq, second.Body));
        _alice.TakeNothing();
        _bob.Respond(second, 200, "t-bob");
        _alice.Take("200 MESSAGE");
    }

    private Peer Send(string number, string text, string extra = "", string user = "+12025550123", string type = "text/plain")
    {
        _alice.Send(_alice.Request("MESSAGE", $"sip:{number}@192.0.2.1", $"<sip:{user}@{_alice.Host}>;tag={_alice.NextId("t")}", $"<sip:{number}@192.0.2.1>", _alice.NextId("m"), 1, _alice.NextBranch(), extra + $"Content-Type: {type}\r\n", text));
        return _alice;
    }
}
