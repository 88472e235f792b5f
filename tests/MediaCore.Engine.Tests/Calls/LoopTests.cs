using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Tests.Trunks.Credentials;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Calls that come back, and forks that lead to forks (RFC 5393, AC-23).</summary>
public sealed class LoopTests : CallTest
{
    /// <summary>A proxy behind the trunk sends the INVITE back, our Via still in it: the second time it is recognised.</summary>
    [Fact]
    public void AC23_ThroughAProxy_IsFoundAtTheSecondPass()
    {
        World.Policy.InboundTrunks[Bob.Endpoint] = new Trunk { Name = "carrier" };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        SipText first = Bob.Take("INVITE");

        // Once through: it came from another trunk than before, so it may go on (a carrier that hands our own number back).
        Bob.Send(Proxied(first, 1));
        Bob.Take("100 INVITE");
        SipText second = Bob.Take("INVITE");
        Bob.Send(Proxied(second, 2));
        SipText refusal = Bob.Take("482 INVITE");
        Assert.Equal("Loop Detected", refusal.Text.Split("\r\n")[0]["SIP/2.0 482 ".Length..]);
        Assert.Equal(1, World.Statistics.LoopedRequests);
        Bob.TakeNothing();
        Bob.Respond(second, 482, "t2-bob");
        Bob.Take("ACK");
        Bob.Take("482 INVITE");
        Bob.Respond(first, 482, "t1-bob");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("482 INVITE"));
    }

    /// <summary>The repetition with credentials is the same request, so it is known again like the first.</summary>
    [Fact]
    public void AC23_ThroughAProxyThatChallenges_IsFoundToo()
    {
        World.Policy.InboundTrunks[Bob.Endpoint] = new Trunk { Name = "carrier" };
        World.Route("+1001", new DialStep(
            [new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Credentials = new TrunkCredentials(Challenges.User, Challenges.Password, "carrier") })],
            Parallel: false,
            TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        SipText first = Challenge("n1");
        Bob.Send(Proxied(first, 1));
        Bob.Take("100 INVITE");
        SipText second = Challenge("n2");
        Bob.Send(Proxied(second, 2));
        Bob.Take("482 INVITE");
        Bob.TakeNothing();
        Assert.Equal(1, World.Statistics.LoopedRequests);
        Bob.Respond(second, 482, "t2-bob");
        Bob.Take("ACK");
        Bob.Take("482 INVITE");
        Bob.Respond(first, 482, "t1-bob");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("482 INVITE"));

        SipText Challenge(string nonce)
        {
            Bob.Respond(Bob.Take("INVITE"), 401, Bob.NextId("t"), extra: Challenges.Server("carrier", nonce));
            Bob.Take("ACK");
            return Bob.Take("INVITE");
        }
    }

    [Fact]
    public void Spiral_WithAnotherNumber_GoesOn()
    {
        World.Policy.InboundTrunks[Bob.Endpoint] = new Trunk { Name = "carrier" };
        World.RouteToTrunks("+1005", Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        SipText first = Bob.Take("INVITE");
        Bob.Send(Proxied(first, 1).Replace("INVITE sip:+1001@203.0.113.101", "INVITE sip:+1005@192.0.2.1", StringComparison.Ordinal));
        Bob.Take("100 INVITE");
        SipText second = Carol.Take("INVITE");
        Carol.Respond(second, 486, "t-carol");
        Carol.Take("ACK");
        Bob.Take("486 INVITE");
        Bob.Respond(first, 486, "t-bob");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    /// <summary>Two border controllers whose trunks lead to each other: the other one makes a call of its own each time, and only the hop count goes along.</summary>
    [Theory]
    [InlineData(70)]
    [InlineData(10)]
    public void AC23_TwoServersThatRouteToEachOther_EndByTheHopCount(int maxForwards)
    {
        World.Options = World.Options with { MaxForwards = maxForwards };
        World.Policy.InboundTrunks[Bob.Endpoint] = new Trunk { Name = "other" };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        var open = new Stack<SipText>();
        int invites = 0;
        while (Bob.TakeAny() is { } message)
        {
            switch (message.Kind)
            {
                case "INVITE":
                    invites++;
                    open.Push(message);
                    int left = int.Parse(message["Max-Forwards"]) - 1;
                    Bob.Send(Bob.Request("INVITE", "sip:+1001@192.0.2.1", $"<sip:+12025550123@{Bob.Host}>;tag={Bob.NextId("t")}", "<sip:+1001@192.0.2.1>", Bob.NextId("c"), 1, Bob.NextBranch(), sdp: PeerSdp.Audio(Bob), maxForwards: Math.Max(0, left)));
                    break;
                case "483 INVITE":
                    Bob.Respond(open.Pop(), 483, Bob.NextId("t"));
                    break;
                default:
                    break;
            }
        }

        Assert.Empty(open);
        Assert.Equal(maxForwards / 2, invites);
        caller.Ack(Alice.Take("483 INVITE"));
        Assert.Equal(0, World.Statistics.ActiveCalls);
    }

    [Fact]
    public void MaxForwards_ThatTheCallerSets_IsCutToOurs()
    {
        World.Options = World.Options with { MaxForwards = 20 };
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), maxForwards: 200);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("19", callee.Invite!["Max-Forwards"]);
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void MaxBreadth_Zero_Gets440_WithoutState()
    {
        PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Max-Breadth: 0\r\n");
        Alice.Take("440 INVITE");
        Bob.TakeNothing();
        Assert.Equal(0, World.Statistics.ServerTransactions);
    }

    [Theory]
    [InlineData(2, 2, "1")]
    [InlineData(3, 3, "1")]
    [InlineData(7, 3, "1")]
    [InlineData(60, 3, "6")]
    [InlineData(4000000000, 3, "6")]
    public void MaxBreadth_BoundsTheForks_AndIsShared(uint allowed, int invited, string share)
    {
        World.Route("+1007", new DialStep([.. new[] { Bob, Carol, Dave }.Select(static p => new TrunkTarget(World.TrunkTo(p)))], Parallel: true, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1007", PeerSdp.Audio(Alice), $"Max-Breadth: {allowed}\r\n");
        Alice.Take("100 INVITE");
        int seen = 0;
        foreach (Peer peer in (Peer[])[Bob, Carol, Dave])
        {
            if (peer.TakeAny() is { } invite)
            {
                seen++;
                Assert.Equal(share, invite["Max-Breadth"]);
                peer.Respond(invite, 480, "t-" + peer.Name);
                peer.Take("ACK");
            }
        }

        Assert.Equal(invited, seen);
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void MaxBreadth_OfASequentialSearch_IsWholeForEach()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1002", PeerSdp.Audio(Alice), "Max-Breadth: 5\r\n");
        Alice.Take("100 INVITE");
        PeerDialog first = PeerDialog.Answering(Bob);
        Assert.Equal("5", first.Invite!["Max-Breadth"]);
        first.Respond(503);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Assert.Equal("5", second.Invite!["Max-Breadth"]);
        second.Respond(486);
        Carol.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    /// <summary>A response with another's sent-by, or with a second Via, was not meant for us (RFC 3261 §18.1.2, §8.1.3.3).</summary>
    [Theory]
    [InlineData("192.0.2.1:5060", "192.0.2.1:5061")]
    [InlineData("192.0.2.1:5060", "198.51.100.77:5060")]
    [InlineData("192.0.2.1:5060", "192.0.2.1:5060;x=1, SIP/2.0/UDP 198.51.100.77;branch=z9hG4bKother")]
    public void Response_ThatIsNotOurs_IsDropped(string sentBy, string other)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        string via = callee.Invite!["Via"];
        Bob.Send($"SIP/2.0 486 Busy\r\nVia: {(other.Contains(',', StringComparison.Ordinal) ? via + other[other.IndexOf(',', StringComparison.Ordinal)..] : via.Replace(sentBy, other, StringComparison.Ordinal))}\r\n"
            + $"From: {callee.Invite["From"]}\r\nTo: {callee.Invite["To"]};tag=x-bob\r\nCall-ID: {callee.CallId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        Alice.TakeNothing();
        Bob.TakeNothing();
        Assert.Equal(1, World.Statistics.StrayResponses);
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    private static string Proxied(SipText invite, int number)
    {
        string[] lines = invite.Text.Split("\r\n");
        var text = new StringBuilder();
        foreach (string line in lines)
        {
            if (line.StartsWith("Via:", StringComparison.Ordinal))
            {
                text.Append($"Via: SIP/2.0/UDP 203.0.113.101:5060;branch=z9hG4bKp{number}-bob\r\n");
            }

            text.Append(line.StartsWith("Max-Forwards:", StringComparison.Ordinal) ? "Max-Forwards: 60" : line).Append("\r\n");
        }

        return text.ToString()[..^2];
    }
}
