using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Tests.Calls;

public sealed class TrunkLimitTests : CallTest
{
    [Fact]
    public void InboundCalls_OverTheLimit_Get503WithRetryAfterAndCause42_WithoutState()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Limits = new TrunkLimits { InboundCalls = 1 } };
        (PeerDialog caller, PeerDialog callee) = Establish();
        PeerDialog second = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        SipText refusal = Alice.Take("503 INVITE");
        Assert.Equal("Q.850;cause=42;text=\"Switching equipment congestion\"", refusal["Reason"]);
        Assert.Equal("10", refusal["Retry-After"]);
        second.Ack(refusal);
        Bob.TakeNothing();
        Assert.Equal(1, World.Trunks.Get("from-alice").InboundCalls);
        Assert.Equal(1, World.Trunks.Get("from-alice").GetRefusals(TrunkRefusal.Calls, inbound: true));
        HangUp(caller, callee);
        (caller, callee) = Establish();
        HangUp(caller, callee);
    }

    [Fact]
    public void InboundCalls_OverTheRate_AreLetInAgainAfterTheirTime()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Limits = new TrunkLimits { CallsPerSecond = 0.5 } };
        (PeerDialog caller, PeerDialog callee) = Establish();
        HangUp(caller, callee);
        PeerDialog second = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        second.Ack(Alice.Take("503 INVITE"));
        World.Advance(2);
        (caller, callee) = Establish();
        HangUp(caller, callee);
    }

    [Fact]
    public void OutboundCalls_OverTheLimit_GoToTheNextTrunk_ThenAreRefusedAsCongestion()
    {
        var limited = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Limits = new TrunkLimits { OutboundCalls = 1 } };
        var other = new Trunk { Name = "to-carol", Targets = [World.Hop(Carol)], Limits = new TrunkLimits { Calls = 1 } };
        World.Route("+1", new DialStep([new TrunkTarget(limited), new TrunkTarget(other)], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog first = PeerDialog.Call(Alice, "+1");
        PeerDialog bob = PeerDialog.Answering(Bob);
        Answer(first, bob);
        PeerDialog second = PeerDialog.Call(Alice, "+1");
        PeerDialog carol = PeerDialog.Answering(Carol);
        Answer(second, carol);
        PeerDialog third = PeerDialog.Call(Alice, "+1");
        SipText refusal = Alice.Take("503 INVITE");
        Assert.Equal("Q.850;cause=42;text=\"Switching equipment congestion\"", refusal["Reason"]);
        Assert.True(refusal.Has("Retry-After"));
        third.Ack(refusal);
        Assert.Equal((CallEndReason.NoResources, CallEndSide.Server), (World.Record.Reason, World.Record.EndedBy));
        HangUp(first, bob);
        HangUp(second, carol);
        Assert.Equal((1, 1), (World.Trunks.Get(limited).GetRefusals(TrunkRefusal.Calls, inbound: false) - 1, World.Trunks.Get(other).GetRefusals(TrunkRefusal.Calls, inbound: false)));
    }

    [Fact]
    public void OutboundCall_ThatFailsOver_NoLongerCountsAtTheFirstTrunk()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        Assert.Equal(1, World.Trunks.Get("to-bob").OutboundCalls);
        PeerDialog.Answering(Bob).Respond(503);
        Bob.Take("ACK");
        Assert.Equal((0, 1), (World.Trunks.Get("to-bob").OutboundCalls, World.Trunks.Get("to-carol").OutboundCalls));
        PeerDialog callee = PeerDialog.Answering(Carol);
        Answer(caller, callee);
        Assert.Equal(1, World.Trunks.Get("to-carol").OutboundCalls);
        HangUp(caller, callee);
        Assert.Equal(0, World.Trunks.Get("to-carol").OutboundCalls);
    }

    [Fact]
    public void CallsOfOneAccount_OverTheLimit_Get503WithCause42_UntilOneHasEnded()
    {
        World.Options = World.Options with { MaxCallsPerAccount = 1 };
        World.Policy.Admission = CallerAdmission.Challenge;
        World.Accounts.Add("alice", "hidden");
        World.Accounts.Add("carol", "secret");
        string challenge = Invite(Alice, "alice", "")["WWW-Authenticate"];
        Assert.Equal(100, Invite(Alice, "alice", Authorize(challenge, "alice", "hidden", 1)).Status);
        SipText refusal = Invite(Alice, "alice", Authorize(challenge, "alice", "hidden", 2));
        Assert.Equal((503, "Q.850;cause=42;text=\"Switching equipment congestion\""), (refusal.Status, refusal["Reason"]));
        PeerDialog first = PeerDialog.Answering(Bob);
        Assert.Equal(100, Invite(Carol, "carol", Authorize(Invite(Carol, "carol", "")["WWW-Authenticate"], "carol", "secret", 1)).Status);
        PeerDialog.Answering(Bob).Respond(486);
        Carol.Take("486 INVITE");
        first.Respond(486);
        Alice.Take("486 INVITE");
        Assert.Equal(100, Invite(Alice, "alice", Authorize(challenge, "alice", "hidden", 3)).Status);
        Bob.Take("ACK");
        Bob.Take("ACK");
        PeerDialog.Answering(Bob).Respond(486);
        Bob.Take("ACK");
        Alice.Take("486 INVITE");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void CallsThatEndInAnyWay_LeaveTheCountsAtZero(int seed)
    {
        // What is left is checked by the world when the test is over; here it is that no limit is passed on the way.
        var random = new Random(seed);
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Limits = new TrunkLimits { Calls = 4, CallsPerSecond = 5, Burst = 3 } };
        Trunk[] trunks = [.. new[] { Bob, Carol }.Select(static peer =>
            new Trunk { Name = "to-" + peer.Name, Targets = [World.Hop(peer)], Limits = new TrunkLimits { OutboundCalls = 2 } })];
        World.Route("+1", new DialStep([.. trunks.Select(static trunk => new TrunkTarget(trunk))], Parallel: seed % 2 == 0, TimeSpan.FromSeconds(20)));
        var callers = new List<PeerDialog>();
        var callees = new List<PeerDialog>();
        for (int i = 0; i < 200; i++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    callers.Add(PeerDialog.Dial(Alice, "+1", PeerSdp.Audio(Alice)));
                    break;
                case 2 when callers.Count > 0:
                    callers[random.Next(callers.Count)].Cancel();
                    break;
                case 3 when callees.Count > 0:
                    callees[random.Next(callees.Count)].Respond(random.Next(2) == 0 ? 503 : 486);
                    break;
                case 4 or 5 when callees.Count > 0:
                    PeerDialog answering = callees[random.Next(callees.Count)];
                    answering.Respond(200, PeerSdp.Audio(answering.Peer, 50000));
                    break;
                case 6 when callees.Count > 0:
                    callees[random.Next(callees.Count)].Respond(180);
                    break;
                default:
                    World.Advance(random.NextDouble() * 8);
                    break;
            }

            Serve(Alice, callers, callees);
            Serve(Bob, callers, callees);
            Serve(Carol, callers, callees);
            Assert.InRange(World.Trunks.Get("from-alice").InboundCalls, 0, 4);
            Assert.All(trunks, trunk => Assert.InRange(World.Trunks.Get(trunk).OutboundCalls, 0, 2));
        }

        World.Shard.Core.EndCalls();
        for (int i = 0; i < 40; i++)
        {
            Serve(Alice, callers, callees);
            Serve(Bob, callers, callees);
            Serve(Carol, callers, callees);
            World.Advance(1);
        }
    }

    private static SipText Invite(Peer peer, string user, string authorization)
    {
        string tag = peer.NextId("tag");
        peer.Send(peer.Request("INVITE", "sip:+1001@192.0.2.1", $"<sip:{user}@192.0.2.1>;tag={tag}", "<sip:+1001@192.0.2.1>", peer.NextId("call"), 1, peer.NextBranch(), authorization, PeerSdp.Audio(peer)));
        return peer.TakeAny()!;
    }

    private static string Authorize(string challenge, string user, string password, uint nonceCount)
    {
        byte[] value = new byte[2048];
        Assert.True(DigestClient.TryWriteAuthorization(
            value, out int length, Encoding.UTF8.GetBytes(challenge), user, password, "INVITE"u8, "sip:+1001@192.0.2.1"u8, nonceCount, "cnonce"u8));
        return $"Authorization: {Encoding.UTF8.GetString(value, 0, length)}\r\n";
    }

    /// <summary>Answers what has to be answered: ACK to final responses, 200 to BYE and CANCEL, 487 to a cancelled INVITE.</summary>
    private static void Serve(Peer peer, List<PeerDialog> callers, List<PeerDialog> callees)
    {
        while (peer.TakeAny() is { } message)
        {
            switch (message.Kind)
            {
                case "INVITE":
                    if (callees.TrueForAll(d => d.CallId != message.CallId))
                    {
                        callees.Add(PeerDialog.Answering(peer, message));
                    }

                    break;
                case "BYE":
                    peer.Respond(message, 200);
                    break;
                case "CANCEL":
                    peer.Respond(message, 200);
                    callees.Find(d => d.CallId == message.CallId)?.Respond(487);
                    break;
                case "200 INVITE" when callers.Find(d => d.CallId == message.CallId) is { } answered:
                    answered.Learn(message);
                    answered.Ack();
                    break;
                default:
                    if (message.Status >= 300 && callers.Find(d => d.CallId == message.CallId) is { } refused)
                    {
                        refused.Ack(message);
                    }

                    break;
            }
        }
    }
}
