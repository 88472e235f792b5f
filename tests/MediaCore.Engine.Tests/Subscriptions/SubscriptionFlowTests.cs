using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Subscriptions;

/// <summary>A subscription goes where its phone goes.</summary>
public sealed class SubscriptionFlowTests : ShardTest
{
    public SubscriptionFlowTests()
    {
        World.Accounts.Add("bob", "secret");
    }

    [Fact]
    public void PhoneThatRegistersAnewOverUdp_IsToldAtItsNewPort()
    {
        // The same phone before and after its NAT gave it another port.
        Peer before = World.AddPeer("bob", "203.0.113.101", 5060);
        Peer after = World.AddPeer("bob", "203.0.113.101", 6060);
        World.Register(before, "bob", "secret");
        var phone = new Subscriber(before, "bob", "secret", "message-summary");
        phone.Begin();
        after.Send(Registration(before, after, ""));
        string challenge = after.Take("401 REGISTER")["WWW-Authenticate"];
        after.Send(Registration(before, after, World.Authorize(challenge, "bob", "secret", "REGISTER", "sip:" + World.ServerHost)));
        after.Take("200 REGISTER");
        World.Advance(1);
        World.NoteMessages("bob", new MessageSummary(1, 0));
        SipText notify = World.WaitFor(after, "NOTIFY");
        Assert.Contains("yes", notify.Body);
        before.TakeNothing();
        after.Respond(notify, 481);
        Assert.Equal(0, World.Shard.Core.Notifier!.Count);
    }

    [Fact]
    public void PhoneThatComesBackOverAnotherConnection_IsToldWhatItMissed()
    {
        Peer peer = World.AddPeer("bob", "203.0.113.101", tcp: true);
        World.Register(peer, "bob", "secret");
        var phone = new Subscriber(peer, "bob", "secret", "message-summary");
        phone.Begin();
        World.LoseStream(peer);
        World.Advance(2);
        World.NoteMessages("bob", new MessageSummary(3, 0));
        World.Advance(30);
        Assert.Equal(1, World.Shard.Core.Notifier!.Count);
        peer.Stream = new SimulatedStream(World, peer);
        World.Register(peer, "bob", "secret");
        World.Advance(11);
        Assert.Contains("3/0", phone.TakeNotify().Body);
        phone.End();
    }

    [Fact]
    public void PhoneThatDoesNotComeBack_IsForgotten()
    {
        Peer peer = World.AddPeer("bob", "203.0.113.101", tcp: true);
        var phone = new Subscriber(peer, "bob", "secret", "message-summary");
        phone.Begin();
        World.LoseStream(peer);
        World.Advance(95);
        Assert.Equal(1, World.Shard.Core.Notifier!.Count);
        World.Advance(10);
        Assert.Equal(0, World.Shard.Core.Notifier.Count);
    }

    private static string Registration(Peer contact, Peer from, string extra) =>
        from.Request("REGISTER", "sip:" + World.ServerHost, $"<sip:bob@{World.ServerHost}>;tag=t-bob", $"<sip:bob@{World.ServerHost}>", "again-bob", extra.Length == 0 ? 1u : 2u, from.NextBranch(), extra, contact: contact.Contact);
}
