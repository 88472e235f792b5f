using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

public sealed class TargetSelectionTests : CallTest
{
    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(408)]
    public void Failover_OnAServerFailure_AsksTheNextTrunk(int status)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog first = PeerDialog.Answering(Bob);
        Carol.TakeNothing();
        first.Respond(status);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Alice.TakeNothing();
        Answer(caller, second);
        HangUp(caller, second);
        CallRecord record = World.Record;
        Assert.Equal([200, status, 200], record.Legs.Select(static l => l.SipStatus));
        Assert.Equal("to-carol", record.OutboundTrunk);
    }

    [Theory]
    [InlineData(486, 486)]
    [InlineData(404, 404)]
    [InlineData(603, 603)]
    [InlineData(480, 480)]
    [InlineData(401, 403)]
    [InlineData(407, 403)]
    public void Failover_DoesNotHappen_WhenTheCalleeItselfRefuses(int status, int passed)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(status, extra: status is 401 ? "WWW-Authenticate: Digest realm=\"bobs\", nonce=\"1\"\r\n" : status is 407 ? "Proxy-Authenticate: Digest realm=\"bobs\", nonce=\"1\"\r\n" : "");
        Bob.Take("ACK");
        Carol.TakeNothing();
        SipText refusal = Alice.Take($"{passed} INVITE");
        Assert.False(refusal.Has("WWW-Authenticate"));
        Assert.False(refusal.Has("Proxy-Authenticate"));
        caller.Ack(refusal);
        Assert.Equal(passed, World.Record.SipStatus);
    }

    [Fact]
    public void Failover_Exhausted_PassesABetterFailureThanTheLast_And503As500()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1003");
        PeerDialog.Answering(Bob).Respond(503, extra: "Retry-After: 60\r\n");
        Bob.Take("ACK");
        PeerDialog.Answering(Carol).Respond(503);
        Carol.Take("ACK");
        PeerDialog.Answering(Dave).Respond(503);
        Dave.Take("ACK");
        SipText refusal = Alice.Take("500 INVITE");
        Assert.False(refusal.Has("Retry-After"));
        Assert.Equal("Q.850;cause=41;text=\"Temporary failure\"", refusal["Reason"]);
        caller.Ack(refusal);
        Assert.Equal([500, 503, 503, 503], World.Record.Legs.Select(static l => l.SipStatus));
        Assert.Equal(CallEndReason.Failed, World.Record.Reason);
    }

    [Fact]
    public void Failover_AfterTrunkResponseTimeout_CancelsALateComer()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog first = PeerDialog.Answering(Bob);
        World.Advance(4.9);
        Carol.TakeNothing();
        World.Advance(0.2);
        PeerDialog second = PeerDialog.Answering(Carol);
        Bob.TakeAll();
        first.Respond(180);
        Bob.Respond(Bob.Take("CANCEL"), 200, first.LocalTag);
        first.Respond(487);
        Bob.Take("ACK");
        Alice.TakeNothing();
        Answer(caller, second);
        HangUp(caller, second);
    }

    [Fact]
    public void Failover_AfterTrunkResponseTimeout_IsNotPutOffByALateComer()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1003");
        PeerDialog first = PeerDialog.Answering(Bob);
        World.Advance(5.1);
        Carol.Take("INVITE");
        first.Respond(100);
        World.Advance(5.1);
        PeerDialog third = PeerDialog.Answering(Dave);
        Answer(caller, third);
        HangUp(caller, third);
        Bob.TakeAll();
        first.Respond(487);
    }

    [Fact]
    public void Failover_OfASlowTrunk_DoesNotHappen_OnceItSaidTrying()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(100);
        World.Advance(20);
        Carol.TakeNothing();
        Answer(caller, first);
        HangUp(caller, first);
    }

    [Fact]
    public void Failover_WhenTheTransportFailsAtOnce_AsksEachTrunkOnce()
    {
        World.Unreachable.Add(Bob);
        World.Route("+1004",
            new DialStep([new TrunkTarget(World.TrunkTo(Bob)), new TrunkTarget(World.TrunkTo(Carol)), new TrunkTarget(World.TrunkTo(Dave))], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog second = PeerDialog.Answering(Carol);
        Dave.TakeNothing();
        Answer(caller, second);
        HangUp(caller, second);
        Assert.Equal([200, 503, 200], World.Record.Legs.Select(static l => l.SipStatus));
    }

    [Fact]
    public void Failover_WhenTheOnlyTransportFailsAtOnce_Refuses500Once()
    {
        World.Unreachable.Add(Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        caller.Ack(Alice.Take("500 INVITE"));
        Alice.TakeNothing();
        Assert.Equal(503, World.Record.Legs[1].SipStatus);
        Assert.Equal(CallEndReason.Failed, World.Record.Reason);
    }

    [Fact]
    public void Failover_OfALaterStep_IsNotPreventedByARefusalOfAnEarlierStep()
    {
        World.Route("+1004",
            new DialStep([new AccountTarget("nobody")], Parallel: true, TimeSpan.FromSeconds(20)),
            new DialStep([new TrunkTarget(World.TrunkTo(Bob)), new TrunkTarget(World.TrunkTo(Carol))], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog.Answering(Bob).Respond(503);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Answer(caller, second);
        HangUp(caller, second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Name_ThatHasNotBeenLookedUpYet_IsWorthAnotherTry(bool parallel)
    {
        var peer = new SipPeer("carrier.example", 5060, SipTransportKind.Udp);
        World.Route("+1009", new DialStep([new TrunkTarget(new Trunk { Name = "named", Targets = [peer] })], parallel, TimeSpan.FromSeconds(60)));
        PeerDialog early = PeerDialog.Call(Alice, "+1009");
        SipText refusal = Alice.Take("503 INVITE");
        Assert.Equal("10", refusal["Retry-After"]);
        early.Ack(refusal);

        peer.Destinations = [];
        PeerDialog late = PeerDialog.Call(Alice, "+1009");
        late.Ack(Alice.Take(parallel ? "480 INVITE" : "500 INVITE"));
    }

    [Fact]
    public void UnresolvedTrunk_IsPassedOver()
    {
        var unresolved = new SipPeer("nowhere.invalid", 5060, SipTransportKind.Udp);
        World.Route("+1004", new DialStep(
            [new TrunkTarget(new Trunk { Name = "lost", Targets = [unresolved] }), new TrunkTarget(World.TrunkTo(Carol), "+3999")], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog callee = PeerDialog.Answering(Carol);
        Assert.Equal("sip:+3999@203.0.113.102:5070", callee.Invite!.Uri);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void RingTime_Over_CancelsAndGoesToTheNextStep_WithEarlyMediaOfTheNext()
    {
        World.Route("+1004",
            new DialStep([new TrunkTarget(World.TrunkTo(Bob))], Parallel: false, TimeSpan.FromSeconds(20)),
            new DialStep([new UriTarget("sip:desk@203.0.113.102:5070;x=1", World.Hop(Carol))], Parallel: false, TimeSpan.FromSeconds(20)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(183, PeerSdp.Audio(Bob, 50000));
        Alice.Take("183 INVITE");
        World.Advance(19.9);
        Carol.TakeNothing();
        World.Advance(0.2);
        Assert.Equal("SIP;cause=480;text=\"No answer\"", Bob.Take("CANCEL")["Reason"]);
        PeerDialog second = PeerDialog.Answering(Carol);
        Assert.Equal("sip:desk@203.0.113.102:5070;x=1", second.Invite!.Uri);
        first.Respond(487);
        Bob.Take("ACK");
        second.Respond(183, PeerSdp.Audio(Carol, 50000));
        Assert.Same(World.Call.Callees[1].Media, World.Call.Caller.Media.Peer);
        Alice.TakeAll();
        Answer(caller, second);
        HangUp(caller, second);
        Assert.Equal([200, 487, 200], World.Record.Legs.Select(static l => l.SipStatus));
    }

    [Fact]
    public void RingTime_OverEverywhere_Gives480NoAnswer()
    {
        World.RouteToTrunks("+1004", TimeSpan.FromSeconds(15), Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(15.1);
        SipText refusal = Alice.Take("480 INVITE");
        Assert.Equal("Q.850;cause=19;text=\"No answer from user\"", refusal["Reason"]);
        caller.Ack(refusal);
        Bob.Take("CANCEL");
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.Equal((CallEndReason.NoAnswer, 19), (World.Record.Reason, World.Record.Q850Cause));
    }

    [Fact]
    public void MaxRinging_EndsTheAttempt_WhateverThePlanSays()
    {
        World.Options = World.Options with { MaxRinging = TimeSpan.FromSeconds(30) };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(30.1);
        caller.Ack(Alice.Take("480 INVITE"));
        Bob.Take("CANCEL");
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(CallEndSide.Server, World.Record.EndedBy);
    }

    [Fact]
    public void Parallel_FirstAnswerWins_OthersAreCancelled_CompletedElsewhere()
    {
        RingAll("+1004", Bob, Carol, Dave);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        PeerDialog dave = PeerDialog.Answering(Dave);
        Assert.Equal(3, new[] { bob, carol, dave }.Select(static d => d.CallId).Distinct().Count());
        bob.Respond(180);
        carol.Respond(180);
        Alice.Take("180 INVITE");
        Alice.TakeNothing();
        Answer(caller, carol);
        SipText cancel = Bob.Take("CANCEL");
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        Bob.Respond(cancel, 200, bob.LocalTag);
        bob.Respond(487);
        Bob.Take("ACK");

        // It has not said a word: its CANCEL waits, and says why when it comes.
        Dave.TakeNothing();
        dave.Respond(180);
        cancel = Dave.Take("CANCEL");
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        Dave.Respond(cancel, 200, dave.LocalTag);
        dave.Respond(487);
        Dave.Take("ACK");
        Alice.TakeNothing();

        // Long after the losers' timers the call still stands.
        World.Advance(120);
        Assert.Equal(1, World.Statistics.ActiveCalls);
        HangUp(caller, carol);
        Assert.Equal([200, 487, 200, 487], World.Record.Legs.Select(static l => l.SipStatus));
    }

    [Fact]
    public void Parallel_TwoAnswersAtOnce_TheSecondGetsAckAndBye()
    {
        RingAll("+1004", Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        bob.Respond(180);
        carol.Respond(180);
        Alice.Take("180 INVITE");
        Answer(caller, bob);
        Carol.Take("CANCEL");
        carol.Respond(200, PeerSdp.Audio(Carol));
        Carol.Take("ACK");
        carol.AcceptBye();
        Alice.TakeNothing();
        HangUp(caller, bob);
    }

    [Fact]
    public void Parallel_BusyOfOne_LeavesTheOthersRinging_AndTheBestFailureIsPassedOn()
    {
        RingAll("+1004", Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        bob.Respond(486);
        Bob.Take("ACK");
        Alice.TakeNothing();
        Carol.TakeNothing();
        carol.Respond(500);
        Carol.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
        Assert.Equal((CallEndReason.Busy, 17), (World.Record.Reason, World.Record.Q850Cause));
    }

    [Fact]
    public void Parallel_6xxOfOne_EndsTheStep_AndIsPassedOnWhenTheNextFailsToo()
    {
        World.Route("+1004",
            new DialStep([new TrunkTarget(World.TrunkTo(Bob)), new TrunkTarget(World.TrunkTo(Carol))], Parallel: true, TimeSpan.FromSeconds(30)),
            new DialStep([new TrunkTarget(World.TrunkTo(Dave))], Parallel: true, TimeSpan.FromSeconds(30)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        Alice.Take("180 INVITE");
        bob.Respond(603);
        Bob.Take("ACK");
        Carol.Take("CANCEL");
        carol.Respond(487);
        Carol.Take("ACK");
        PeerDialog.Answering(Dave).Respond(480);
        Dave.Take("ACK");
        caller.Ack(Alice.Take("603 INVITE"));
        Assert.Equal(CallEndReason.Declined, World.Record.Reason);
    }

    [Fact]
    public void Parallel_OneUnreachableAtOnce_LeavesTheOthers()
    {
        World.Unreachable.Add(Bob);
        RingAll("+1004", Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog carol = PeerDialog.Answering(Carol);
        Answer(caller, carol);
        HangUp(caller, carol);
        Assert.Equal([200, 503, 200], World.Record.Legs.Select(static l => l.SipStatus));
    }

    [Fact]
    public void Parallel_ATrunkThatStaysSilent_DoesNotEndTheOthersBeforeTheRingTime()
    {
        RingAll("+1004", Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        Bob.Take("INVITE");
        PeerDialog carol = PeerDialog.Answering(Carol);
        World.Advance(8);
        Carol.TakeAll();
        Assert.Equal(1, World.Statistics.ActiveCalls);
        Answer(caller, carol);
        HangUp(caller, carol);
    }

    [Fact]
    public void Fork_OfAProxyBehindTheTarget_GetsAckAndBye_OnceEach()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Respond(200, PeerSdp.Audio(Bob, 50100), tag: "other-bob");
        SipText ack = Bob.Take("ACK");
        Assert.Equal("other-bob", ack.ToTag);
        SipText bye = Bob.Take("BYE");
        Assert.Equal(("other-bob", callee.CallId), (bye.ToTag, bye.CallId));
        callee.Respond(200, PeerSdp.Audio(Bob, 50100), tag: "other-bob");
        Assert.Equal("other-bob", Bob.Take("ACK").ToTag);
        Bob.TakeNothing();
        Bob.Respond(bye, 200);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Assert.Equal(callee.LocalTag, Bob.Take("ACK").ToTag);
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void Fork_WithoutEnd_IsBounded()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < 100; i++)
        {
            callee.Respond(200, PeerSdp.Audio(Bob, 50100), tag: $"o{i}-bob");
        }

        Assert.InRange(World.Call.Callees.Count, 2, EngineLimits.MaxLegsPerCall);
        Bob.TakeAll();
        World.Advance(33);
        Bob.TakeAll();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(300)]
    public void Redirection_IsPassedOn_WithItsContacts(int status)
    {
        World.MayPassAddresses = true;
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog.Answering(Bob).Respond(status, contact: "<sip:here@203.0.113.190>;q=0.7, <sip:there@203.0.113.191>");
        Bob.Take("ACK");
        Carol.TakeNothing();
        SipText redirection = Alice.Take($"{status} INVITE");
        Assert.Equal(["<sip:here@203.0.113.190>;q=0.7", "<sip:there@203.0.113.191>"], redirection.All("Contact"));
        caller.Ack(redirection);
        Assert.Equal(CallEndReason.Redirected, World.Record.Reason);
    }

    [Fact]
    public void Cause_OfTheReasonHeader_IsPassedOn_AlsoBehindAnotherProtocols()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(480, extra: "Reason: SIP;cause=480;text=\"a, b\"\r\nReason: Q.850;cause=20;text=\"Subscriber absent\"\r\n");
        Bob.Take("ACK");
        SipText refusal = Alice.Take("480 INVITE");
        Assert.Equal("SIP;cause=480;text=\"a, b\", Q.850;cause=20;text=\"Subscriber absent\"", refusal["Reason"]);
        caller.Ack(refusal);
        Assert.Equal(20, World.Record.Q850Cause);
    }

    [Fact]
    public void Answer_WithoutContact_FailsTheTarget()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog.Answering(Bob).Respond(200, PeerSdp.Audio(Bob), contact: "");
        PeerDialog second = PeerDialog.Answering(Carol);
        Answer(caller, second);
        HangUp(caller, second);
    }

    [Theory]
    [InlineData("18")]
    [InlineData("none")]
    public void Answer_WithoutUsableMedia_IsAckedAndEnded_AndTheCallerGets488(string formats)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, formats == "none" ? null : PeerSdp.Audio(Bob, formats: formats));
        Bob.Take("ACK");
        callee.AcceptBye();
        Carol.TakeNothing();
        caller.Ack(Alice.Take("488 INVITE"));
        Assert.Equal(CallEndReason.MediaMismatch, World.Record.Reason);
    }

    private void RingAll(string number, params Peer[] peers) =>
        World.Route(number, new DialStep([.. peers.Select(static p => new TrunkTarget(World.TrunkTo(p)))], Parallel: true, TimeSpan.FromSeconds(30)));
}
