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

    /// <summary>Its ACK was lost, and the call over before it said so: every 2xx gets one all the same, as long as its sender may repeat it (RFC 3261 §13.2.2.4).</summary>
    [Theory]
    [InlineData("")]
    [InlineData("Record-Route: <sip:in-bob@203.0.113.8;lr>\r\nRecord-Route: <sip:out-bob@203.0.113.101;lr>\r\n")]
    [InlineData("Record-Route: <sip:in-bob@203.0.113.101>\r\n")]
    public void OK_OfTheCallee_RepeatedAfterTheCall_IsAckedAsBefore(string routes)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob), routes);
        SipText first = Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, callee);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
        World.Advance(31);
        callee.Respond(200, PeerSdp.Audio(Bob), routes);
        SipText again = Bob.Take("ACK");
        Assert.Equal(
            (first.Uri, first["From"], first["To"], first.CallId, first["CSeq"], first["Contact"]),
            (again.Uri, again["From"], again["To"], again.CallId, again["CSeq"], again["Contact"]));
        Assert.Equal(first.All("Route"), again.All("Route"));
        Assert.NotEqual(first.Branch, again.Branch);
        World.Advance(2);
        callee.Respond(200, PeerSdp.Audio(Bob), routes);
        Bob.TakeNothing();
    }

    [Fact]
    public void OK_ThatCrossedTheCancel_RepeatedAfterTheCall_IsAckedAgain()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Bob.Respond(Bob.Take("CANCEL"), 200);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        callee.AcceptBye();
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Assert.Equal(callee.LocalTag, Bob.Take("ACK").ToTag);
        Bob.TakeNothing();
    }

    /// <summary>Another fork's first answer after the call: an ACK would begin what nobody is left to end.</summary>
    [Theory]
    [InlineData("other-bob", null)]
    [InlineData(null, "")]
    [InlineData(null, "*")]
    public void OK_AfterTheCall_OfAnotherFork_OrWithoutATarget_IsLeftToItsSender(string? tag, string? contact)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        HangUp(caller, callee);
        callee.Respond(200, PeerSdp.Audio(Bob), tag: tag, contact: contact);
        Bob.TakeNothing();
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
