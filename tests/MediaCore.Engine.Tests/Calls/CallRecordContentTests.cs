using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

public sealed class CallRecordContentTests : CallTest
{
    [Fact]
    public void AnsweredCall_HasTimesLegsCodecAndIdentities()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier-in" };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(100);
        World.Advance(2);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        World.Advance(3);
        callee.Respond(200, PeerSdp.Audio(Bob, formats: "8 101"));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(60);
        HangUp(callee, caller);

        CallRecord record = World.Record;
        Assert.Equal(World.Epoch, record.StartedAt);
        Assert.Equal(World.Epoch.AddSeconds(2), record.RingingAt);
        Assert.Equal(World.Epoch.AddSeconds(5), record.AnsweredAt);
        Assert.Equal(World.Epoch.AddSeconds(65), record.EndedAt);
        Assert.Equal(60, record.TalkTime.TotalSeconds);
        Assert.Equal(("+12025550123", "+1001", "+1001"), (record.Caller, record.Called, record.Number));
        Assert.Equal(("carrier-in", "to-bob", null), (record.InboundTrunk, record.OutboundTrunk, record.Account));
        Assert.Equal((CallEndSide.Callee, CallEndReason.Completed, 200, 16), (record.EndedBy, record.Reason, record.SipStatus, record.Q850Cause));

        LegRecord a = record.Legs[0];
        Assert.Equal((record.CallId + "-0", true, caller.CallId, "carrier-in"), (a.LegId, a.Inbound, a.SipCallId, a.Peer));
        Assert.Equal(("sip:+12025550123@198.51.100.10", "sip:+1001@192.0.2.1", "udp:198.51.100.10:5060"), (a.From, a.To, a.RemoteAddress));
        LegRecord b = record.Legs[1];
        Assert.Equal((record.CallId + "-1", false, callee.CallId, "to-bob"), (b.LegId, b.Inbound, b.SipCallId, b.Peer));
        Assert.Equal(("sip:+12025550123@192.0.2.1", "sip:+1001@203.0.113.101", "udp:203.0.113.101:5060"), (b.From, b.To, b.RemoteAddress));
        Assert.All(record.Legs, leg =>
        {
            Assert.Equal("PCMA/8000", leg.Codec);
            Assert.Equal((200, 16, CallEndSide.Callee), (leg.SipStatus, leg.Q850Cause, leg.EndedBy));
            Assert.Equal((World.Epoch, World.Epoch.AddSeconds(2), World.Epoch.AddSeconds(5), World.Epoch.AddSeconds(65)), (leg.InvitedAt, leg.RingingAt, leg.AnsweredAt, leg.EndedAt));
        });
    }

    [Theory]
    [InlineData(486, CallEndReason.Busy, 17)]
    [InlineData(600, CallEndReason.Busy, 17)]
    [InlineData(404, CallEndReason.NotFound, 1)]
    [InlineData(410, CallEndReason.NotFound, 22)]
    [InlineData(484, CallEndReason.NotFound, 28)]
    [InlineData(403, CallEndReason.Declined, 21)]
    [InlineData(603, CallEndReason.Declined, 21)]
    [InlineData(480, CallEndReason.Unreachable, 18)]
    [InlineData(408, CallEndReason.Unreachable, 102)]
    [InlineData(488, CallEndReason.MediaMismatch, 88)]
    [InlineData(606, CallEndReason.MediaMismatch, 88)]
    [InlineData(500, CallEndReason.Failed, 41)]
    public void RefusedCall_SaysWhyAndByWhom(int status, CallEndReason reason, int cause)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(100);
        World.Advance(1);
        callee.Respond(status);
        Bob.Take("ACK");
        caller.Ack(Alice.Take($"{status} INVITE"));
        CallRecord record = World.Record;
        Assert.Equal((reason, CallEndSide.Callee, status, cause), (record.Reason, record.EndedBy, record.SipStatus, record.Q850Cause));
        Assert.Null(record.AnsweredAt);
        Assert.Null(record.RingingAt);
        Assert.Equal(TimeSpan.FromSeconds(1), record.Duration);
        Assert.Equal(TimeSpan.Zero, record.TalkTime);
        Assert.Equal((CallEndSide.Callee, status, cause), (record.Legs[1].EndedBy, record.Legs[1].SipStatus, record.Legs[1].Q850Cause));
        Assert.Null(record.Legs[1].Codec);
        Assert.Equal(1, World.Statistics.CallsEnded[(int)reason]);
    }

    [Fact]
    public void SilentTarget_IsUnreachable()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        World.Advance(5.1);
        caller.Ack(Alice.Take("408 INVITE"));
        Assert.Equal((CallEndReason.Unreachable, 408, 102), (World.Record.Reason, World.Record.SipStatus, World.Record.Q850Cause));
    }

    [Fact]
    public void Record_IsWritten_BeforeTheByeIsAnswered()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Bye();
        Assert.Single(World.Records);
        Assert.Equal(["BYE", "200 BYE"], [Bob.History[^1].Message.Kind, Alice.Take("200 BYE").Kind]);
        callee.AcceptBye();
    }

    [Fact]
    public void CallThatGetsNoPort_ReportsNoFiguresOfTheOneBeforeIt()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Call.Caller.Media.SentPackets = 4711;
        World.Call.Caller.Media.SentBytes = 4711 * 172;
        HangUp(caller, callee);
        Assert.Equal(4711, World.Record.Legs[0].Sent.Packets);
        World.Advance(40);
        PeerDialog second = PeerDialog.Dial(Alice, "+9999", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        second.Ack(Alice.Take("404 INVITE"));
        Assert.Equal(0, World.Records[1].Legs[0].Sent.Packets);
    }

    [Fact]
    public void Identities_OfAbsurdLength_AreCut()
    {
        string number = "+1" + new string('7', 400);
        PeerDialog caller = PeerDialog.Dial(Alice, number[..250], PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        caller.Ack(Alice.Take("404 INVITE"));
        caller = PeerDialog.Dial(Alice, number, PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        caller.Ack(Alice.Take("404 INVITE"));
        Assert.All(World.Records, static r => Assert.InRange(r.Called.Length, 0, 256));
        Assert.Equal(250, World.Records[0].Called.Length);
    }
}
