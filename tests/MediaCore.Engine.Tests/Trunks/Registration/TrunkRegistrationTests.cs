using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Tests.Trunks.Credentials;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Engine.Trunks.Registration;

namespace MediaCore.Engine.Tests.Trunks.Registration;

/// <summary>Registering with a trunk as a client (RFC 3261 §10.2).</summary>
public sealed class TrunkRegistrationTests : ShardTest
{
    private readonly Peer _registrar;
    private readonly Peer _second;

    public TrunkRegistrationTests()
    {
        _registrar = World.AddPeer("registrar", "203.0.113.10");
        _second = World.AddPeer("second", "203.0.113.11");
    }

    private TrunkStatus Status => World.Shard.Context.Trunks.Get("carrier");

    [Fact]
    public void REGISTER_IsSent_Challenged_Answered_AndRefreshedInItsLastQuarter()
    {
        World.ApplyTrunks(Carrier());
        SipText first = World.WaitFor(_registrar, "REGISTER");
        Assert.Equal("sip:carrier.example", first.Uri);
        Assert.Equal("<sip:line7@carrier.example>", first["To"]);
        Assert.StartsWith("<sip:line7@carrier.example>;tag=", first["From"], StringComparison.Ordinal);
        Assert.Equal($"<sip:gate7@{World.ServerHost}:5060>", first["Contact"]);
        Assert.Equal("3600", first["Expires"]);
        Assert.Equal(TrunkRegistrationState.Trying, Status.Registration!.State);

        _registrar.Respond(first, 401, "t", extra: Challenges.Server("carrier", "n1", "SHA-256"));
        SipText second = _registrar.Take("REGISTER");
        Challenges.AssertAnswered(second, "carrier", "n1", 1, "SHA-256");
        Assert.Equal(first.CallId, second.CallId);
        Assert.Equal(first["From"], second["From"]);
        Assert.Equal(first.CSeq + 1, second.CSeq);
        Accept(second, 3600);
        Assert.Equal(TrunkRegistrationState.Registered, Status.Registration!.State);
        Assert.Equal(World.WallClock + TimeSpan.FromHours(1), Status.Registration.RegisteredUntil);
        Assert.Equal(("carrier", true, true, ""), World.EventsOf<TrunkChanged>().Select(static e => (e.Trunk, e.IsRegistered, e.IsReachable, e.Problem)).Single());

        World.Advance((3600 * 0.75) - 1);
        _registrar.TakeNothing();
        SipText refresh = World.WaitFor(_registrar, "REGISTER", 3600 * 0.15);
        Challenges.AssertAnswered(refresh, "carrier", "n1", 2, "SHA-256");
        Assert.Equal(first.CallId, refresh.CallId);
        Assert.Equal(second.CSeq + 1, refresh.CSeq);
        Accept(refresh, 3600);
        Assert.Single(World.EventsOf<TrunkChanged>());
        Leave();
    }

    [Fact]
    public void Registrar_ThatIsLookedUpAfterTheStart_IsRegisteredWithAtOnce()
    {
        var named = new SipPeer("carrier.example", 5060, SipTransportKind.Udp);
        World.ApplyTrunks(Carrier(registrar: named));
        World.Advance(4);
        Assert.Equal((TrunkRegistrationState.Trying, 0), (Status.Registration!.State, Status.Registration.Failures));
        named.Endpoint = _registrar.Endpoint;
        Accept(World.WaitFor(_registrar, "REGISTER", 0.5), 3600);
        Leave();
    }

    [Theory]
    [InlineData(";expires=120", "", 120)]
    [InlineData("", "Expires: 240\r\n", 240)]
    [InlineData(";expires=120", "Expires: 240\r\n", 120)]
    [InlineData("", "", 3600)]
    [InlineData(";expires=abc", "Expires: 90\r\n", 90)]
    [InlineData(";expires=4294967295", "", 86400)]
    public void Lifetime_IsOurContacts_ElseTheResponses_ElseOurWish(string parameter, string header, int seconds)
    {
        World.ApplyTrunks(Carrier());
        _registrar.Respond(
            World.WaitFor(_registrar, "REGISTER"), 200, "t", contact: $"<sip:other@198.51.100.99>;expires=7, <sip:gate7@{World.ServerHost}>{parameter}", extra: header);
        Assert.Equal(World.WallClock + TimeSpan.FromSeconds(seconds), Status.Registration!.RegisteredUntil);
        Leave();
    }

    [Fact]
    public void TooBrief_RaisesTheLifetimeOnce()
    {
        World.ApplyTrunks(Carrier(expires: 60));
        _registrar.Respond(World.WaitFor(_registrar, "REGISTER"), 423, "t", extra: "Min-Expires: 600\r\n");
        SipText longer = _registrar.Take("REGISTER");
        Assert.Equal("600", longer["Expires"]);
        _registrar.Respond(longer, 423, "t", extra: "Min-Expires: 900\r\n");
        _registrar.TakeNothing();
        Assert.Equal(TrunkRegistrationState.Failed, Status.Registration!.State);
        Assert.Equal(423, Status.Registration.LastStatus);
        Assert.Equal((false, "Its registrar has answered 423."), World.EventsOf<TrunkChanged>().Select(static e => (e.IsRegistered, e.Problem)).Single());
        World.ApplyTrunks();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(600)]
    public void Refusal_IsNotTriedElsewhere_ButAgainLater_MoreAndMoreSeldom(int status)
    {
        World.ApplyTrunks(Carrier(destinations: [_registrar, _second]));
        _registrar.Respond(World.WaitFor(_registrar, "REGISTER"), status, "t", contact: _second.Contact);
        _second.TakeNothing();
        World.MayPassAddresses = true;
        double longest = 30;
        Peer next = _second;
        for (int failure = 1; failure <= 8; failure++)
        {
            Assert.Equal(failure, Status.Registration!.Failures);
            World.Advance((longest / 2) - 0.5);
            next.TakeNothing();
            next.Respond(World.WaitFor(next, "REGISTER", (longest / 2) + 1), status, "t", contact: "");
            next = next == _second ? _registrar : _second;
            longest = Math.Min(longest * 2, 1800);
        }

        World.ApplyTrunks();
    }

    [Fact]
    public void Unavailable_GoesOnToTheNextDestinationAtOnce()
    {
        World.ApplyTrunks(Carrier(destinations: [_registrar, _second]));
        _registrar.Respond(World.WaitFor(_registrar, "REGISTER"), 503, "t");
        SipText elsewhere = _second.Take("REGISTER");
        _second.Respond(elsewhere, 200, "t", contact: elsewhere["Contact"] + ";expires=3600");
        Assert.Equal(TrunkRegistrationState.Registered, Status.Registration!.State);

        // It stays where it succeeded.
        SipText refresh = World.WaitFor(_second, "REGISTER", 3600 * 0.9);
        _registrar.TakeNothing();
        _second.Respond(refresh, 200, "t", contact: refresh["Contact"] + ";expires=3600");
        World.ApplyTrunks();
        _second.Respond(_second.Take("REGISTER"), 200, "t");
    }

    [Fact]
    public void RetryAfter_IsWaitedFor()
    {
        World.ApplyTrunks(Carrier());
        _registrar.Respond(World.WaitFor(_registrar, "REGISTER"), 503, "t", extra: "Retry-After: 300 (overloaded)\r\n");
        World.Advance(299.5);
        _registrar.TakeNothing();
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);
        Leave();
    }

    [Fact]
    public void Silence_FailsByTimerF_AndIsTriedAgain()
    {
        World.ApplyTrunks(Carrier());
        World.WaitFor(_registrar, "REGISTER");
        World.Advance(32.5);
        Assert.Equal(10, _registrar.TakeAll().Length);
        Assert.Equal(TrunkRegistrationState.Failed, Status.Registration!.State);
        Assert.Equal(0, Status.Registration.LastStatus);
        Accept(World.WaitFor(_registrar, "REGISTER", 31), 3600);
        Assert.Equal(0, Status.Registration.Failures);
        Leave();
    }

    [Fact]
    public void Refresh_ThatFails_IsTriedAgainWhileTheBindingHolds_AndThenItIsLost()
    {
        World.ApplyTrunks(Carrier(retry: 600));
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);
        SipText refresh = World.WaitFor(_registrar, "REGISTER", 3600 * 0.9);
        DateTimeOffset until = Status.Registration!.RegisteredUntil;
        int tries = 0;
        while (Status.Registration.IsRegistered(World.WallClock))
        {
            Assert.Equal(TrunkRegistrationState.Registered, Status.Registration.State);
            Assert.Equal(until, Status.Registration.RegisteredUntil);
            tries++;
            _registrar.Respond(refresh, 500, "t");
            refresh = World.WaitFor(_registrar, "REGISTER", 700);
        }

        _registrar.Respond(refresh, 500, "t");
        Assert.InRange(tries, 3, 30);
        Assert.InRange(World.WallClock - until, TimeSpan.Zero, TimeSpan.FromSeconds(700));
        Assert.Equal(TrunkRegistrationState.Failed, Status.Registration.State);
        Accept(World.WaitFor(_registrar, "REGISTER", 1801), 3600);
        Assert.Equal(TrunkRegistrationState.Registered, Status.Registration!.State);
        Leave();
    }

    [Fact]
    public void WrongPassword_IsTriedOncePerRound()
    {
        World.ApplyTrunks(Carrier());
        SipText first = World.WaitFor(_registrar, "REGISTER");
        _registrar.Respond(first, 401, "t", extra: Challenges.Server("carrier", "n1"));
        _registrar.Respond(_registrar.Take("REGISTER"), 401, "t", extra: Challenges.Server("carrier", "n2"));
        _registrar.TakeNothing();
        Assert.Equal(401, Status.Registration!.LastStatus);
        SipText again = World.WaitFor(_registrar, "REGISTER", 31);
        Assert.False(again.Has("Authorization"));
        Assert.True(again.CSeq > first.CSeq + 1);
        _registrar.Respond(again, 403, "t");
        World.ApplyTrunks();
    }

    [Fact]
    public void Reload_ThatChangesNothing_LeavesTheBindingAlone()
    {
        Trunk trunk = Carrier();
        World.ApplyTrunks(trunk);
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);
        World.ApplyTrunks(new Trunk { Name = "carrier", Credentials = trunk.Credentials, Registration = trunk.Registration! with { Registrar = World.Hop(_registrar) } });
        World.Advance(2);
        _registrar.TakeNothing();
        Leave();
    }

    [Fact]
    public void Reload_WithAnotherContact_TakesTheOldBindingBack_AndMakesTheNew()
    {
        Trunk trunk = Carrier();
        World.ApplyTrunks(trunk);
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);
        World.ApplyTrunks(new Trunk { Name = "carrier", Credentials = trunk.Credentials, Registration = trunk.Registration! with { ContactUser = "gate8" } });
        SipText removal = _registrar.Take("REGISTER");
        Assert.Equal("0", removal["Expires"]);
        Assert.StartsWith("<sip:gate7@", removal["Contact"], StringComparison.Ordinal);
        _registrar.Respond(removal, 200, "t");
        SipText fresh = World.WaitFor(_registrar, "REGISTER");
        Assert.StartsWith("<sip:gate8@", fresh["Contact"], StringComparison.Ordinal);
        Accept(fresh, 3600);
        Assert.Equal(TrunkRegistrationState.Registered, Status.Registration!.State);
        Leave();
    }

    [Fact]
    public void Reload_WithAnotherPassword_RegistersAnew()
    {
        Trunk trunk = Carrier();
        World.ApplyTrunks(trunk);
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);
        World.ApplyTrunks(new Trunk { Name = "carrier", Credentials = new TrunkCredentials(Challenges.User, "another"), Registration = trunk.Registration });
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);
        Leave();
    }

    [Fact]
    public void Drain_TakesTheBindingBack_ChallengedOrNot_AndIsAwaited()
    {
        World.ApplyTrunks(Carrier());
        SipText register = World.WaitFor(_registrar, "REGISTER");
        Accept(register, 3600);
        World.Shard.Core.BeginDrain();
        SipText removal = _registrar.Take("REGISTER");
        Assert.Equal("0", removal["Expires"]);
        Assert.Equal(register["Contact"], removal["Contact"]);
        Assert.Equal(1, World.Statistics.LeavingRegistrations);
        _registrar.Respond(removal, 401, "t", extra: Challenges.Server("carrier", "n1"));
        SipText again = _registrar.Take("REGISTER");
        Challenges.AssertAnswered(again, "carrier", "n1", 1);
        _registrar.Respond(again, 200, "t");
        Assert.Equal(0, World.Statistics.LeavingRegistrations);
        Assert.Equal(TrunkRegistrationState.Unregistered, Status.Registration!.State);
        World.Advance(7200);
        _registrar.TakeNothing();
    }

    [Fact]
    public void Drain_WhileTheFirstREGISTERIsOpen_TakesBackWhatItMayHaveMade()
    {
        World.ApplyTrunks(Carrier());
        SipText first = World.WaitFor(_registrar, "REGISTER");
        World.Shard.Core.BeginDrain();
        SipText removal = _registrar.Take("REGISTER");
        Assert.Equal("0", removal["Expires"]);
        Assert.True(removal.CSeq > first.CSeq);
        Accept(first, 3600);
        _registrar.Respond(removal, 200, "t");
        Assert.Equal(0, World.Statistics.LeavingRegistrations);
    }

    [Fact]
    public void NameNotResolvedYet_IsTriedAgain()
    {
        SipPeer peer = new("carrier.example", 5060, SipTransportKind.Udp) { Destinations = [] };
        World.ApplyTrunks(Carrier(registrar: peer));
        World.Advance(1);
        Assert.Equal(TrunkRegistrationState.Failed, Status.Registration!.State);
        peer.Endpoint = _registrar.Endpoint;
        Accept(World.WaitFor(_registrar, "REGISTER", 31), 3600);
        Leave();
    }

    [Fact]
    public void ConnectionLost_RegistersAnew()
    {
        Peer stream = World.AddPeer("stream", "203.0.113.12", tcp: true);
        World.ApplyTrunks(Carrier(registrar: World.Hop(stream)));
        SipText register = World.WaitFor(stream, "REGISTER");
        Assert.Equal($"<sip:gate7@{World.ServerHost}:5060;transport=tcp>", register["Contact"]);
        stream.Respond(register, 200, "t", contact: register["Contact"] + ";expires=3600");
        World.LoseStream(stream);
        stream.Stream!.IsClosed = false;
        SipText again = World.WaitFor(stream, "REGISTER");
        stream.Respond(again, 200, "t", contact: again["Contact"] + ";expires=3600");
        World.ApplyTrunks();
        stream.Respond(stream.Take("REGISTER"), 200, "t");
    }

    [Fact]
    public void OneShard_KeepsEachTrunk()
    {
        World.ShardCount = 4;
        Trunk[] trunks = [.. Enumerable.Range(0, 12).Select(i => new Trunk { Name = $"t{i}", Registration = Carrier().Registration! with { User = $"u{i}", ContactUser = $"u{i}" } })];
        World.ApplyTrunks(trunks);
        List<SipText> registers = [];
        while (registers.Count < 12)
        {
            registers.Add(World.WaitFor(_registrar, "REGISTER"));
            Accept(registers[^1], 3600);
        }

        World.Advance(2);
        _registrar.TakeNothing();
        Assert.Equal(12, registers.Select(static r => r["To"]).Distinct().Count());
        World.ApplyTrunks();
        while (_registrar.TakeAny() is { } removal)
        {
            _registrar.Respond(removal, 200, "t");
        }
    }

    [Fact]
    public void CallToOurContact_FromTheRegistrar_IsTheTrunks_FromElsewhereItIsNot()
    {
        Peer target = World.AddPeer("target", "203.0.113.20");
        World.RouteToTrunks("gate7", target);
        Trunk trunk = Carrier();
        World.ApplyTrunks(trunk);
        Accept(World.WaitFor(_registrar, "REGISTER"), 3600);

        PeerDialog caller = PeerDialog.Call(_registrar, "gate7");
        PeerDialog callee = PeerDialog.Answering(target);
        callee.Respond(486);
        target.Take("ACK");
        caller.Ack(_registrar.Take("486 INVITE"));
        Assert.Equal("carrier", World.Record.InboundTrunk);

        PeerDialog stranger = PeerDialog.Call(_second, "gate7");
        PeerDialog asked = PeerDialog.Answering(target);
        asked.Respond(486);
        target.Take("ACK");
        stranger.Ack(_second.Take("486 INVITE"));
        Assert.Null(World.Records[1].InboundTrunk);
        Leave();
    }

    [Fact]
    public void Credentials_OfTheRegistration_DoNotTravelWithCalls()
    {
        Trunk registering = Carrier();
        var trunk = new Trunk { Name = "carrier", Targets = [World.Hop(_registrar)], Credentials = registering.Credentials, Registration = registering.Registration };
        World.Route("+1001", new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60)));
        World.ApplyTrunks(trunk);
        _registrar.Respond(World.WaitFor(_registrar, "REGISTER"), 401, "t", extra: Challenges.Server("carrier", "n1"));
        Accept(_registrar.Take("REGISTER"), 3600);
        PeerDialog caller = PeerDialog.Call(_second, "+1001");
        SipText invite = _registrar.Take("INVITE");
        Assert.False(invite.Has("Authorization"));
        Assert.False(invite.Has("Proxy-Authorization"));
        _registrar.Respond(invite, 486, "t");
        _registrar.Take("ACK");
        caller.Ack(_second.Take("486 INVITE"));
        Leave();
    }

    private Trunk Carrier(int expires = 3600, int retry = 30, Peer[]? destinations = null, SipPeer? registrar = null)
    {
        SipPeer peer = registrar ?? World.Hop(_registrar);
        if (destinations is not null)
        {
            peer.Destinations = [.. destinations.Select(static p => new SipDestination(p.Endpoint, SipTransportKind.Udp))];
        }

        return new Trunk
        {
            Name = "carrier",
            Credentials = new TrunkCredentials(Challenges.User, Challenges.Password),
            Registration = new TrunkRegistration
            {
                Registrar = peer,
                User = "line7",
                Domain = "carrier.example",
                ContactUser = "gate7",
                Expires = TimeSpan.FromSeconds(expires),
                MinRetry = TimeSpan.FromSeconds(retry),
            },
        };
    }

    private void Accept(SipText register, int seconds) => _registrar.Respond(register, 200, "t", contact: $"{register["Contact"]};expires={seconds}");

    private void Leave()
    {
        World.ApplyTrunks();
        SipText removal = _registrar.Take("REGISTER");
        Assert.Equal("0", removal["Expires"]);
        _registrar.Respond(removal, 200, "t");
        Assert.Equal(0, World.Statistics.LeavingRegistrations);
    }
}
