using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>RFC 3262, on each side by itself.</summary>
public sealed class ReliableProvisionalTests : CallTest
{
    private const string Reliable = "Supported: 100rel\r\n";

    [Fact]
    public void Target_ThatAnswersReliably_GetsAPrackForEach_AndTheCallerNeedsNone()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Contains("100rel", callee.Invite!["Supported"], StringComparison.Ordinal);
        Ring(callee, 183, 700, PeerSdp.Audio(Bob, 50000, formats: "8 101"));
        SipText prack = Prack("700 1 INVITE");
        Assert.Equal(2u, prack.CSeq);
        SipText early = Alice.Take("183 INVITE");
        Assert.False(early.Has("RSeq"));
        Assert.Equal("audio 30000 RTP/AVP 8 101", early.Sdp("m="));
        Ring(callee, 180, 701);
        Assert.Equal(3u, Prack("701 1 INVITE").CSeq);
        Alice.Take("180 INVITE");

        // The 2xx has no description of its own (RFC 3261 §13.2.1).
        callee.Respond(200);
        Assert.Equal(1u, Bob.Take("ACK").CSeq);
        Assert.Equal("audio 30000 RTP/AVP 8 101", caller.Learn(Alice.Take("200 INVITE")).Sdp("m="));
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void Repetition_AndGap_AreNotAcknowledged()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Ring(callee, 180, 5);
        Prack("5 1 INVITE");
        Alice.Take("180 INVITE");
        Ring(callee, 180, 5);
        Ring(callee, 183, 7, PeerSdp.Audio(Bob));
        Ring(callee, 183, 0, PeerSdp.Audio(Bob));
        Bob.TakeNothing();
        Alice.TakeNothing();
        Ring(callee, 183, 6, PeerSdp.Audio(Bob));
        Prack("6 1 INVITE");
        Alice.Take("183 INVITE");
        Cancel(caller, callee);
    }

    [Theory]
    [InlineData(ReliableProvisionals.Off, "", "")]
    [InlineData(ReliableProvisionals.Supported, "100rel", "")]
    [InlineData(ReliableProvisionals.Required, "100rel", "100rel")]
    public void Policy_OfATrunk_SaysWhatIsOffered(ReliableProvisionals policy, string supported, string required)
    {
        World.Route("+1009", new DialStep([new TrunkTarget(new Trunk { Name = "t", Targets = [World.Hop(Bob)], ReliableProvisionals = policy })], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1009");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(supported, callee.Invite!["Supported"].Split(", ").FirstOrDefault(static t => t == "100rel") ?? "");
        Assert.Equal(required, callee.Invite["Require"]);
        callee.Respond(420, extra: "Unsupported: 100rel\r\n");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("500 INVITE"));
    }

    [Fact]
    public void Caller_ThatSupportsIt_GetsEarlyMediaReliably_AndThe2xxWaitsForThePrack()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Assert.False(caller.Learn(Alice.Take("180 INVITE")).Has("RSeq"));
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        SipText early = Alice.Take("183 INVITE");
        Assert.Equal("100rel", early["Require"]);
        Assert.Contains("PRACK", early["Allow"], StringComparison.Ordinal);
        uint number = uint.Parse(early["RSeq"]);
        Assert.InRange(number, 1u, (uint)int.MaxValue);

        // Repeated at T1, then after twice that.
        World.Advance(0.5);
        Assert.Equal(early.Text, Alice.Take("183 INVITE").Text);
        World.Advance(0.99);
        Alice.TakeNothing();
        World.Advance(0.01);
        Alice.Take("183 INVITE");

        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.TakeNothing();
        caller.Send("PRACK", $"RAck: {number} 1 INVITE\r\n");
        Assert.Equal(2u, Alice.Take("200 PRACK").CSeq);

        // The answer is given: none in the 2xx.
        Assert.Equal("", caller.Learn(Alice.Take("200 INVITE")).Body);
        caller.Ack();
        Bob.TakeNothing();
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void Caller_ThatRequiresIt_GetsOneAtATime_EachAfterThePrackOfTheOneBefore()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Require: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        SipText first = caller.Learn(Alice.Take("180 INVITE"));
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        Alice.TakeNothing();
        Acknowledge(caller, first);
        SipText second = Alice.Take("183 INVITE");
        Assert.Equal(uint.Parse(first["RSeq"]) + 1, uint.Parse(second["RSeq"]));
        Assert.NotEqual("", second.Body);

        // A second PRACK for the first names nothing that waits.
        caller.Send("PRACK", $"RAck: {first["RSeq"]} 1 INVITE\r\n");
        Alice.Take("481 PRACK");
        Acknowledge(caller, second);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("RAck: 1 1 INVITE\r\n")]
    [InlineData("RAck: nonsense\r\n")]
    [InlineData("")]
    public void PRACK_ThatMatchesNothing_Gets481(string rack)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob));
        caller.Learn(Alice.Take("183 INVITE"));
        caller.Send("PRACK", rack);
        Alice.Take("481 PRACK");
        Cancel(caller, callee);
    }

    [Fact]
    public void NoPrack_For64T1_RefusesTheCall()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob));
        World.Advance(31.99);
        Assert.Equal(7, Alice.TakeAll().Count(static k => k == "183 INVITE"));
        World.Advance(0.02);
        caller.Ack(Alice.Take("504 INVITE"));
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void CANCEL_WhileThePrackIsMissing_EndsTheRepetitions()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob));
        Alice.Take("183 INVITE");
        Cancel(caller, callee);
        World.Advance(5);
        Alice.TakeNothing();
    }

    [Fact]
    public void Answer_OfTheTarget_ThenHangUp_WhileThePrackIsMissing_RefusesTheCaller()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob));
        Alice.Take("183 INVITE");
        callee.Respond(200, PeerSdp.Audio(Bob));
        Bob.Take("ACK");
        callee.HangUp();
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Required_WhereItIsTurnedOff_Gets420()
    {
        World.Options = World.Options with { ReliableProvisionals = ReliableProvisionals.Off };
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Require: 100rel\r\n");
        SipText refusal = Alice.Take("420 INVITE");
        Assert.Equal("100rel", refusal["Unsupported"]);
        caller.Ack(refusal);
        Bob.TakeNothing();
    }

    [Fact]
    public void Offer_OfTheTarget_InAReliableResponse_HasItsAnswerInThePracksOfBothSides()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", null, Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("", callee.Invite!.Body);
        Ring(callee, 183, 9, PeerSdp.Audio(Bob, 50000));
        Bob.TakeNothing();
        SipText offer = caller.Learn(Alice.Take("183 INVITE"));
        Assert.Equal("audio 30000 RTP/AVP 0 8 101", offer.Sdp("m="));
        caller.Send("PRACK", $"RAck: {offer["RSeq"]} 1 INVITE\r\n", PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        Alice.Take("200 PRACK");
        Assert.Equal("audio 30002 RTP/AVP 8 101", Prack("9 1 INVITE").Sdp("m="));
        Assert.Same(World.Call.Caller.Media, World.Call.Callees[0].Media.Peer);
        callee.Respond(200);
        Assert.Equal("", Bob.Take("ACK").Body);
        Assert.Equal("", caller.Learn(Alice.Take("200 INVITE")).Body);
        caller.Ack();
        HangUp(caller, callee);
    }

    [Fact]
    public void Target_IsNotOfferedIt_WhereACallerWithoutSdpCouldNotDoItsPart()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", null);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.DoesNotContain("100rel", callee.Invite!["Supported"], StringComparison.Ordinal);
        Cancel(caller, callee, hasRung: false);
    }

    [Fact]
    public void Offer_InThePrack_IsAnsweredInIts200()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000, formats: "8 101"));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n", PeerSdp.Audio(Alice, 41000, formats: "0 8 97", telephoneEvent: "97"));
        SipText answer = Alice.Take("200 PRACK");
        Assert.Equal("audio 30000 RTP/AVP 8 97", answer.Sdp("m="));
        Assert.Equal(World.Endpoint(Alice.Host, 41000), World.Call.Caller.Media.Latch.Destination);
        Assert.Equal(101, World.Call.Callees[0].Media.GetPayloadType(97));
        Assert.Equal(97, World.Call.Caller.Media.GetPayloadType(101));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "8 101"));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(1);
        Alice.TakeAll();
        World.Shard.Core.EndCalls();
    }

    /// <summary>RFC 3261 §13.3.1.1 wants a caller reminded every minute; with its old RSeq the reminder would be dropped as a late repetition.</summary>
    [Fact]
    public void Reminder_OfACallerThatRequiresIt_HasANumberOfItsOwn_AndWaitsForThePrackOfTheOneBefore()
    {
        World.Options = World.Options with { MaxRinging = TimeSpan.FromMinutes(5) };
        World.RouteToTrunks("+1001", TimeSpan.FromMinutes(5), Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Require: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        SipText ringing = caller.Learn(Alice.Take("180 INVITE"));
        Acknowledge(caller, ringing);
        for (uint minute = 1; minute <= 2; minute++)
        {
            World.Advance(59);
            Alice.TakeNothing();
            World.Advance(1);
            SipText reminder = Alice.Take("180 INVITE");
            Assert.Equal(uint.Parse(ringing["RSeq"]) + minute, uint.Parse(reminder["RSeq"]));
            Assert.Equal("100rel", reminder["Require"]);
            Acknowledge(caller, reminder);
        }

        Cancel(caller, callee);
    }

    [Fact]
    public void Reminder_AfterAReliableAnswer_RepeatsNoDescription()
    {
        World.Options = World.Options with { MaxRinging = TimeSpan.FromMinutes(5) };
        World.RouteToTrunks("+1001", TimeSpan.FromMinutes(5), Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Reliable);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        Acknowledge(caller, early);
        World.Advance(60);
        SipText reminder = Alice.Take("183 INVITE");
        Assert.Equal(uint.Parse(early["RSeq"]) + 1, uint.Parse(reminder["RSeq"]));
        Assert.Equal("", reminder.Body);
        Acknowledge(caller, reminder);
        callee.Respond(180);
        Assert.False(Alice.Take("180 INVITE").Has("RSeq"));
        World.Advance(60);
        Assert.False(Alice.Take("180 INVITE").Has("RSeq"));
        Cancel(caller, callee);
    }

    /// <summary>What the answering side tells the caller comes with the response that had to wait.</summary>
    [Fact]
    public void Response_ThatWaitsForAPrack_HasAllThatTheTargetTold()
    {
        Assert.True(HeaderNamePattern.TryParse("X-*", allowPrefix: true, out HeaderNamePattern? pass));
        var trusted = new TrunkIdentity { IsTrusted = true, Send = IdentityHeader.Asserted };
        var headers = new TrunkHeaders { Pass = [pass] };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "in", Identity = trusted, Headers = headers };
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "out", Targets = [World.Hop(Bob)], Identity = trusted, Headers = headers })], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Require: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        SipText first = caller.Learn(Alice.Take("180 INVITE"));
        callee.Respond(183, PeerSdp.Audio(Bob, 50000), "X-Queue: 3\r\n");
        Acknowledge(caller, first);
        SipText second = Alice.Take("183 INVITE");
        Assert.Equal("3", second["X-Queue"]);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000), "X-Agent: 7\r\nRecv-Info: foo\r\nP-Asserted-Identity: <sip:+16065550001@203.0.113.101>\r\n");
        Bob.Take("ACK");
        Alice.TakeNothing();
        Acknowledge(caller, second);
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal(("7", "", "foo", "<sip:+16065550001@192.0.2.1>"), (ok["X-Agent"], ok["X-Queue"], ok["Recv-Info"], ok["P-Asserted-Identity"]));
        caller.Ack();

        // Nothing of it is left for what comes next.
        callee.SendInvite(PeerSdp.Audio(Bob, 50000));
        Bob.Take("100 INVITE");
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice));
        Alice.Take("ACK");
        Assert.False(Bob.Take("200 INVITE").Has("X-Agent"));
        callee.Ack();
        HangUp(caller, callee);
    }

    private static void Ring(PeerDialog callee, int status, uint number, string? sdp = null) => callee.Respond(status, sdp, $"Require: 100rel\r\nRSeq: {number}\r\n");

    private SipText Prack(string rack)
    {
        SipText prack = Bob.Take("PRACK");
        Assert.Equal(rack, prack["RAck"]);
        Bob.Respond(prack, 200, contact: "");
        return prack;
    }

    private void Acknowledge(PeerDialog caller, SipText response)
    {
        caller.Send("PRACK", $"RAck: {response["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
    }

    private void Cancel(PeerDialog caller, PeerDialog callee, bool hasRung = true)
    {
        if (!hasRung)
        {
            callee.Respond(100);
        }

        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Bob.Respond(Bob.Take("CANCEL"), 200, callee.LocalTag);
        callee.Respond(487);
        Bob.Take("ACK");
    }
}
