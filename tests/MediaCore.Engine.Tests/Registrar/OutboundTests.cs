using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Registrar;

/// <summary>Path (RFC 3327) and outbound flows (RFC 5626) at the registrar, and the calls that use them.</summary>
public sealed class OutboundTests : RegistrarTest
{
    private const string Instance = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";
    private const string Supported = "Supported: path, outbound\r\n";

    private readonly Peer _first;
    private readonly Peer _second;

    public OutboundTests()
    {
        _first = World.AddPeer("bob", "203.0.113.101", 40001, tcp: true);
        _second = World.AddPeer("bob", "203.0.113.101", 40002, tcp: true);
    }

    [Fact]
    public void Flow_IsAccepted_WithRequireAndFlowTimer_AndKeptNoLongerThanItSpeaks()
    {
        SipText ok = Register(_first, Contact(1, "a"), Supported);
        Assert.Equal("outbound", ok["Require"]);
        Assert.Equal("path, outbound", ok["Supported"]);
        Assert.Equal("120", ok["Flow-Timer"]);
        Assert.Equal($"<sip:a-bob@10.0.0.1;transport=tcp>;expires=3600;{Instance};reg-id=1", ok["Contact"]);
        Assert.Equal(TimeSpan.FromSeconds(240), _first.Stream!.KeptFor);
    }

    [Fact]
    public void RegId_WithoutSupport_OrWithoutInstance_MakesAnOrdinaryBinding()
    {
        SipText ok = Register(_first, Contact(1, "a"));
        Assert.False(ok.Has("Require"));
        Assert.DoesNotContain("reg-id", ok["Contact"], StringComparison.Ordinal);
        ok = Register(_first, "<sip:b-bob@10.0.0.1;transport=tcp>;reg-id=1", Supported);
        Assert.False(ok.Has("Require"));
        Assert.Equal(2, ok.All("Contact").Count());
    }

    [Fact]
    public void Flow_OfTheSameInstanceAndRegId_ReplacesTheOld_WhateverItsContact()
    {
        Register(_first, Contact(1, "a"), Supported);
        SipText ok = Register(_second, Contact(1, "b"), Supported);
        Assert.StartsWith("<sip:b-bob@", Assert.Single(ok.All("Contact")), StringComparison.Ordinal);
        Assert.Same(_second.Stream, World.Locations.Get("bob", World.Now).Single().Flow.Stream);
    }

    [Fact]
    public void Flows_OfOneInstance_RingOnce_ByTheNewest_AndByTheOtherWhenThatIsLost()
    {
        Register(_first, Contact(1, "a"), Supported);
        World.Advance(1);
        Assert.Equal(2, Register(_second, Contact(2, "a"), Supported).All("Contact").Count());
        Assert.Same(_second.Stream, World.Locations.Get("bob", World.Now).Single().Flow.Stream);
        World.LoseStream(_second);
        Assert.Same(_first.Stream, World.Locations.Get("bob", World.Now).Single().Flow.Stream);
        Call(_first);
        World.LoseStream(_first);
        Assert.Empty(World.Locations.Get("bob", World.Now));
        Assert.Single(Register(Bob).All("Contact"));
    }

    [Fact]
    public void TwoFlows_InOneRequest_Get400()
    {
        Assert.Equal(400, Register(_first, $"{Contact(1, "a")}, {Contact(2, "b")}", Supported).Status);
        Assert.Empty(World.Locations.Get("bob", World.Now));
    }

    [Theory]
    [InlineData("Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx-bob\r\n", 439)]
    [InlineData("Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx-bob\r\nPath: <sip:edge-bob@203.0.113.9;lr>\r\n", 439)]
    [InlineData("Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx-bob\r\nPath: <sip:edge-bob@203.0.113.9;lr;ob>\r\n", 200)]
    [InlineData("Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx-bob\r\nPath: <sip:inner-bob@203.0.113.8;lr>\r\nPath: <sip:edge-bob@203.0.113.9;lr;ob>\r\n", 200)]
    public void FirstHop_WithoutOutbound_Gets439(string headers, int status) =>
        Assert.Equal(status, Register(Bob, Contact(1, "a"), Supported + headers).Status);

    [Theory]
    [InlineData("Path: <sip:edge-bob@203.0.113.9;lr>\r\n", 420)]
    [InlineData("Supported: path\r\nPath: <sip:edge-bob@203.0.113.9;lr>\r\n", 200)]
    [InlineData("Require: path\r\nPath: <sip:edge-bob@203.0.113.9;lr>\r\n", 200)]
    [InlineData("Require: path, foo\r\n", 420)]
    [InlineData("Supported: path\r\nPath: edge\r\n", 400)]
    public void Path_OnlyFromThoseWhoKnowIt(string headers, int status) => Assert.Equal(status, Register(Bob, extra: headers).Status);

    [Fact]
    public void Path_TooLong_Gets400()
    {
        string path = string.Concat(Enumerable.Repeat("Path: <sip:edge-bob@203.0.113.9;lr>\r\n", 9));
        Assert.Equal(400, Register(Bob, extra: "Supported: path\r\n" + path).Status);
        path = $"Path: <sip:{new string('x', 1100)}-bob@203.0.113.9;lr>\r\n";
        Assert.Equal(400, Register(Bob, extra: "Supported: path\r\n" + path).Status);
    }

    [Fact]
    public void Path_IsEchoed_AndIsTheRouteOfCalls_TowardsWhereTheRegisterCameFrom()
    {
        SipText ok = Register(Bob, extra: "Supported: path\r\nPath: <sip:in-bob@203.0.113.8;lr>, <sip:edge-bob@203.0.113.9;lr>\r\n");
        Assert.Equal("<sip:in-bob@203.0.113.8;lr>, <sip:edge-bob@203.0.113.9;lr>", ok["Path"]);
        SipText invite = Call(Bob);
        Assert.Equal(["<sip:in-bob@203.0.113.8;lr>", "<sip:edge-bob@203.0.113.9;lr>"], invite.All("Route"));
        Assert.Equal("sip:c-bob@203.0.113.101:5060", invite.Uri);

        // A refresh without it takes it away.
        Register(Bob);
        Assert.False(Call(Bob).Has("Route"));
    }

    [Fact]
    public void Instance_RegisteredAgainAfterARestart_RingsOnce()
    {
        Register(Bob, "<sip:old-bob@203.0.113.101:1111>;" + Instance);
        World.Advance(5);
        Register(Bob, "<sip:new-bob@203.0.113.101:2222>;" + Instance);
        Assert.Equal("sip:new-bob@203.0.113.101:2222", System.Text.Encoding.ASCII.GetString(World.Locations.Get("bob", World.Now).Single().Uri));
    }

    /// <summary>The edge that a flow ends at has lost it: the phone is asked by its next flow (RFC 5626 §7), and the one that failed is no contact any more.</summary>
    [Fact]
    public void Flow_ThatHasFailed430_IsRemoved_AndThePhoneIsRungByItsNext()
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        PeerDialog failed = PeerDialog.Answering(_second);
        _first.TakeNothing();
        failed.Respond(430);
        _second.Take("ACK");
        Assert.Same(_first.Stream, Assert.Single(World.Locations.GetStored("bob")).Flow.Stream);
        PeerDialog callee = PeerDialog.Answering(_first);
        Alice.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(_first, 50000));
        _first.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, callee);
        Assert.Equal([200, 430, 200], World.Record.Legs.Select(static l => l.SipStatus));
    }

    /// <summary>A flow that failed is no answer of the phone: what it says by the other one counts.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(486)]
    public void Flow_ThatHasFailed430_IsNoAnswer_WhereAnotherBringsOne(int status)
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        Refuse(_second, 430);
        Refuse(_first, status);
        caller.Ack(Alice.Take($"{status} INVITE"));
        _second.TakeNothing();
    }

    [Fact]
    public void Flows_ThatHaveAllFailed430_AreTriedOnceEach_AndTheCallerIsTold480()
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        Refuse(_second, 430);
        Refuse(_first, 430);
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Empty(World.Locations.GetStored("bob"));
    }

    /// <summary>Only a flow that failed is worth another: a phone that has answered has answered (RFC 5626 §7).</summary>
    [Theory]
    [InlineData(403)]
    [InlineData(480)]
    [InlineData(503)]
    public void Answer_OfThePhone_IsNotAskedForAgainByAnotherFlow(int status)
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        Refuse(_second, status);
        _first.TakeNothing();
        caller.Ack(Alice.Take(status == 503 ? "500 INVITE" : $"{status} INVITE"));
        Assert.Equal(2, World.Locations.GetStored("bob").Length);
    }

    [Fact]
    public void Refusal430_OfAContactThatIsNoFlow_RemovesNothing()
    {
        Register(Bob);
        PeerDialog caller = Dial();
        Refuse(Bob, 430);
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Single(World.Locations.GetStored("bob"));
    }

    [Fact]
    public void Flow_WhoseConnectionBreaksUnderTheInvite_GivesWayToTheNext()
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        _second.Take("INVITE");
        World.LoseStream(_second);
        PeerDialog callee = PeerDialog.Answering(_first);
        callee.Respond(486);
        _first.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void Flow_ThatIsSilent_GivesWayToTheNext_AndStays()
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        _second.Take("INVITE");
        World.Advance(32.1);
        PeerDialog callee = PeerDialog.Answering(_first);
        callee.Respond(486);
        _first.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
        Assert.Equal(2, World.Locations.GetStored("bob").Length);
    }

    [Fact]
    public void CANCEL_WhileTheNextFlowRings_ReachesIt()
    {
        RegisterFlows();
        PeerDialog caller = Dial();
        Refuse(_second, 430);
        PeerDialog callee = PeerDialog.Answering(_first);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        _first.Take("CANCEL");
        callee.Respond(487);
        _first.Take("ACK");
    }

    /// <summary>While its next flow is tried, the group of a phone has not failed; once that is refused too, the next group rings.</summary>
    [Fact]
    public void Flow_ThatHasFailed430_KeepsItsGroup()
    {
        World.MayPassAddresses = true;
        RegisterFlows();
        Register(Carol, "<sip:c-carol@203.0.113.102:5070>;q=0.5");
        PeerDialog caller = Dial();
        Refuse(_second, 430);
        Carol.TakeNothing();
        Refuse(_first, 480);
        Refuse(Carol, 486);
        caller.Ack(Alice.Take("486 INVITE"));
    }

    private void RegisterFlows()
    {
        Register(_first, Contact(1, "a"), Supported);
        World.Advance(1);
        Register(_second, Contact(2, "a"), Supported);
    }

    private PeerDialog Dial()
    {
        World.Route("+2001", new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(50)));
        return PeerDialog.Call(Alice, "+2001");
    }

    private static void Refuse(Peer phone, int status)
    {
        PeerDialog.Answering(phone).Respond(status);
        phone.Take("ACK");
    }

    private static string Contact(int regId, string user) => $"<sip:{user}-bob@10.0.0.1;transport=tcp>;{Instance};reg-id={regId}";

    /// <summary>A call to the account, refused by the phone; its INVITE.</summary>
    private SipText Call(Peer phone)
    {
        World.Route("+2001", new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(20)));
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog callee = PeerDialog.Answering(phone);
        SipText invite = callee.Invite!;
        callee.Respond(486);
        phone.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
        return invite;
    }
}
