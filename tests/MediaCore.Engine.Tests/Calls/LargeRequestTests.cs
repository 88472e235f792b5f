using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>INVITEs that are too large for a datagram, RFC 3261 §18.1.1.</summary>
public sealed class LargeRequestTests : CallTest
{
    private readonly SimulatedStream _stream;

    public LargeRequestTests()
    {
        World.Options = World.Options with { UdpMaxRequestBytes = 300 };
        _stream = new SimulatedStream(World, Bob);
        Bob.StreamBeside = _stream;
        RouteToBob(isTransportGiven: false);
    }

    private void RouteToBob(bool isTransportGiven, params Peer[] others)
    {
        var peer = new SipPeer(Bob.Host, Bob.Port, SipTransportKind.Udp) { IsTransportGiven = isTransportGiven, Endpoint = Bob.Endpoint };
        var trunk = new Trunk { Name = "to-bob", Targets = [peer] };
        World.Route("+1001", new DialStep([new TrunkTarget(trunk), .. others.Select(static p => new TrunkTarget(World.TrunkTo(p)))], Parallel: false, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void INVITE_OverTheLimit_GoesOverTcp_AndItsDialogStaysThere()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith("SIP/2.0/TCP 192.0.2.1:5060;", callee.Invite!["Via"], StringComparison.Ordinal);
        Assert.Equal("<sip:mediacore-00@192.0.2.1:5060;transport=tcp>", callee.Invite["Contact"]);
        Answer(caller, callee);
        caller.HangUp();
        Assert.StartsWith("SIP/2.0/TCP ", callee.AcceptBye()["Via"], StringComparison.Ordinal);
        Assert.Equal((1, 0), (World.Statistics.LargeRequests, World.Statistics.LargeRequestFallbacks));
        World.Advance(40);
        Bob.TakeNothing();
    }

    [Fact]
    public void INVITE_WithinTheLimit_GoesOverUdp()
    {
        World.Options = World.Options with { UdpMaxRequestBytes = 5_000 };
        AssertOverUdp();
    }

    [Fact]
    public void INVITE_ByDefault_GoesOverUdp_HoweverLarge()
    {
        World.Options = World.Options with { UdpMaxRequestBytes = new EngineOptions().UdpMaxRequestBytes };
        AssertOverUdp();
    }

    [Fact]
    public void INVITE_ToATargetThatAsksForUdp_GoesOverUdp()
    {
        RouteToBob(isTransportGiven: true);
        AssertOverUdp();
    }

    [Fact]
    public void INVITE_WithoutATcpListenerOfOurs_GoesOverUdp()
    {
        Bob.StreamBeside = null;
        AssertOverUdp();
    }

    private void AssertOverUdp()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith("SIP/2.0/UDP ", callee.Invite!["Via"], StringComparison.Ordinal);
        Answer(caller, callee);
        HangUp(caller, callee);
        Assert.Equal(0, World.Statistics.LargeRequests);
    }

    [Fact]
    public void Connection_ThatIsRefused_LetsTheInviteGoOverUdp_OnceAndWithItsRepetitions()
    {
        _stream.IsOpening = true;
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        Bob.TakeNothing();
        World.LoseStream(_stream);
        SipText invite = Bob.Take("INVITE");
        Assert.StartsWith("SIP/2.0/UDP 192.0.2.1:5060;", invite["Via"], StringComparison.Ordinal);
        Assert.Equal("<sip:mediacore-00@192.0.2.1:5060>", invite["Contact"]);
        World.Advance(0.5);
        Assert.Equal(invite.Branch, Bob.Take("INVITE").Branch);
        PeerDialog callee = PeerDialog.Answering(Bob, invite);
        Answer(caller, callee);
        HangUp(caller, callee);
        Assert.Equal((1, 1), (World.Statistics.LargeRequests, World.Statistics.LargeRequestFallbacks));
    }

    [Fact]
    public void Connection_ThatFailsAtOnce_LetsTheInviteGoOverUdp()
    {
        _stream.IsOpening = _stream.IsClosed = true;
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith("SIP/2.0/UDP ", callee.Invite!["Via"], StringComparison.Ordinal);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void Connection_LostWithTheInviteOnIt_IsAFailureOfTheTarget_AndNothingIsSentTwice()
    {
        RouteToBob(isTransportGiven: false, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        Bob.Take("INVITE");
        World.LoseStream(_stream);
        Bob.TakeNothing();
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void Datagrams_ThatFailToo_LeaveTheTarget()
    {
        RouteToBob(isTransportGiven: false, Carol);
        World.Unreachable.Add(Bob);
        _stream.IsOpening = true;
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        World.LoseStream(_stream);
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(caller, callee);
        HangUp(caller, callee);
    }
}
