using System.Collections.Frozen;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

public sealed class TrunkFailoverTests : CallTest
{
    [Fact]
    public void Timeout_BlocksTheTarget_UntilATrialCallIsAnswered()
    {
        Trunk trunk = RouteTo("+1", TrunkOf(Bob, Carol));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog dead = PeerDialog.Answering(Bob);
        World.Advance(5.1);
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(caller, callee);
        HangUp(caller, callee);
        dead.Respond(487);
        Bob.TakeAll();
        Assert.Equal(1, World.Trunks.Get(trunk).Failovers);

        // Blocked: no call waits for it.
        CallThrough(Carol);
        Bob.TakeNothing();
        TrunkChanged blocked = Assert.Single(World.EventsOf<TrunkChanged>());
        Assert.Equal((trunk.Name, true, Bob.Endpoint.ToString(), "It does not answer calls."), (blocked.Trunk, blocked.IsReachable, blocked.Address, blocked.Problem));

        // The block has run out: one call tries it, and while that one has not been answered no other does.
        World.Advance(61);
        PeerDialog trial = PeerDialog.Call(Alice, "+1");
        PeerDialog first = PeerDialog.Answering(Bob);
        CallThrough(Carol);
        Bob.TakeNothing();
        Answer(trial, first);
        HangUp(trial, first);
        CallThrough(Bob);
        TrunkChanged back = World.EventsOf<TrunkChanged>()[^1];
        Assert.Equal((2, Bob.Endpoint.ToString(), ""), (World.EventsOf<TrunkChanged>().Length, back.Address, back.Problem));
    }

    [Fact]
    public void Reachability_IsThatOfTheAddressesThatItsNamesHaveNow()
    {
        Trunk trunk = RouteTo("+1", TrunkOf(Bob));
        World.Unreachable.Add(Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        caller.Ack(Alice.Take("500 INVITE"));
        Assert.False(Assert.Single(World.EventsOf<TrunkChanged>()).IsReachable);

        // Its name has another address, which no call has needed yet.
        trunk.Targets[0].Destinations = World.Hop(Carol).Destinations;
        Assert.True(TrunkNews.Describe(trunk, World.Trunks.Get(trunk), World.Now, World.WallClock).IsReachable);
    }

    [Fact]
    public void TransportError_BlocksTheTarget()
    {
        RouteTo("+1", TrunkOf(Bob, Carol));
        World.Unreachable.Add(Bob);
        CallThrough(Carol);
        Assert.Equal((true, "It cannot be reached."), World.EventsOf<TrunkChanged>().Select(static e => (e.IsReachable, e.Problem)).Single());
        World.Unreachable.Clear();
        CallThrough(Carol);
        Bob.TakeNothing();
        World.Advance(60);
        CallThrough(Bob);
    }

    [Theory]
    [InlineData("30", 29.5, 30.5)]
    [InlineData("30 (maintenance);duration=3600", 29.5, 30.5)]
    [InlineData("0", 0.5, 1.5)]
    [InlineData("99999999", 599, 601)]
    public void ServiceUnavailable_WithRetryAfter_BlocksForThatLong_WithinBounds(string retryAfter, double before, double after)
    {
        RouteTo("+1", TrunkOf(Bob, Carol));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Bob).Respond(503, extra: $"Retry-After: {retryAfter}\r\n");
        Bob.Take("ACK");
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(caller, callee);
        HangUp(caller, callee);
        World.Advance(before);
        CallThrough(Carol);
        Bob.TakeNothing();
        World.Advance(after - before);
        CallThrough(Bob);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Retry-After: soon\r\n")]
    [InlineData("Retry-After: 99999999999999999999\r\n")]
    public void ServiceUnavailable_WithoutAUsableRetryAfter_FailsOverAndBlocksNothing(string header)
    {
        RouteTo("+1", TrunkOf(Bob, Carol));
        for (int i = 0; i < 2; i++)
        {
            PeerDialog caller = PeerDialog.Call(Alice, "+1");
            PeerDialog.Answering(Bob).Respond(503, extra: header);
            Bob.Take("ACK");
            PeerDialog callee = PeerDialog.Answering(Carol);
            Answer(caller, callee);
            HangUp(caller, callee);
        }
    }

    [Theory]
    [InlineData(480, true)]
    [InlineData(503, false)]
    public void Statuses_OfTheTrunk_DecideWhatFailsOver(int status, bool failsOver)
    {
        RouteTo("+1", TrunkOf(Bob, Carol), new TrunkFailover { Statuses = new[] { 480 }.ToFrozenSet() });
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Bob).Respond(status);
        Bob.Take("ACK");
        if (failsOver)
        {
            PeerDialog callee = PeerDialog.Answering(Carol);
            Answer(caller, callee);
            HangUp(caller, callee);
        }
        else
        {
            Carol.TakeNothing();
            caller.Ack(Alice.Take("500 INVITE"));
        }
    }

    [Theory]
    [InlineData(501)]
    [InlineData(505)]
    [InlineData(513)]
    [InlineData(486)]
    [InlineData(600)]
    [InlineData(603)]
    public void WhatIsTheSameByAnyWay_DoesNotFailOver(int status)
    {
        RouteTo("+1", TrunkOf(Bob, Carol));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Bob).Respond(status);
        Bob.Take("ACK");
        Carol.TakeNothing();
        caller.Ack(Alice.Take($"{status} INVITE"));
        Assert.False(World.Trunks.All.Single().Destinations.Single(d => d.Destination.Endpoint == Bob.Endpoint).IsBlocked(World.Now));
    }

    [Fact]
    public void Failure_AfterRingingAndEarlyMedia_StillFailsOver()
    {
        RouteTo("+1", TrunkOf(Bob, Carol));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(183, PeerSdp.Audio(Bob, 50000));
        Alice.Take("183 INVITE");
        first.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(20);
        first.Respond(503);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Alice.TakeNothing();
        Answer(caller, second);
        HangUp(caller, second);
    }

    [Fact]
    public void ResponseTimeout_OfTheTrunk_ReplacesTheEngines()
    {
        RouteTo("+1", TrunkOf(Bob, Carol), new TrunkFailover { ResponseTimeout = TimeSpan.FromSeconds(1) });
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog first = PeerDialog.Answering(Bob);
        World.Advance(1.1);
        PeerDialog second = PeerDialog.Answering(Carol);
        Answer(caller, second);
        HangUp(caller, second);
        first.Respond(487);
        Bob.TakeAll();
    }

    [Fact]
    public void AllTargetsBlocked_TheOneBlockedFirstIsTried()
    {
        Trunk trunk = RouteTo("+1", TrunkOf(Bob, Carol, Dave));
        TrunkStatus status = World.Trunks.Get(trunk);
        Block(status, Carol);
        World.Advance(1);
        Block(status, Bob);
        World.Advance(1);
        Block(status, Dave);
        CallThrough(Carol);

        // Its answer has freed it.
        CallThrough(Carol);
    }

    [Fact]
    public void AllTargetsBlocked_OneIsTried_NotAllOfThem()
    {
        Trunk trunk = RouteTo("+1", TrunkOf(Bob, Carol));
        TrunkStatus status = World.Trunks.Get(trunk);
        Block(status, Bob);
        Block(status, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Bob).Respond(503);
        Bob.Take("ACK");
        Carol.TakeNothing();
        caller.Ack(Alice.Take("500 INVITE"));
    }

    [Fact]
    public void TrunkThatIsDown_IsPassedOver_AndTheLastResort()
    {
        World.RouteToTrunks("+1", Bob, Carol);
        World.Trunks.Get("to-bob").IsUp = false;
        CallThrough(Carol);
        World.Trunks.Get("to-carol").IsUp = false;
        CallThrough(Bob);
    }

    [Fact]
    public void Attempts_AreBounded()
    {
        World.Options = World.Options with { MaxDialAttempts = 2 };
        RouteTo("+1", TrunkOf(Bob, Carol, Dave));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Bob).Respond(503);
        Bob.Take("ACK");
        PeerDialog.Answering(Carol).Respond(503);
        Carol.Take("ACK");
        Dave.TakeNothing();
        caller.Ack(Alice.Take("500 INVITE"));
    }

    [Fact]
    public void TimeOfFailover_IsBounded()
    {
        World.Options = World.Options with { MaxFailoverTime = TimeSpan.FromSeconds(8) };
        RouteTo("+1", TrunkOf(Bob, Carol, Dave));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog first = PeerDialog.Answering(Bob);
        World.Advance(5.1);
        PeerDialog second = PeerDialog.Answering(Carol);
        World.Advance(5.1);
        Dave.TakeNothing();
        caller.Ack(Alice.Take("408 INVITE"));
        first.Respond(487);
        second.Respond(487);
        Bob.TakeAll();
        Carol.TakeAll();
    }

    [Fact]
    public void StormOf503_OfOneCarrier_DelaysNoCallOfTheOther()
    {
        RouteTo("+1", TrunkOf(Bob, Carol));
        PeerDialog[] callers = [.. Enumerable.Range(0, 20).Select(_ => PeerDialog.Call(Alice, "+1"))];
        PeerDialog[] refused = [.. callers.Select(_ => PeerDialog.Answering(Bob))];
        foreach (PeerDialog dialog in refused)
        {
            dialog.Respond(503, extra: "Retry-After: 120\r\n");
        }

        Bob.TakeAll();
        PeerDialog[] callees = [.. callers.Select(_ => PeerDialog.Answering(Carol))];
        PeerDialog next = PeerDialog.Call(Alice, "+1");
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(next, callee);
        HangUp(next, callee);
        foreach (PeerDialog dialog in callees)
        {
            dialog.Respond(486);
        }

        Carol.TakeAll();
        foreach (PeerDialog caller in callers)
        {
            caller.Ack(Alice.Take("486 INVITE"));
        }

        Bob.TakeNothing();
    }

    /// <summary>Scenario 7 of docs/features.md: the first carrier answers ten calls of a burst and then nothing any more. The thirty that wait for it get the other one's answer, later ones at once, and every call has its record.</summary>
    [Fact]
    public void CarrierThatDiesInTheMiddleOfABurst_CostsNoCall()
    {
        Trunk trunk = RouteTo("+1", TrunkOf(Bob, Carol));
        List<PeerDialog> answered = [];
        for (int i = 0; i < 10; i++)
        {
            PeerDialog caller = PeerDialog.Call(Alice, "+1");
            Answer(caller, PeerDialog.Answering(Bob));
            answered.Add(caller);
        }

        Dictionary<string, PeerDialog> waiting = Enumerable.Range(0, 30).Select(_ => PeerDialog.Call(Alice, "+1")).ToDictionary(static caller => caller.CallId, StringComparer.Ordinal);
        Carol.TakeNothing();
        World.Advance(5.1);
        PeerDialog[] callees = [.. Enumerable.Range(0, 30).Select(_ => PeerDialog.Answering(Carol))];
        foreach (PeerDialog callee in callees)
        {
            callee.Respond(200, PeerSdp.Audio(Carol, 50000));
            SipText answer = Alice.Take("200 INVITE");
            Assert.True(waiting.Remove(answer.CallId, out PeerDialog? caller), "A call was answered twice.");
            caller.Learn(answer);
            caller.Ack();
            Carol.Take("ACK");
            answered.Add(caller);
        }

        Assert.Equal(30, World.Trunks.Get(trunk).Failovers);
        Bob.TakeAll();
        CallThrough(Carol);
        Bob.TakeNothing();
        foreach (PeerDialog caller in answered)
        {
            caller.HangUp();
        }

        // The dead carrier takes no BYE; the other one's are repeated until they are taken.
        SipText[] byes = [.. Enumerable.Range(0, 30).Select(_ => Carol.Take("BYE"))];
        Assert.Equal(30, byes.Select(static bye => bye.CallId).Distinct(StringComparer.Ordinal).Count());
        Array.ForEach(byes, bye => Carol.Respond(bye, 200));
        World.Advance(33);
        Bob.TakeAll();
        Assert.Equal(41, World.Records.Count);
        Assert.All(World.Records, static record => Assert.Equal((CallEndReason.Completed, CallEndSide.Caller), (record.Reason, record.EndedBy)));
    }

    [Fact]
    public void RoundRobin_TakesTurns_AndPassesTheTurnOfABlockedTargetOn()
    {
        Trunk trunk = RouteTo("+1", TrunkOf(Bob, Carol, Dave), selection: Level(SelectionPolicy.RoundRobin, 1, 1, 1));
        CallThrough(Bob);
        CallThrough(Carol);
        CallThrough(Dave);
        Block(World.Trunks.Get(trunk), Carol);
        CallThrough(Bob);
        CallThrough(Dave);
        CallThrough(Dave);
    }

    [Fact]
    public void LeastCalls_PrefersTheTargetWithFewerCallsForItsWeight()
    {
        RouteTo("+1", TrunkOf(Bob, Carol), selection: Level(SelectionPolicy.LeastCalls, 1, 2));
        var calls = new List<(PeerDialog Caller, PeerDialog Callee)>();
        foreach (Peer expected in (Peer[])[Carol, Bob, Carol, Carol, Bob])
        {
            PeerDialog caller = PeerDialog.Call(Alice, "+1");
            PeerDialog callee = PeerDialog.Answering(expected);
            Answer(caller, callee);
            calls.Add((caller, callee));
        }

        foreach ((PeerDialog caller, PeerDialog callee) in calls)
        {
            HangUp(caller, callee);
        }
    }

    [Fact]
    public void Weighted_FollowsTheDraw_WithinThePriority_AndFailsOverToTheNextPriority()
    {
        var selection = new TrunkSelection { Ranks = [new(2, 1), new(1, 3), new(1, 1)] };
        RouteTo("+1", TrunkOf(Bob, Carol, Dave), selection: selection);
        World.NextRandom = static () => 2;
        CallThrough(Carol);
        World.NextRandom = static () => 3;
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Dave).Respond(500);
        Dave.Take("ACK");
        PeerDialog.Answering(Carol).Respond(500);
        Carol.Take("ACK");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void HashOfTheCaller_KeepsTheTarget()
    {
        RouteTo("+1", TrunkOf(Bob, Carol, Dave), selection: Level(SelectionPolicy.HashCaller, 1, 1, 1));
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        Peer chosen = new[] { Bob, Carol, Dave }.Single(static peer => peer.History.Count > 0);
        PeerDialog callee = PeerDialog.Answering(chosen);
        Answer(caller, callee);
        HangUp(caller, callee);
        for (int i = 0; i < 5; i++)
        {
            CallThrough(chosen);
        }
    }

    [Fact]
    public void Ranks_OfTheRoute_ChooseTheTrunkByTheDraw()
    {
        World.Route("+1", new DialStep([new TrunkTarget(World.TrunkTo(Bob)), new TrunkTarget(World.TrunkTo(Carol))], Parallel: false, TimeSpan.FromSeconds(60))
        {
            Ranks = [new(1, 70), new(1, 30)],
        });
        World.NextRandom = static () => 69;
        CallThrough(Bob);
        World.NextRandom = static () => 70;
        CallThrough(Carol);
    }

    [Fact]
    public void EveryAddressOfATarget_IsTriedInItsOrder()
    {
        SipPeer name = new("carrier.example", 5060, SipTransportKind.Udp)
        {
            Destinations = [new SipDestination(Bob.Endpoint, SipTransportKind.Udp), new SipDestination(Carol.Endpoint, SipTransportKind.Udp)],
        };
        RouteTo("+1", [name, World.Hop(Dave)]);
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog.Answering(Bob).Respond(503);
        Bob.Take("ACK");
        PeerDialog.Answering(Carol).Respond(503);
        Carol.Take("ACK");
        PeerDialog callee = PeerDialog.Answering(Dave);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    private static SipPeer[] TrunkOf(params Peer[] peers) => [.. peers.Select(World.Hop)];

    private static TrunkSelection Level(SelectionPolicy policy, params int[] weights) =>
        new() { Policy = policy, Ranks = [.. weights.Select(static weight => new TargetRank(1, weight))] };

    private Trunk RouteTo(string number, SipPeer[] targets, TrunkFailover? failover = null, TrunkSelection? selection = null)
    {
        var trunk = new Trunk { Name = "carrier", Targets = [.. targets], Failover = failover ?? TrunkFailover.Default, Selection = selection ?? TrunkSelection.InOrder };
        World.Route(number, new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60)));
        return trunk;
    }

    private void Block(TrunkStatus status, Peer peer) =>
        status.GetDestination(new SipDestination(peer.Endpoint, SipTransportKind.Udp))!.Block(World.Now, TimeSpan.FromSeconds(600), DestinationBlock.Silent);

    private void CallThrough(Peer expected)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1");
        PeerDialog callee = PeerDialog.Answering(expected);
        Answer(caller, callee);
        HangUp(caller, callee);
    }
}
