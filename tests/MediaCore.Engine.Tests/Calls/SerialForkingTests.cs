using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Contacts of one account with different q-values: groups that ring one after the other (RFC 3261 §16.6).</summary>
public sealed class SerialForkingTests : RegistrarTest
{
    public SerialForkingTests()
    {
        // Phones of one account see each other's contacts, as they should (RFC 3261 §10.3 step 8).
        World.MayPassAddresses = true;
        RouteToAccount(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Contacts_RingInOrderOfQ_EqualOnesTogether_OneWithoutFirst()
    {
        Register(Dave, 0.2);
        Register(Bob, 0.7);
        Register(Carol, 0.7);
        Peer erin = World.AddPeer("erin", "203.0.113.104");
        Register(erin, $"<sip:c-erin@{erin.Host}>");
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog first = PeerDialog.Answering(erin);
        TakeNothing(Bob, Carol, Dave);
        Refuse(first, 486);
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        Refuse(bob, 480);
        TakeNothing(Alice, Dave);
        Refuse(carol, 404);
        PeerDialog dave = PeerDialog.Answering(Dave);
        Answer(caller, dave);
        HangUp(caller, dave);
        Assert.Equal([200, 200, 404, 480, 486], World.Record.Legs.Select(static l => l.SipStatus).Order());
    }

    /// <summary>Each group has an even share of the ring time that is left; what a group that failed early did not use goes to the next.</summary>
    [Fact]
    public void Group_ThatRingsTooLong_GivesWay_AndTheStepAsAWholeRingsNoLongerThanItMay()
    {
        RouteToAccount(TimeSpan.FromSeconds(45));
        Register(Bob, 1);
        Register(Carol, 0.5);
        Register(Dave, 0.1);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(14.9);
        Carol.TakeNothing();
        World.Advance(0.2);
        TakeCancelled(bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        World.Advance(10);
        Refuse(carol, 486);
        PeerDialog dave = PeerDialog.Answering(Dave);
        dave.Respond(180);
        World.Advance(19.8);
        TakeNothing(Alice, Dave);
        World.Advance(0.2);
        TakeCancelled(dave);
        SipText refusal = Alice.Take("480 INVITE");
        caller.Ack(refusal);
        Assert.Equal(CallEndReason.NoAnswer, World.Record.Reason);
    }

    [Fact]
    public void Group_HasTimeToRing_EvenWhereTheStepHasLittle()
    {
        RouteToAccount(TimeSpan.FromSeconds(8));
        Register(Bob, 1);
        Register(Carol, 0.5);
        Register(Dave, 0.1);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(4.9);
        Carol.TakeNothing();
        World.Advance(0.2);
        TakeCancelled(bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        World.Advance(3);
        TakeCancelled(carol);
        Dave.TakeNothing();
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Refusal_6xx_EndsAllGroups()
    {
        Register(Bob, 1);
        Register(Carol, 1);
        Register(Dave, 0.5);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(180);
        Alice.Take("180 INVITE");
        Refuse(bob, 603);
        TakeCancelled(carol);
        Dave.TakeNothing();
        caller.Ack(Alice.Take("603 INVITE"));
    }

    [Theory]
    [InlineData(486, 500, 486)]
    [InlineData(500, 404, 404)]
    [InlineData(404, 486, 486)]
    [InlineData(503, 503, 500)]
    public void BestFailure_OfAllGroups_IsPassedOn(int first, int second, int told)
    {
        Register(Bob, 0.9);
        Register(Carol, 0.8);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        Refuse(PeerDialog.Answering(Bob), first);
        Refuse(PeerDialog.Answering(Carol), second);
        caller.Ack(Alice.Take($"{told} INVITE"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CANCEL_InAnyGroup_EndsIt_AndNoOtherRings(bool second)
    {
        Register(Bob, 0.9);
        Register(Carol, 0.8);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog ringing = PeerDialog.Answering(Bob);
        if (second)
        {
            Refuse(ringing, 480);
            ringing = PeerDialog.Answering(Carol);
        }

        ringing.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        TakeCancelled(ringing);
        World.Advance(60);
        TakeNothing(Alice, Bob, Carol);
        Assert.Equal(CallEndReason.Cancelled, World.Record.Reason);
    }

    /// <summary>The caller has one early dialog with us, and in it the early media and the reliable responses of one group after the other.</summary>
    [Fact]
    public void EarlyMedia_AndPRACK_OfOneGroupAfterTheOther()
    {
        Register(Bob, 0.9);
        Register(Carol, 0.8);
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(183, PeerSdp.Audio(Bob, 50000), "Require: 100rel\r\nRSeq: 7\r\n");
        Bob.Respond(Bob.Take("PRACK"), 200);
        SipText progress = caller.Learn(Alice.Take("183 INVITE"));
        Acknowledge(caller, progress);
        Assert.Same(World.Call.Callees[0].Media, World.Call.Caller.Media.Peer);
        World.Advance(30.1);
        TakeCancelled(bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(183, PeerSdp.Audio(Carol, 50000), "Require: 100rel\r\nRSeq: 1\r\n");
        Carol.Respond(Carol.Take("PRACK"), 200);
        Assert.Same(World.Call.Callees[1].Media, World.Call.Caller.Media.Peer);
        while (Alice.TakeAny() is { } told)
        {
            Assert.Equal(progress.ToTag, told.ToTag);
            if (told.Has("RSeq"))
            {
                Acknowledge(caller, told);
            }
        }

        carol.Respond(200);
        Carol.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.Same(World.Call.Callees[1].Media, World.Call.Caller.Media.Peer);
        if (Alice.TakeAny() is { } offer)
        {
            caller.TakeReInvite(offer);
            caller.Respond(200, PeerSdp.Audio(Alice));
            Alice.Take("ACK");
        }

        HangUp(caller, carol);
    }

    [Fact]
    public void Answer_OfAnEarlierGroup_ThatCrossesItsCancel_IsHungUp()
    {
        Register(Bob, 0.9);
        Register(Carol, 0.8);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(30.1);
        Bob.Take("CANCEL");
        PeerDialog carol = PeerDialog.Answering(Carol);
        bob.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        bob.AcceptBye();
        Answer(caller, carol);
        HangUp(caller, carol);
    }

    [Fact]
    public void Contact_ThatIsGone_WhenItsGroupComes_IsNotRung_AndOneThatHasComeIs()
    {
        Register(Bob, 1);
        Register(Carol, 0.5);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog bob = PeerDialog.Answering(Bob);
        Register(Carol, $"{Contact(Carol)};q=0.5;expires=0");
        Register(Dave, 0.4);
        Refuse(bob, 480);
        Carol.TakeNothing();
        PeerDialog dave = PeerDialog.Answering(Dave);
        Answer(caller, dave);
        HangUp(caller, dave);
    }

    [Fact]
    public void Group_ThatCannotBeReachedAtAll_GivesWayAtOnce()
    {
        Register(Bob, 1);
        Register(Carol, 0.5);
        World.Unreachable.Add(Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog carol = PeerDialog.Answering(Carol);
        Answer(caller, carol);
        HangUp(caller, carol);
    }

    /// <summary>q orders the contacts of one account; what one account's phones say is nothing to another's, or to a trunk.</summary>
    [Fact]
    public void Targets_OfAParallelStep_EachBeginWithTheirBestGroup()
    {
        Register(Bob, 0.5);
        Register(Carol, 0.3);
        World.Route("+2001", new DialStep([new TrunkTarget(World.TrunkTo(Dave)), new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog dave = PeerDialog.Answering(Dave);
        PeerDialog bob = PeerDialog.Answering(Bob);
        Refuse(bob, 486);
        Carol.TakeNothing();
        Refuse(dave, 486);
        PeerDialog carol = PeerDialog.Answering(Carol);
        Answer(caller, carol);
        Dave.TakeNothing();
        HangUp(caller, carol);
    }

    /// <summary>A target for which there was no room beside the others has not rung: it does when they have given way.</summary>
    [Fact]
    public void Target_BeyondTheBreadthOfAStep_RingsWithTheNextGroup()
    {
        World.Options = World.Options with { MaxContactsPerAccount = 16 };
        World.Accounts.Add("carol", "third");
        World.Route("+2001", new DialStep([new AccountTarget("bob"), new AccountTarget("carol")], Parallel: true, TimeSpan.FromSeconds(60)));
        Register(Bob, string.Join(", ", Enumerable.Range(0, 10).Select(i => $"<sip:c{i}-bob@{Bob.Host}:{Bob.Port}>")));
        Register(Dave, 0.5);
        Send(Carol, Authorize(Challenge(Carol), "carol", "third"), contact: $"{Contact(Carol)}", user: "carol");
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog[] first = [.. Enumerable.Range(0, 10).Select(_ => PeerDialog.Answering(Bob))];
        TakeNothing(Bob, Carol, Dave);
        foreach (PeerDialog phone in first)
        {
            Refuse(phone, 486);
        }

        PeerDialog dave = PeerDialog.Answering(Dave);
        PeerDialog carol = PeerDialog.Answering(Carol);
        Refuse(dave, 486);
        Answer(caller, carol);
        HangUp(caller, carol);
    }

    [Fact]
    public void Steps_ThatFollow_BeginWithTheFirstGroupAgain()
    {
        Register(Bob, 1);
        Register(Carol, 0.5);
        var step = new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(20));
        World.Route("+2001", step, step);
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        Refuse(PeerDialog.Answering(Bob), 480);
        Refuse(PeerDialog.Answering(Carol), 480);
        Refuse(PeerDialog.Answering(Bob), 480);
        Refuse(PeerDialog.Answering(Carol), 486);
        caller.Ack(Alice.Take("486 INVITE"));
    }

    private static string Contact(Peer peer) => $"<sip:c-{peer.Name}@{peer.Host}:{peer.Port}>";

    private void Register(Peer peer, double quality) =>
        Register(peer, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Contact(peer)};q={quality}"));

    private void RouteToAccount(TimeSpan ringTime) => World.Route("+2001", new DialStep([new AccountTarget("bob")], Parallel: true, ringTime));

    private static void Refuse(PeerDialog callee, int status)
    {
        callee.Respond(status);
        callee.Peer.Take("ACK");
    }

    private static void TakeCancelled(PeerDialog callee)
    {
        SipText cancel = callee.Peer.Take("CANCEL");
        callee.Peer.Respond(cancel, 200, callee.LocalTag);
        Refuse(callee, 487);
    }

    private static void Acknowledge(PeerDialog caller, SipText response)
    {
        caller.Send("PRACK", $"RAck: {response["RSeq"]} 1 INVITE\r\n");
        caller.Peer.Take("200 PRACK");
    }

    private static void TakeNothing(params Peer[] peers)
    {
        foreach (Peer peer in peers)
        {
            peer.TakeNothing();
        }
    }
}
