using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class CallEndTests : CallTest
{
    [Fact]
    public void MaxDuration_EndsBothSides()
    {
        World.Options = World.Options with { MaxCallDuration = TimeSpan.FromMinutes(10) };
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Advance(TimeSpan.FromSeconds(599));
        Bob.TakeNothing();
        World.Advance(2);
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal((CallEndReason.MaxDuration, CallEndSide.Server), (World.Record.Reason, World.Record.EndedBy));
        Assert.Equal(600, World.Record.TalkTime.TotalSeconds, 2);
    }

    [Fact]
    public void MediaTimeout_EndsASilentCall_ButNotOneThatEitherSideTalksOn()
    {
        World.Options = World.Options with { MediaTimeout = TimeSpan.FromSeconds(60) };
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < 5; i++)
        {
            World.Advance(50);
            World.Call.Callees[0].Media.LastHeard = World.Now;
        }

        World.Advance(59.9);
        Bob.TakeNothing();
        World.Advance(0.2);
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal((CallEndReason.MediaTimeout, 102), (World.Record.Reason, World.Record.Q850Cause));
    }

    [Theory]
    [InlineData("inactive", "inactive")]
    [InlineData("sendonly", "recvonly")]
    public void MediaTimeout_LeavesAHeldCallAlone_AndCountsFromItsResumption(string held, string answered)
    {
        World.Options = World.Options with { MediaTimeout = TimeSpan.FromSeconds(60) };
        (PeerDialog caller, PeerDialog callee) = Establish();
        ReInvite(caller, callee, held, answered);
        World.Advance(600);
        Bob.TakeNothing();
        ReInvite(caller, callee, "sendrecv", "sendrecv");
        World.Advance(121);
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal(CallEndReason.MediaTimeout, World.Record.Reason);
    }

    private static void ReInvite(PeerDialog by, PeerDialog other, string offered, string answered)
    {
        by.SendInvite(PeerSdp.Audio(by.Peer, direction: offered));
        by.Peer.Take("100 INVITE");
        other.TakeReInvite();
        other.Respond(200, PeerSdp.Audio(other.Peer, direction: answered));
        other.Peer.Take("ACK");
        by.Peer.Take("200 INVITE");
        by.Ack();
    }

    [Fact]
    public void Shutdown_EndsCallsInEveryState()
    {
        Establish();
        PeerDialog.Call(Alice, "+1001");
        PeerDialog ringingAt = PeerDialog.Answering(Bob);
        ringingAt.Respond(180);
        Alice.Take("180 INVITE");
        World.Shard.Core.EndCalls();
        Assert.Equal(["BYE", "503 INVITE"], Alice.TakeAll().Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(["BYE", "CANCEL"], Bob.TakeAll().Order(StringComparer.Ordinal));
        Assert.All(World.Records, static r => Assert.Equal((CallEndReason.Shutdown, CallEndSide.Server), (r.Reason, r.EndedBy)));
        Assert.Equal(2, World.Records.Count);
        ringingAt.Respond(487);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void NoMediaPorts_RefusesTheCall_WithRetryAfter(int ports)
    {
        World.Shard.Ports.Capacity = ports;
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        RefuseForPorts(caller);
        Bob.TakeNothing();
        Assert.Contains(World.Warnings, static line => line.Contains("no media port", StringComparison.Ordinal));
    }

    [Fact]
    public void NoMediaPorts_ForTargetsThatRingAtOnce_RefusesTheCall_WithRetryAfter()
    {
        World.Route("+1004", new DialStep([new TrunkTarget(World.TrunkTo(Bob)), new TrunkTarget(World.TrunkTo(Carol))], Parallel: true, TimeSpan.FromSeconds(60)));
        World.Shard.Ports.Capacity = 1;
        RefuseForPorts(PeerDialog.Call(Alice, "+1004"));
    }

    private void RefuseForPorts(PeerDialog caller)
    {
        SipText refusal = Alice.Take("503 INVITE");
        Assert.Equal("10", refusal["Retry-After"]);
        caller.Ack(refusal);
        Assert.Equal((CallEndReason.NoResources, CallEndSide.Server, 47), (World.Record.Reason, World.Record.EndedBy, World.Record.Q850Cause));
    }

    [Fact]
    public void ManyCallsOneAfterTheOther_LeaveNothingBehind_AndShareTheirObjects()
    {
        for (int i = 0; i < 200; i++)
        {
            (PeerDialog caller, PeerDialog callee) = Establish();
            HangUp(caller, callee);
            World.Advance(0.1);
        }

        World.Advance(40);
        Assert.Equal(0, World.Statistics.ServerTransactions);
        Assert.Equal(0, World.Statistics.ClientTransactions);
        Assert.Equal(0, World.SessionCount);
        Assert.Equal(200, World.Records.Count);
        Assert.Equal(200, World.Records.Select(static r => r.CallId).Distinct().Count());
    }
}
