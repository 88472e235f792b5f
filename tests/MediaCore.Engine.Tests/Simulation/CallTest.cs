namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A caller and three callees; +1001 goes to bob's trunk, +1002 to bob's and then carol's, +1003 to bob's, carol's and dave's.</summary>
public abstract class CallTest : ShardTest
{
    private protected CallTest()
    {
        Alice = World.AddPeer("alice", "198.51.100.10");
        Bob = World.AddPeer("bob", "203.0.113.101");
        Carol = World.AddPeer("carol", "203.0.113.102", 5070);
        Dave = World.AddPeer("dave", "203.0.113.103");
        World.RouteToTrunks("+1001", Bob);
        World.RouteToTrunks("+1002", Bob, Carol);
        World.RouteToTrunks("+1003", Bob, Carol, Dave);
    }

    private protected Peer Alice { get; }

    private protected Peer Bob { get; }

    private protected Peer Carol { get; }

    private protected Peer Dave { get; }

    /// <summary>An answered call between alice and bob, all messages taken.</summary>
    private protected (PeerDialog Caller, PeerDialog Callee) Establish(string number = "+1001")
    {
        PeerDialog caller = PeerDialog.Call(Alice, number);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        return (caller, callee);
    }

    private protected static void Answer(PeerDialog caller, PeerDialog callee)
    {
        callee.Respond(200, PeerSdp.Audio(callee.Peer, 50000));
        callee.Peer.Take("ACK");
        caller.Learn(caller.Peer.Take("200 INVITE"));
        caller.Ack();
    }

    private protected static void HangUp(PeerDialog by, PeerDialog other)
    {
        by.HangUp();
        other.AcceptBye();
    }
}
