using MediaCore.Engine.Shards;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Shards;

public sealed class HandOverTests : CallTest
{
    public HandOverTests()
    {
        World.ShardCount = 2;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void MessagesAtTheOtherShard_ReachTheOwnerOfTheCall(int owner)
    {
        World.EntryShard = owner;
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith($"z9hG4bK0{owner}", callee.Invite!.Branch, StringComparison.Ordinal);

        // Everything from here on arrives at the wrong shard.
        World.EntryShard = 1 - owner;
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Repeat(PeerSdp.Audio(Alice));
        Alice.Take("180 INVITE");
        Answer(caller, callee);
        World.Advance(40);
        Alice.TakeNothing();
        caller.SendInvite(PeerSdp.Audio(Alice, direction: "sendonly"));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, direction: "recvonly"));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        HangUp(callee, caller);
        Assert.Equal(0, World.Shards[1 - owner].Context.Statistics.ServerTransactions);
        Assert.Equal(9, World.Shards[1 - owner].Context.Statistics.HandedOver);
        Assert.Equal(0, World.Shards[owner].Context.Statistics.HandedOver);
        Assert.Equal(0, World.Shards[owner].Context.Statistics.StrayAcks);
    }

    [Fact]
    public void CANCEL_AtTheOtherShard_FindsItsInvite()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        World.EntryShard = 1;
        caller.Cancel();
        Alice.Take("200 CANCEL");
        Alice.Take("487 INVITE");
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.NotNull(World.Record);
    }

    [Fact]
    public void MergedRequest_AtTheOtherShard_Gets482()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        World.EntryShard = 1;
        Alice.Send(Alice.Request("INVITE", "sip:+1001@192.0.2.1", $"{caller.Local};tag={caller.LocalTag}", caller.Remote, caller.CallId, 1, Alice.NextBranch(), sdp: PeerSdp.Audio(Alice)));
        Alice.Take("482 INVITE");
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void RequestOfNoCall_IsAnsweredWhereItArrives()
    {
        World.EntryShard = 1;
        Alice.Send(Alice.Request("BYE", "sip:x@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:x@192.0.2.1>;tag=gone", "x-alice", 1, "z9hG4bKs-alice"));
        Alice.Take("481 BYE");
        Assert.Equal(0, World.Shards[1].Context.Statistics.HandedOver);
    }

    [Fact]
    public void ResponseWithABranchOfAShardThatIsNot_IsDroppedAndCounted()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        string branch = callee.Invite!.Branch;
        Bob.Send($"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKff{branch[9..]}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(1, World.Statistics.HandOverDropped);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void NewCalls_OfOnePeer_AreSpreadOverTheShards()
    {
        // One carrier's socket is always the same shard's; with 40 calls up both shards have their share.
        var calls = new List<(PeerDialog Caller, PeerDialog Callee)>();
        for (int i = 0; i < 40; i++)
        {
            PeerDialog caller = PeerDialog.Call(Alice, "+1001");
            PeerDialog callee = PeerDialog.Answering(Bob);
            Answer(caller, callee);
            calls.Add((caller, callee));
        }

        long first = World.Shards[0].Context.Statistics.ActiveCalls;
        long second = World.Shards[1].Context.Statistics.ActiveCalls;
        Assert.Equal(40, first + second);
        Assert.InRange(Math.Abs(first - second), 0, 10);
        foreach ((PeerDialog caller, PeerDialog callee) in calls)
        {
            HangUp(caller, callee);
        }

        Assert.Equal(0, World.Shards.Sum(s => s.Context.Statistics.StrayAcks));
    }

    [Fact]
    public void Packed_CallsGatherWhereTheFirstOneCame_UntilThatShardIsBusy_WhereverTheirMessagesArrive()
    {
        World.Options = World.Options with { Placement = CallPlacement.Packed };
        World.EntryShard = 1;
        (PeerDialog caller, PeerDialog callee) = Establish();
        Assert.StartsWith("z9hG4bK01", callee.Invite!.Branch, StringComparison.Ordinal);
        World.EntryShard = 0;
        (PeerDialog next, PeerDialog nextCallee) = Establish();
        Assert.StartsWith("z9hG4bK01", nextCallee.Invite!.Branch, StringComparison.Ordinal);
        World.Shard.Context.Placement.Report(1, new ShardReport(Busy: 0.7, Taken: 0, TakenPerCall: 0));
        World.EntryShard = 1;
        (PeerDialog second, PeerDialog called) = Establish();
        Assert.StartsWith("z9hG4bK00", called.Invite!.Branch, StringComparison.Ordinal);
        Assert.Equal([1, 2], World.Shards.Select(static s => s.Context.Statistics.ActiveCalls));
        HangUp(next, nextCallee);
        HangUp(caller, callee);
        HangUp(called, second);
        Assert.Equal(0, World.Shards.Sum(static s => s.Context.Statistics.StrayAcks + s.Context.Statistics.HandOverDropped));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void INVITE_WaitingForABusyShard_WhoseRepetitionWasTakenHere_IsAbsorbed(bool isMerged)
    {
        // So many calls on the first shard that the next one goes to the other, which is busy for longer than the caller waits before it repeats the INVITE.
        var calls = new List<(PeerDialog Caller, PeerDialog Callee)>();
        for (int i = 0; i < 9; i++)
        {
            calls.Add(Establish());
        }

        World.Mail.HoldsMessages = true;
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        World.Advance(0.4);
        Alice.TakeNothing();
        HangUp(calls[0].Caller, calls[0].Callee);
        World.Advance(0.1);
        if (isMerged)
        {
            // No repetition but a copy that took another way: RFC 3261 §8.2.2.2.
            Alice.Send(Alice.Request("INVITE", "sip:+1001@192.0.2.1", $"{caller.Local};tag={caller.LocalTag}", caller.Remote, caller.CallId, 1, Alice.NextBranch(), sdp: PeerSdp.Audio(Alice)));
        }
        else
        {
            caller.Repeat(PeerSdp.Audio(Alice));
        }

        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        World.Bring(() => World.Mail.HoldsMessages = false);
        Alice.Take(isMerged ? "482 INVITE" : "100 INVITE");
        Alice.TakeNothing();
        Bob.TakeNothing();
        Answer(caller, callee);
        HangUp(caller, callee);
        foreach ((PeerDialog others, PeerDialog answering) in calls.Skip(1))
        {
            HangUp(others, answering);
        }

        Assert.Equal(10, World.Shards.Sum(s => s.Context.Statistics.CallsStarted));
    }

    [Fact]
    public void RefusedCall_OnTheOtherShard_GetsItsAck_AndItsRepetitionIsAbsorbed()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        World.EntryShard = 1;
        callee.Respond(486);
        Bob.Take("ACK");
        SipText refusal = Alice.Take("486 INVITE");

        // The refusal was lost: the INVITE comes again, by the socket of the shard that does not own it, and makes no second call.
        caller.Repeat(PeerSdp.Audio(Alice));
        Alice.Take("486 INVITE");
        caller.Ack(refusal);
        World.Advance(4000);
        Alice.TakeNothing();
        Assert.Equal(1, World.Shards.Sum(s => s.Context.Statistics.CallsStarted));
        Assert.Equal(0, World.Shards.Sum(s => s.Context.Statistics.StrayAcks));
    }
}
