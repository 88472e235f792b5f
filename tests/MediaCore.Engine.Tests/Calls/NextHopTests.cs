using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Where requests in a dialog go when the peer's Contact or Record-Route is a name (RFC 3261 §8.1.2, RFC 3263 §4).</summary>
public sealed class NextHopTests : CallTest
{
    private const string Name = "gateway.carrier.example";

    /// <summary>Another machine of bob's: what is bob's it may see.</summary>
    private Peer Gateway { get; }

    public NextHopTests() => Gateway = World.AddPeer("bob", "203.0.113.104");

    private static SipDestination To(Peer peer, SipTransportKind transport = SipTransportKind.Udp) => new(peer.Endpoint, transport, Name);

    /// <summary>Bob's trunk answers with a name as its Contact; the ACK goes to where the 2xx came from, since nothing waits for the DNS.</summary>
    private (PeerDialog Caller, PeerDialog Callee) EstablishNamed(string contact = "<sip:gw@gateway.carrier.example:5080>", string extra = "")
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000), extra, contact: contact);
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        return (caller, callee);
    }

    [Fact]
    public void Contact_WithAName_IsFollowed_WhenTheDnsHasAnswered()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        PeerLookup lookup = World.AnswerLookup(To(Gateway));
        Assert.Equal(new SipTarget(Name, 5080, SipService.Udp), lookup.Target);

        caller.HangUp();
        SipText bye = Gateway.Take("BYE");
        Assert.Equal("sip:gw@gateway.carrier.example:5080", bye.Uri);
        Assert.Equal(callee.CallId, bye.CallId);
        Gateway.Respond(bye, 200);
        Bob.TakeNothing();
    }

    [Fact]
    public void RecordRoute_WithAName_IsTheOneLookedUp()
    {
        (PeerDialog caller, _) = EstablishNamed(extra: "Record-Route: <sip:edge.carrier.example;lr>\r\n");
        Assert.Equal(new SipTarget("edge.carrier.example", 0, SipService.Udp), World.AnswerLookup(To(Gateway)).Target);
        caller.HangUp();
        SipText bye = Gateway.Take("BYE");
        Assert.Equal("<sip:edge.carrier.example;lr>", bye["Route"]);
        Gateway.Respond(bye, 200);
    }

    [Fact]
    public void Contact_WhoseNameDoesNotResolve_LeavesTheDialogWhereItCameFrom()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        World.AnswerLookup();
        HangUp(caller, callee);
    }

    [Fact]
    public void Contact_WhoseNameIsUnansweredAtTheEnd_LeavesTheDialogWhereItCameFrom_AndALateAnswerIsForgotten()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        HangUp(caller, callee);
        World.Advance(60);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
        (PeerDialog next, PeerDialog answering) = Establish();
        World.AnswerLookup(To(Gateway));
        HangUp(next, answering);
        Gateway.TakeNothing();
    }

    [Fact]
    public void Lookups_BeyondTheBound_AreNotMade()
    {
        World.MaxLookups = 0;
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        Assert.Empty(World.Shard.Lookups);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("<sip:gw@10.0.0.5:5080>")]
    [InlineData("<sip:gw@gateway.carrier.example;transport=tcp>")]
    [InlineData("<sips:gw@gateway.carrier.example>")]
    public void Contact_ThatIsAnAddress_OrOfAnotherTransport_IsNotLookedUp(string contact)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishNamed(contact);
        Assert.Empty(World.Shard.Lookups);
        HangUp(caller, callee);
    }

    [Fact]
    public void Name_ThatStandsForAPrivateAddress_IsNotFollowedByAPublicPeer()
    {
        Peer inside = World.AddPeer("inside", "10.0.0.5");
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        World.AnswerLookup(To(inside), To(Gateway, SipTransportKind.Tcp), new SipDestination(World.Endpoint("2001:db8::7", 5060), SipTransportKind.Udp, Name));
        HangUp(caller, callee);
        inside.TakeNothing();
    }

    [Fact]
    public void Name_WithTheDialogsAddressAmongSeveral_StaysWithIt()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        World.AnswerLookup(To(Gateway), To(Bob));
        HangUp(caller, callee);
        Gateway.TakeNothing();
    }

    [Fact]
    public void Contact_WithTheNameOfTheTrunksOwnTarget_NeedsNoLookup()
    {
        var peer = new SipPeer("bob.carrier.example", 5060, SipTransportKind.Udp) { IsPortGiven = false, Destinations = [To(Bob)] };
        var trunk = new Trunk { Name = "named", Targets = [peer] };
        World.Route("+1001", new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60)));
        (PeerDialog caller, PeerDialog callee) = EstablishNamed("<sip:gw@BOB.carrier.example>");
        Assert.Empty(World.Shard.Lookups);
        HangUp(caller, callee);
    }

    [Fact]
    public void Contact_WithAName_AfterTheConnectionIsLost_IsConnectedToAnew()
    {
        Peer erin = World.AddPeer("erin", "203.0.113.105", tcp: true);
        Peer frank = World.AddPeer("erin", "203.0.113.106", tcp: true);
        World.RouteToTrunks("+1004", erin);
        PeerDialog caller = PeerDialog.Call(Alice, "+1004");
        PeerDialog callee = PeerDialog.Answering(erin);
        callee.Respond(200, PeerSdp.Audio(erin, 50000), contact: "<sip:gw@gateway.carrier.example;transport=tcp>");
        erin.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.AnswerLookup(To(frank, SipTransportKind.Tcp));
        World.LoseStream(erin);
        caller.HangUp();
        frank.Respond(frank.Take("BYE"), 200);
    }

    [Fact]
    public void ReINVITE_WithAnotherName_IsFollowedFromThereOn()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishNamed();
        World.AnswerLookup(To(Bob));
        Bob.Send(Bob.Request("INVITE", callee.Target, $"{callee.Local};tag={callee.LocalTag}", $"{callee.Remote};tag={callee.RemoteTag}", callee.CallId, 1, Bob.NextBranch(), sdp: PeerSdp.Audio(Bob, 50002), contact: "<sip:gw@moved.carrier.example>"));
        Bob.Take("100 INVITE");
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice, 40000));
        Alice.Take("ACK");
        Bob.Take("200 INVITE");
        Bob.Send(Bob.Request("ACK", callee.Target, $"{callee.Local};tag={callee.LocalTag}", $"{callee.Remote};tag={callee.RemoteTag}", callee.CallId, 1, Bob.NextBranch()));
        Assert.Equal("moved.carrier.example", World.AnswerLookup(To(Gateway)).Target.Host);
        caller.HangUp();
        Gateway.Respond(Gateway.Take("BYE"), 200);
    }

    [Fact]
    public void Uri_WithSeveralAddresses_IsTriedAtEachInTheirOrder()
    {
        var peer = new SipPeer("pbx.example", 5060, SipTransportKind.Udp) { Destinations = [To(Bob), To(Carol), To(Dave)] };
        World.Route("+1009", new DialStep([new UriTarget("sip:desk@pbx.example", peer)], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1009");
        SipText first = Bob.Take("INVITE");
        Assert.Equal("sip:desk@pbx.example", first.Uri);
        Bob.Respond(first, 503, "tag-bob");
        Bob.Take("ACK");

        // What the DNS says meanwhile is for the next call.
        peer.Destinations = [To(Bob)];
        Carol.Take("INVITE");
        World.Advance(World.Options.TrunkResponseTimeout);
        Carol.TakeAll();
        PeerDialog callee = PeerDialog.Answering(Dave);
        Answer(caller, callee);
        HangUp(caller, callee);
        Carol.TakeAll();
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }
}
