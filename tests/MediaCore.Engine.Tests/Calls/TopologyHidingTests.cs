using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>
/// That no byte of one side shows on the other is checked of every message of every scenario (<see cref="World.Arrive"/>); here are the headers by which
/// it leaks from others.
/// </summary>
public sealed class TopologyHidingTests : CallTest
{
    [Fact]
    public void HeadersThatTellWhereTheCallerIs_StopHere()
    {
        const string Telling = "P-Asserted-Identity: <sip:+12025550123@198.51.100.10>\r\nRemote-Party-ID: <sip:x@198.51.100.10>\r\nX-Origin: host-alice\r\n"
            + "Organization: org-alice\r\nReply-To: <sip:r-alice@198.51.100.10>\r\nCall-Info: <http://198.51.100.10/x>;purpose=icon\r\nServer: s-alice\r\n"
            + "History-Info: <sip:h-alice@198.51.100.10>;index=1\r\nDiversion: <sip:d-alice@198.51.100.10>\r\nSubject: Greetings\r\nPriority: urgent\r\n";
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Telling);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(("Greetings", "urgent"), (callee.Invite!["Subject"], callee.Invite["Priority"]));
        Assert.Equal("MediaCore", callee.Invite["User-Agent"]);
        Assert.Equal("- ", callee.Invite.Sdp("o=")[..2]);
        callee.Respond(200, PeerSdp.Audio(Bob), "P-Asserted-Identity: <sip:b-bob@203.0.113.101>\r\nX-Route: r-bob\r\nOrganization: o-bob\r\n");
        Bob.Take("ACK");
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("MediaCore", ok["Server"]);
        Assert.False(ok.Has("User-Agent"));
        Assert.StartsWith("SIP/2.0 200 OK\r\n", ok.Text, StringComparison.Ordinal);
        caller.Ack();
        callee.Bye("X-Quality: q-bob\r\n");
        caller.AcceptBye();
        Bob.Take("200 BYE");
    }

    [Fact]
    public void EachLeg_HasIdentifiersOfItsOwn()
    {
        World.RouteToTrunks("+1005", Bob);
        (PeerDialog caller, PeerDialog callee) = Establish("+1005");
        (PeerDialog caller2, PeerDialog callee2) = Establish("+1005");
        string[] identifiers = [caller.CallId, callee.CallId, caller2.CallId, callee2.CallId, caller.RemoteTag, callee.RemoteTag, caller2.RemoteTag, callee2.RemoteTag];
        Assert.Equal(identifiers.Length, identifiers.Distinct().Count());
        HangUp(caller, callee);
        HangUp(callee2, caller2);
    }

    [Fact]
    public void World_WouldSeeALeak()
    {
        // The control: a host in the caller's display name is passed on by design, and the check must notice it.
        var world = new World();
        Peer alice = world.AddPeer("alice", "198.51.100.10");
        Peer bob = world.AddPeer("bob", "203.0.113.101");
        world.RouteToTrunks("+1001", bob);
        alice.Send(alice.Request("INVITE", "sip:+1001@192.0.2.1", "\"at 198.51.100.10\" <sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", "x-alice", 1, "z9hG4bK1-alice", sdp: PeerSdp.Audio(alice)));
        Assert.Contains("bob sees something of alice", Assert.Single(world.Violations), StringComparison.Ordinal);
    }
}
