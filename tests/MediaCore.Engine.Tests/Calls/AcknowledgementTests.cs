using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class AcknowledgementTests : CallTest
{
    [Fact]
    public void OK_IsRepeatedAtDoublingIntervalsUpToT2_UntilTheAck()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        SipText first = caller.Learn(Alice.Take("200 INVITE"));
        World.Advance(12);
        var times = Alice.History.Where(static h => h.Message.Kind == "200 INVITE").Select(h => (h.At - Alice.History[1].At).TotalMilliseconds).ToArray();
        Assert.Equal([0, 500, 1500, 3500, 7500, 11500], times);
        Assert.All(Alice.History.Skip(1), h => Assert.Equal(first.Text, h.Message.Text));
        Alice.TakeAll();
        caller.Ack();
        World.Advance(40);
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void OK_WithoutAck_IsGivenUpAfter64T1_AndBothSidesAreHungUp()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        World.Advance(31.9);
        Bob.TakeNothing();
        Alice.TakeAll();
        World.Advance(0.2);
        callee.AcceptBye();
        caller.AcceptBye();
        Assert.Equal((CallEndReason.NoAck, CallEndSide.Server, 102), (World.Record.Reason, World.Record.EndedBy, World.Record.Q850Cause));
    }

    [Fact]
    public void BYE_OfTheCallee_WhileTheAckIsMissing_WaitsForIt()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        callee.HangUp();
        Alice.TakeNothing();
        World.Advance(0.6);
        Alice.Take("200 INVITE");
        Assert.Single(World.Records);
        caller.Ack();
        caller.AcceptBye();
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void BYE_OfTheCallee_WhileTheAckNeverComes_GoesOutAfter64T1()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        callee.HangUp();
        World.Unreachable.Add(Alice);
        World.Advance(33);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }

    [Fact]
    public void BYE_OfTheCaller_WhileItsAckIsMissing_EndsTheCall()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.HangUp();
        callee.AcceptBye();
        World.Advance(5);
        Alice.TakeNothing();
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void OK_OfTheCallee_Repeated_IsAckedAgain()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void ACK_Repeated_OrOfNoCall_IsCountedAndForgotten()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Ack();
        Alice.Send(Alice.Request("ACK", "sip:x@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:x@192.0.2.1>;tag=u", "x-alice", 1, "z9hG4bKnone-alice"));
        Assert.Equal(2, World.Statistics.StrayAcks);
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void Refusal_WithoutAck_IsRepeatedUntilTimerH()
    {
        PeerDialog.Dial(Alice, "+9999", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        World.Advance(31.9);
        Assert.Equal(11, Alice.TakeAll().Count(static k => k == "404 INVITE"));
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
        Assert.Equal(1, World.Statistics.ServerTransactions);
        World.Advance(0.2);
        Assert.Equal(0, World.Statistics.ServerTransactions);
    }
}
