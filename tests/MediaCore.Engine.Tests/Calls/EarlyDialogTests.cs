using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Several early dialogs of one INVITE (RFC 3261 §13.2.2.4): a proxy behind the target forks.</summary>
public sealed class EarlyDialogTests : CallTest
{
    private const string Allow = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK\r\n";

    /// <summary>A description may begin with telephone-event of another clock: jitter is measured on that of the voice, while it rings too (RFC 3550 §6.4.1).</summary>
    [Fact]
    public void EarlyAnswer_IsMeasuredOnTheClockOfItsVoice()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", Events(PeerSdp.Audio(Alice, formats: "111 102 0", telephoneEvent: "102")));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        string answer = Events(PeerSdp.Audio(Bob, 51000, formats: "102 0", telephoneEvent: "102"));
        callee.Respond(183, answer);
        Alice.Take("183 INVITE");
        Assert.Equal((8000u, 8000u), (World.Call.Caller.Media.ClockRateHz, World.Call.Callees[0].Media.ClockRateHz));
        callee.Respond(200, answer);
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, callee);

        static string Events(string description) => description.Replace("telephone-event/8000", "telephone-event/48000", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EarlyMediaSource.Latest, 52000)]
    [InlineData(EarlyMediaSource.First, 51000)]
    [InlineData(EarlyMediaSource.None, 0)]
    public void Forks_ThatDescribeTheirMedia_AreHeardByPolicy(EarlyMediaSource policy, int heard)
    {
        World.Options = World.Options with { EarlyMedia = policy };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 51000), tag: "one-bob");
        SipText early = Alice.Take("183 INVITE");
        Assert.Equal(policy == EarlyMediaSource.None, early.Body.Length == 0);
        callee.Respond(183, PeerSdp.Audio(Bob, 52000), tag: "two-bob");

        // The same codecs again at the same port of ours: nothing new for the caller.
        Alice.TakeNothing();
        Assert.Equal(heard, World.Call.Callees[0].Media.Latch.Destination.Port);
        Assert.Equal(heard != 0, World.Call.Caller.Media.Peer is not null);
        Assert.Equal(heard == 0 ? null : World.Call.Callees[heard == 52000 ? 1 : 0], World.Call.EarlyDialog);

        // The first answers, whichever was heard.
        callee.Respond(200, PeerSdp.Audio(Bob, 51000), tag: "one-bob");
        Assert.EndsWith(";tag=one-bob", Bob.Take("ACK")["To"], StringComparison.Ordinal);
        Assert.Equal(51000, World.Call.Connected!.Media.Latch.Destination.Port);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        caller.Bye();
        SipText bye = Bob.Take("BYE");
        Assert.EndsWith(";tag=one-bob", bye["To"], StringComparison.Ordinal);
        Bob.Respond(bye, 200);
        Alice.Take("200 BYE");
        Assert.Equal(2, World.Record.Legs.Count);
    }

    [Fact]
    public void Fork_ThatEnds_IsNoNewsForTheCaller_WhoSeesOneDialog()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: 199\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180, tag: "one-bob");
        string tag = Alice.Take("180 INVITE")["To"];
        callee.Respond(180, tag: "two-bob");
        callee.Respond(199, tag: "one-bob", extra: "Reason: SIP;cause=486\r\n");
        Alice.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(Bob, 51000), tag: "two-bob");
        Bob.Take("ACK");
        SipText answer = Alice.Take("200 INVITE");
        Assert.Equal(tag, answer["To"]);
        caller.Learn(answer);
        caller.Ack();
        caller.Bye();
        Bob.Respond(Bob.Take("BYE"), 200);
        Alice.Take("200 BYE");
    }

    [Fact]
    public void Fork_ThatAnswers_BecomesTheLeg_WithItsOwnTargetRoutesAndNumbers()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Reliable(callee, 183, "one-bob", 10, "<sip:first-bob@203.0.113.101:5060>", PeerSdp.Audio(Bob, 51000));
        SipText one = Bob.Take("PRACK");
        Assert.Equal(("sip:first-bob@203.0.113.101:5060", "10 1 INVITE", 2u), (one.Uri, one["RAck"], one.CSeq));
        Reliable(callee, 183, "two-bob", 77, "<sip:second-bob@203.0.113.101:5060>", PeerSdp.Audio(Bob, 52000));
        SipText two = Bob.Take("PRACK");
        Assert.Equal(("sip:second-bob@203.0.113.101:5060", "77 1 INVITE", 2u), (two.Uri, two["RAck"], two.CSeq));
        Assert.EndsWith(";tag=two-bob", two["To"], StringComparison.Ordinal);
        Bob.Respond(one, 200, contact: "");
        Bob.Respond(two, 200, contact: "");
        Reliable(callee, 180, "one-bob", 11, "<sip:first-bob@203.0.113.101:5060>", null);
        SipText three = Bob.Take("PRACK");
        Assert.Equal(("11 1 INVITE", 3u), (three["RAck"], three.CSeq));
        Bob.Respond(three, 200, contact: "");
        Assert.Equal(["183 INVITE", "180 INVITE"], Alice.TakeAll());
        callee.Respond(200, tag: "two-bob", contact: "<sip:second-bob@203.0.113.101:5060>");
        SipText ack = Bob.Take("ACK");
        Assert.EndsWith(";tag=two-bob", ack["To"], StringComparison.Ordinal);
        Assert.Equal("sip:second-bob@203.0.113.101:5060", ack.Uri);
        Assert.Equal(52000, World.Call.Connected!.Media.Latch.Destination.Port);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();

        // The other fork answers too: it is acknowledged and ended, once.
        callee.Respond(200, PeerSdp.Audio(Bob, 51000), tag: "one-bob", contact: "<sip:first-bob@203.0.113.101:5060>");
        Assert.EndsWith(";tag=one-bob", Bob.Take("ACK")["To"], StringComparison.Ordinal);
        SipText lost = Bob.Take("BYE");
        Assert.Equal(("sip:first-bob@203.0.113.101:5060", 4u), (lost.Uri, lost.CSeq));
        Bob.Respond(lost, 200);
        callee.Respond(200, PeerSdp.Audio(Bob, 51000), tag: "one-bob", contact: "<sip:first-bob@203.0.113.101:5060>");
        Bob.Take("ACK");
        Bob.TakeNothing();
        caller.Bye();
        SipText bye = Bob.Take("BYE");
        Assert.Equal(("sip:second-bob@203.0.113.101:5060", 3u), (bye.Uri, bye.CSeq));
        Bob.Respond(bye, 200);
        Alice.Take("200 BYE");
        Assert.Equal(3, World.Record.Legs.Count);
    }

    [Fact]
    public void UPDATE_OfEachFork_ReachesItsOwnDialog()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        SipText invite = Bob.Take("INVITE");
        PeerDialog one = PeerDialog.Answering(Bob, invite), two = PeerDialog.Answering(Bob, invite);
        one.Respond(183, PeerSdp.Audio(Bob, 51000), "Require: 100rel\r\nRSeq: 1\r\n" + Allow);
        Bob.Respond(Bob.Take("PRACK"), 200, contact: "");
        two.Respond(183, PeerSdp.Audio(Bob, 52000), "Require: 100rel\r\nRSeq: 1\r\n" + Allow);
        Bob.Respond(Bob.Take("PRACK"), 200, contact: "");
        Alice.Take("183 INVITE");
        one.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 51100));
        Bob.Take("200 UPDATE");
        two.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 52100));
        Bob.Take("200 UPDATE");
        Assert.Equal(51100, World.Call.Callees[0].Remote.Rtp.Port);
        Assert.Equal(52100, World.Call.Callees[1].Remote.Rtp.Port);
        two.Respond(200);
        Bob.Take("ACK");
        Assert.Equal(52100, World.Call.Connected!.Media.Latch.Destination.Port);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();

        // The loser's dialog ended with the other's answer.
        one.Send("UPDATE");
        Bob.Take("481 UPDATE");
        HangUp(caller, two);
    }

    [Fact]
    public void Forks_WithoutEnd_AreBounded()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        for (int i = 0; i < 50; i++)
        {
            callee.Respond(183, PeerSdp.Audio(Bob, (ushort)(50000 + i)), "Require: 100rel\r\nRSeq: 1\r\n", tag: $"t{i}-bob");
        }

        Assert.Equal(11, World.Call.Callees.Count);
        string[] pracks = Bob.TakeAll();
        Assert.Equal(11, pracks.Length);
        Assert.All(pracks, static k => Assert.Equal("PRACK", k));
        Alice.TakeAll();
        callee.Respond(486, tag: "t49-bob");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
        Assert.Equal(2, World.Record.Legs.Count);
        Assert.Equal(11, World.Shard.Context.Statistics.ClientTransactions - 1);
    }

    /// <summary>The offer of the fork that answers is still its own: refused, it changes nothing, and no second one is taken meanwhile.</summary>
    [Fact]
    public void Fork_ThatAnswersWhileItsOfferIsUnderWay_KeepsIt()
    {
        (PeerDialog caller, PeerDialog one, PeerDialog two) = RingTwice();
        two.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 52100));
        SipText passed = Alice.Take("UPDATE");
        two.Respond(200);
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        two.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 52200));
        Bob.Take("500 UPDATE");
        Alice.Respond(passed, 488);
        Bob.Take("488 UPDATE");
        Assert.Equal(52000, World.Call.Connected!.Media.Latch.Destination.Port);
        Assert.Equal(52000, World.Call.Connected.Remote.Rtp.Port);
        two.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 52300));
        passed = Alice.Take("UPDATE");
        Alice.Respond(passed, 200, sdp: PeerSdp.Audio(Alice));
        Bob.Take("200 UPDATE");
        Assert.Equal(52300, World.Call.Connected.Media.Latch.Destination.Port);
        Assert.NotEqual(one.LocalTag, two.LocalTag);
        HangUp(caller, two);
    }

    [Fact]
    public void Fork_ThatIsLost_HasItsOfferRefused_AndTheCallerIsOfferedWhatHolds()
    {
        (PeerDialog caller, PeerDialog one, PeerDialog two) = RingTwice();
        two.Send("UPDATE", sdp: PeerSdp.Audio(Bob, 52100, formats: "8 101"));
        SipText passed = Alice.Take("UPDATE");
        one.Respond(200);
        Assert.Equal(["491 UPDATE", "ACK"], Bob.TakeAll().Order());
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Alice.Respond(passed, 200, sdp: PeerSdp.Audio(Alice, formats: "8 101"));
        SipText offer = Alice.Take("UPDATE");
        Assert.Equal("audio 30000 RTP/AVP 0 8 101", offer.Sdp("m="));
        Alice.Respond(offer, 200, sdp: PeerSdp.Audio(Alice));
        HangUp(caller, one);
    }

    /// <summary>RFC 3262 §3 forbids such a 2xx, but a fork's answer to its offer must not be lost by it.</summary>
    [Fact]
    public void Fork_ThatAnswersBeforeThePrackWithTheAnswer_GetsIt()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", null, "Supported: 100rel\r\n");
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        PeerDialog one = PeerDialog.Answering(Bob, invite), two = PeerDialog.Answering(Bob, invite);
        one.Respond(180);
        Alice.Take("180 INVITE");
        two.Respond(183, PeerSdp.Audio(Bob, 52000), "Require: 100rel\r\nRSeq: 4\r\n");
        SipText offer = caller.Learn(Alice.Take("183 INVITE"));
        two.Respond(200, PeerSdp.Audio(Bob, 52000));
        Assert.Equal("", Bob.Take("ACK").Body);
        caller.Send("PRACK", $"RAck: {offer["RSeq"]} 1 INVITE\r\n", PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        Alice.Take("200 PRACK");
        SipText prack = Bob.Take("PRACK");
        Assert.Equal(("4 1 INVITE", two.LocalTag), (prack["RAck"], prack.ToTag));
        Assert.Equal("audio 30002 RTP/AVP 8 101", prack.Sdp("m="));
        Bob.Respond(prack, 200, contact: "");
        Assert.Equal("", caller.Learn(Alice.Take("200 INVITE")).Body);
        caller.Ack();
        Assert.Equal(52000, World.Call.Connected!.Media.Latch.Destination.Port);
        HangUp(caller, two);
    }

    /// <summary>Two forks that ring, both with their answer given; the caller, who takes UPDATE, hears the second.</summary>
    private (PeerDialog Caller, PeerDialog One, PeerDialog Two) RingTwice()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n" + Allow);
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        PeerDialog one = PeerDialog.Answering(Bob, invite), two = PeerDialog.Answering(Bob, invite);
        one.Respond(183, PeerSdp.Audio(Bob, 51000), "Require: 100rel\r\nRSeq: 1\r\n" + Allow);
        Bob.Respond(Bob.Take("PRACK"), 200, contact: "");
        two.Respond(183, PeerSdp.Audio(Bob, 52000), "Require: 100rel\r\nRSeq: 1\r\n" + Allow);
        Bob.Respond(Bob.Take("PRACK"), 200, contact: "");
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        return (caller, one, two);
    }

    [Fact]
    public void Description_ThatChanges_IsToldAgain_AndACallerThatKeptTheFirstIsOfferedTheLast()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.Learn(Alice.Take("180 INVITE"));
        callee.Respond(183, PeerSdp.Audio(Bob, 51000, formats: "0 101"), tag: "one-bob");
        Assert.Equal("audio 30000 RTP/AVP 0 101", Alice.Take("183 INVITE").Sdp("m="));
        callee.Respond(183, PeerSdp.Audio(Bob, 52000, formats: "8 101"), tag: "two-bob");
        Assert.Equal("audio 30000 RTP/AVP 8 101", Alice.Take("183 INVITE").Sdp("m="));
        callee.Respond(200, PeerSdp.Audio(Bob, 52000, formats: "8 101"), tag: "two-bob");
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        SipText offer = caller.TakeReInvite();
        Assert.Equal("audio 30000 RTP/AVP 8 101", offer.Sdp("m="));
        caller.Respond(200, PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        Alice.Take("ACK");
        Bob.TakeNothing();
        caller.Bye();
        Bob.Respond(Bob.Take("BYE"), 200);
        Alice.Take("200 BYE");
    }

    [Fact]
    public void Description_ThatChangesAfterAReliableAnswer_IsOfferedByUpdate_WhileItRings()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n" + Allow);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 51000, formats: "0 101"), tag: "one-bob");
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        callee.Respond(183, PeerSdp.Audio(Bob, 52000, formats: "8 101"), tag: "two-bob");
        Alice.TakeNothing();
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        SipText offer = Alice.Take("UPDATE");
        Assert.Equal("audio 30000 RTP/AVP 8 101", offer.Sdp("m="));
        Alice.Respond(offer, 200, sdp: PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        callee.Respond(200, PeerSdp.Audio(Bob, 52000, formats: "8 101"), tag: "two-bob");
        Bob.Take("ACK");
        Assert.Equal("", Alice.Take("200 INVITE").Body);
        caller.Ack();
        Alice.TakeNothing();
        caller.Bye();
        Bob.Respond(Bob.Take("BYE"), 200);
        Alice.Take("200 BYE");
    }

    private static void Reliable(PeerDialog callee, int status, string tag, int number, string contact, string? sdp) =>
        callee.Respond(status, sdp, $"Require: 100rel\r\nRSeq: {number}\r\n", tag, contact);
}
