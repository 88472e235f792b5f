using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;

namespace MediaCore.Engine.Tests.Trunks.Probing;

/// <summary>Probing of trunks by OPTIONS: thresholds, what counts as alive, and that calls keep away from what is down.</summary>
public sealed class TrunkProbeTests : ShardTest
{
    private readonly Peer _alice;
    private readonly Peer _bob;
    private readonly Peer _carol;

    public TrunkProbeTests()
    {
        _alice = World.AddPeer("alice", "198.51.100.10");
        _bob = World.AddPeer("bob", "203.0.113.101");
        _carol = World.AddPeer("carol", "203.0.113.102");
    }

    private TrunkStatus Status => World.Shard.Context.Trunks.Get("carrier");

    [Fact]
    public void OPTIONS_IsSentToEachDestination_AboutOnceAnInterval()
    {
        World.ApplyTrunks(Carrier(new TrunkProbe { Interval = TimeSpan.FromSeconds(10) }, _bob, _carol));
        SipText probe = World.WaitFor(_bob, "OPTIONS");
        Assert.Equal($"sip:{_bob.Host}", probe.Uri);
        Assert.StartsWith("application/sdp", probe["Accept"], StringComparison.Ordinal);
        Assert.Equal("70", probe["Max-Forwards"]);
        World.Advance(0.02);
        _bob.Respond(probe, 200, "t");
        World.Advance(1);
        _carol.Respond(_carol.Take("OPTIONS"), 200, "t");
        _carol.TakeAll();
        Assert.All(Status.Probes, static p => Assert.True(p.IsUp));
        Assert.All(Status.Probes, static p => Assert.Equal(200, p.LastStatus));
        Assert.True(Status.FastestProbe > TimeSpan.Zero);

        int sent = 0;
        for (int quarter = 0; quarter < 400; quarter++)
        {
            World.Advance(0.25);
            while (_bob.TakeAny() is { } again)
            {
                sent++;
                _bob.Respond(again, 200, "t");
            }

            while (_carol.TakeAny() is { } again)
            {
                _carol.Respond(again, 200, "t");
            }
        }

        Assert.InRange(sent, 9, 12);
        World.ApplyTrunks();
    }

    [Fact]
    public void Silence_TakesADestinationOutAtTheThreshold_AndAnswersBringItBack()
    {
        World.ApplyTrunks(Carrier(new TrunkProbe { Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(2), Failures = 3, Successes = 2 }, _bob));
        Assert.True(Status.IsUp);
        World.Advance(2 + (2 * 9) - 0.1);
        Assert.True(Status.IsUp);
        World.Advance(1 + 4.2);
        Assert.False(Status.IsUp);
        Assert.False(Assert.Single(Status.Destinations).IsReachable);
        Assert.Equal(0, Status.Probes[0].LastStatus);
        _bob.TakeAll();

        TrunkChanged down = Assert.Single(World.EventsOf<TrunkChanged>());
        Assert.Equal(("carrier", false, _bob.Endpoint.ToString(), "It does not answer OPTIONS."), (down.Trunk, down.IsReachable, down.Address, down.Problem));

        AnswerNextProbe(200);
        Assert.False(Status.IsUp);
        AnswerNextProbe(200);
        Assert.True(Status.IsUp);
        TrunkChanged up = World.EventsOf<TrunkChanged>()[^1];
        Assert.Equal((2, true, _bob.Endpoint.ToString(), ""), (World.EventsOf<TrunkChanged>().Length, up.IsReachable, up.Address, up.Problem));
        World.ApplyTrunks();
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(404, true)]
    [InlineData(405, true)]
    [InlineData(401, true)]
    [InlineData(501, true)]
    [InlineData(603, true)]
    [InlineData(408, false)]
    [InlineData(500, false)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    public void Alive_IsWhatAnswersForItself_UnlessToldOtherwise(int status, bool alive)
    {
        World.ApplyTrunks(Carrier(new TrunkProbe { Failures = 1 }, _bob));
        _bob.Respond(World.WaitFor(_bob, "OPTIONS"), status, "t");
        Assert.Equal(alive, Status.IsUp);
        Assert.Equal(status, Status.Probes[0].LastStatus);
        World.ApplyTrunks();
        Assert.True(Status.IsUp);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(404, true)]
    [InlineData(403, false)]
    [InlineData(501, false)]
    public void Alive_AsConfigured(int status, bool alive) => Assert.Equal(alive, new TrunkProbe { AliveStatuses = [2, 404] }.IsAlive(status));

    [Fact]
    public void Call_PassesOverADestinationThatIsDown()
    {
        Trunk carrier = Carrier(new TrunkProbe { Failures = 1 }, _bob);
        World.Route("+1001", new DialStep([new TrunkTarget(carrier), new TrunkTarget(World.TrunkTo(_carol))], Parallel: false, TimeSpan.FromSeconds(60)));
        World.ApplyTrunks(carrier);
        _bob.Respond(World.WaitFor(_bob, "OPTIONS"), 503, "t");
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        _bob.TakeNothing();
        PeerDialog callee = PeerDialog.Answering(_carol);
        callee.Respond(486);
        _carol.Take("ACK");
        caller.Ack(_alice.Take("486 INVITE"));

        AnswerNextProbe(200);
        PeerDialog again = PeerDialog.Call(_alice, "+1001");
        PeerDialog.Answering(_bob).Respond(486);
        _bob.Take("ACK");
        again.Ack(_alice.Take("486 INVITE"));
        World.ApplyTrunks();
    }

    [Fact]
    public void UnreachableTransport_CountsAsFailure()
    {
        World.Unreachable.Add(_bob);
        World.ApplyTrunks(Carrier(new TrunkProbe { Failures = 1 }, _bob));
        World.Advance(1);
        Assert.False(Status.IsUp);
        World.ApplyTrunks();
    }

    [Fact]
    public void Drain_StopsProbing()
    {
        World.ApplyTrunks(Carrier(new TrunkProbe(), _bob));
        _bob.Respond(World.WaitFor(_bob, "OPTIONS"), 200, "t");
        World.Shard.Core.BeginDrain();
        World.Advance(300);
        _bob.TakeNothing();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public void Destinations_ThatComeAndGo_AreFollowed(ulong draw)
    {
        World.NextRandom = () => draw;
        Trunk carrier = Carrier(new TrunkProbe { Interval = TimeSpan.FromSeconds(10) }, _bob);
        World.ApplyTrunks(carrier);
        _bob.Respond(World.WaitFor(_bob, "OPTIONS"), 200, "t");
        World.MayPassAddresses = true;
        carrier.Targets[0].Endpoint = _carol.Endpoint;
        SipText? followed = null;
        for (int step = 0; followed is null && step < 240; step++)
        {
            // With the shortest interval bob is asked once more before the names are looked at again.
            World.Advance(0.05);
            followed = _carol.TakeAny();
            if (_bob.TakeAny() is { } last)
            {
                _bob.Respond(last, 200, "t");
            }
        }

        _carol.Respond(Assert.IsType<SipText>(followed), 200, "t");
        World.Advance(8);
        _bob.TakeNothing();
        Assert.Equal(_carol.Endpoint, Assert.Single(Status.Probes).Destination.Endpoint);
        _carol.TakeAll();
        World.ApplyTrunks();
    }

    [Fact]
    public void Return_MakesTheRegistrationAnew()
    {
        Trunk plain = Carrier(new TrunkProbe { Failures = 1, Interval = TimeSpan.FromSeconds(30) }, _bob);
        World.ApplyTrunks(new Trunk
        {
            Name = plain.Name,
            Targets = plain.Targets,
            Probe = plain.Probe,
            Registration = new TrunkRegistration { Registrar = World.Hop(_bob), User = "line7", Domain = "carrier.example", ContactUser = "gate7" },
        });
        for (int step = 0; step < 20; step++)
        {
            while (_bob.TakeAny() is { } request)
            {
                _bob.Respond(request, request.Method == "OPTIONS" ? 503 : 200, "t", contact: request["Contact"]);
            }

            World.Advance(0.1);
        }

        Assert.False(Status.IsUp);
        AnswerNextProbe(200);
        Assert.True(Status.IsUp);
        SipText register = World.WaitFor(_bob, "REGISTER");
        _bob.Respond(register, 200, "t", contact: register["Contact"]);
        World.ApplyTrunks();
        _bob.Respond(_bob.Take("REGISTER"), 200, "t");
    }

    private static Trunk Carrier(TrunkProbe probe, params Peer[] peers) => new() { Name = "carrier", Targets = [.. peers.Select(World.Hop)], Probe = probe };

    private void AnswerNextProbe(int status)
    {
        for (int i = 0; i < 200; i++)
        {
            World.Advance(0.25);
            // Probes given up go on being repeated; what comes for the first time is the next one.
            if (_bob.TakeAny() is { Method: "OPTIONS" } probe && _bob.History.Count(h => h.Message.CallId == probe.CallId) == 1)
            {
                _bob.Respond(probe, status, "t");
                return;
            }
        }

        Assert.Fail("no probe came");
    }
}
