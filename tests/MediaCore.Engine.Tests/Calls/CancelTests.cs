using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

public sealed class CancelTests : CallTest
{
    [Fact]
    public void CANCEL_AfterRinging_IsPassedOn_AndTheCallerGets487()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");
        Alice.Take("200 CANCEL");
        SipText refusal = Alice.Take("487 INVITE");
        caller.Ack(refusal);
        SipText cancel = Bob.Take("CANCEL");
        Assert.Equal(callee.Invite!.Branch, cancel.Branch);
        Assert.Equal(callee.Invite.Uri, cancel.Uri);
        Assert.Equal(callee.Invite["To"], cancel["To"]);
        Assert.Equal(callee.Invite.CSeq, cancel.CSeq);
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        Bob.Respond(cancel, 200, callee.LocalTag);
        callee.Respond(487);
        Assert.Equal(callee.Invite.Branch, Bob.Take("ACK").Branch);
        Assert.Equal((CallEndReason.Cancelled, CallEndSide.Caller, 487), (World.Record.Reason, World.Record.EndedBy, World.Record.SipStatus));
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void CANCEL_BeforeAnyProvisional_WaitsForIt()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Bob.TakeNothing();
        callee.Respond(100);
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(180);
        Bob.TakeNothing();
        callee.Respond(487);
        Bob.Take("ACK");
        Alice.TakeNothing();
    }

    [Fact]
    public void CANCEL_ThatWaitedForAProvisional_CarriesItsReason()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        caller.Cancel("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        callee.Respond(100);
        SipText cancel = Bob.Take("CANCEL");
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        Bob.Respond(cancel, 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
    }

    [Fact]
    public void CANCEL_BeforeAnyProvisional_OfATargetThatStaysSilent_EndsWithTimerB()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Assert.Equal(1, World.Shard.Core.Calls.HeldCalls);
        World.Advance(33);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
        Assert.DoesNotContain("CANCEL", Bob.TakeAll());
    }

    [Fact]
    public void CANCEL_CrossedBy200_GetsAckAndBye()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        SipText cancel = Bob.Take("CANCEL");
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        callee.AcceptBye();
        Bob.Respond(cancel, 481, callee.LocalTag);
        Alice.TakeNothing();
        Assert.Equal(CallEndReason.Cancelled, World.Record.Reason);
    }

    [Fact]
    public void CANCEL_BeforeAnyProvisional_CrossedBy200_GetsAckAndBye()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        callee.AcceptBye();
        Bob.TakeNothing();
    }

    [Fact]
    public void CANCEL_WithoutFinalResponse_IsGivenUpAfter64T1()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        World.Advance(31.9);
        Assert.Equal(1, World.Shard.Core.Calls.HeldCalls);
        World.Advance(0.2);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }

    [Fact]
    public void CANCEL_AfterTheAnswer_Gets200AndChangesNothing()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        caller.Cancel();
        caller.Learn(Alice.Take("200 INVITE"));
        Alice.Take("200 CANCEL");
        caller.Ack();
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void CANCEL_OfNothing_Gets481_WithoutState()
    {
        Alice.Send(Alice.Request("CANCEL", "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", "x-alice", 1, "z9hG4bKnone-alice"));
        Alice.Take("481 CANCEL");
        Assert.Equal(0, World.Statistics.ServerTransactions);
    }

    [Fact]
    public void CANCEL_Retransmitted_GetsTheSame200()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        caller.Cancel();
        SipText first = Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Assert.Equal(first.Text, Alice.Take("200 CANCEL").Text);
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        Bob.TakeNothing();
        callee.Respond(487);
        Bob.Take("ACK");
    }

    [Fact]
    public void BYE_OfTheCaller_BeforeTheAnswer_EndsTheAttempt()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.Learn(Alice.Take("180 INVITE"));
        caller.Bye();
        Assert.Equal(["487 INVITE", "200 BYE"], Alice.TakeAll());
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(CallEndReason.Cancelled, World.Record.Reason);
    }

    [Fact]
    public void BYE_OfTheCallee_BeforeItAnswers_IsRefused_AndTheCallGoesOn()
    {
        // RFC 3261 §15: the called side must not send it on an early dialog.
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        callee.Bye();
        Bob.Take("481 BYE");
        Alice.TakeNothing();
        Answer(caller, callee);
        HangUp(caller, callee);
    }
}
