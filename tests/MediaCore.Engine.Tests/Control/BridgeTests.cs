using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Legs that are connected by command: of one call, of two calls on one shard, of two calls on two shards.</summary>
public sealed class BridgeTests : PartyTest
{
    private const byte Said = 0x10;

    [Fact]
    public void Bridge_OfTwoCalls_LetsTheirPartiesHearEachOther_AndNothingIsSaidToTheirPhones()
    {
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        string bridge = Bridge(first, second);
        Assert.Equal(CommandOutcome.Completed, End(bridge)!.Outcome);
        Assert.Equal([(first + "-1", second, second + "-1"), (second + "-1", first, first + "-1")], World.EventsOf<Bridged>().Select(static e => (e.LegId!, e.OtherCallId, e.OtherLegId)));
        Bob.TakeNothing();
        Carol.TakeNothing();
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);

        string unbridge = Unbridge(first);
        Assert.Equal(CommandOutcome.Completed, End(unbridge)!.Outcome);
        Assert.All(World.EventsOf<Unbridged>(), static e => Assert.Equal(UnbridgeReason.Command, e.Reason));
        Assert.Equal(2, World.EventsOf<Unbridged>().Length);
        AssertTalk(bob, 50000, carol, 51000, isHeard: false);

        // And once more: nothing of it is used up.
        Bridge(second, first);
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);
        bob.HangUp();
        Carol.TakeNothing();
        Assert.Equal((UnbridgeReason.OtherEnded, second + "-1"), World.EventsOf<Unbridged>().Where(e => e.CallId == second).Select(static e => (e.Reason, e.LegId!)).Last());
        Hangup(second);
        carol.AcceptBye();
    }

    [Fact]
    public void Bridge_OfTwoCodecs_IsTranscoded()
    {
        (string first, PeerDialog bob) = Party(Bob, formats: "0 101");
        (string second, PeerDialog carol) = Party(Carol, 51000, formats: "8 101");
        Bridge(first, second);
        AssertTalk(bob, 50000, carol, 51000, isHeard: true, payloadType: 8);
        bob.HangUp();
        carol.HangUp();
    }

    [Theory]
    [InlineData("8 101", 2)]
    [InlineData("0 101", 1)]
    public void WhatWeSend_IsOneStream_AcrossPromptsAndBridges(string formats, int shards)
    {
        World.ShardCount = shards;
        (string first, PeerDialog bob) = Party(Bob, formats: "0 101");
        (string second, PeerDialog carol) = Party(Carol, 51000, formats);
        PlayTone(first);
        RtpPacketFacts[] prompt = Heard(Bob, 50000);
        World.Advance(0.5);
        Bridge(first, second);
        new PeerMedia(Bob, 50000).Send(LastPort(bob), 0, 3, Said);
        new PeerMedia(Carol, 51000).Send(LastPort(carol), (byte)(formats[0] - '0'), 50, Said);
        RtpPacketFacts[] bridged = Heard(Bob, 50000)[prompt.Length..];
        Unbridge(first);
        World.Advance(0.5);
        PlayTone(first);
        RtpPacketFacts[] all = Heard(Bob, 50000);
        RtpPacketFacts[] own = [.. all.Where(packet => packet.Ssrc == prompt[0].Ssrc)];
        if (formats == "0 101")
        {
            // Relayed packets are their source's (RFC 3550 §7.1): what is ours goes on behind them.
            Assert.All(bridged[^10..], packet => Assert.NotEqual(prompt[0].Ssrc, packet.Ssrc));
        }
        else
        {
            Assert.Equal(all.Length, own.Length);
        }

        Assert.InRange(own.Length, 50, all.Length);
        for (int i = 1; i < own.Length; i++)
        {
            Assert.Equal((ushort)(own[i - 1].Sequence + 1), own[i].Sequence);
            Assert.InRange(own[i].Timestamp - own[i - 1].Timestamp, 160u, 160u * 50 * 3);
        }

        // Its clock has gone on with the time: two prompts of 25 packets lie at least the second between them apart.
        Assert.InRange(own[^1].Timestamp - own[0].Timestamp, 16_000u, 80_000u);
        bob.HangUp();
        carol.HangUp();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bridge_AcrossShards_MeetsInARoom(bool hangsUpOther)
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Assert.Equal([1, 1], World.Shards.Select(static s => s.Core.Calls.ActiveCalls));
        Assert.Equal(CommandOutcome.Completed, End(Bridge(first, second))!.Outcome);
        Assert.Equal(2, World.EventsOf<Bridged>().Length);
        Assert.Equal(2, World.Rooms.Members);
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);
        Refused(CommandStatus.FailedPrecondition, new ConferenceLeaveCommand { CommandId = World.NextCommandId(), CallId = first });
        Refused(CommandStatus.FailedPrecondition, NewBridge(first, second));

        Do(new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = first, HangUpOther = hangsUpOther });
        Assert.Equal(0, World.Rooms.Members);
        Assert.Equal(2, World.EventsOf<Unbridged>().Length);
        if (hangsUpOther)
        {
            carol.AcceptBye();
        }
        else
        {
            AssertTalk(bob, 50000, carol, 51000, isHeard: false);
            carol.HangUp();
        }

        bob.HangUp();
    }

    [Fact]
    public void Bridge_AcrossShards_EndsWithEitherSide_AndTheOtherIsTold()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        carol.HangUp();
        Assert.Equal(UnbridgeReason.OtherEnded, World.EventsOf<Unbridged>().Last(e => e.CallId == first).Reason);
        Assert.Equal(0, World.Rooms.Members);
        Bob.TakeNothing();
        bob.HangUp();
    }

    [Fact]
    public void Bridge_ThatTheOtherShardRefuses_IsToldAndLeavesTheLegAsItWas()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        string second = Originate(ToCarol).CallId;
        PeerDialog carol = PeerDialog.Answering(Carol);
        string bridge = Bridge(first, second);
        Assert.Equal(CommandOutcome.Failed, End(bridge)!.Outcome);
        Assert.NotEqual("", End(bridge)!.Problem);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(Bridge(first, second))!.Outcome);
        bob.HangUp();
        carol.HangUp();
    }

    [Fact]
    public void Bridge_ToAShardWithoutRoom_IsUnavailable()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        World.Mail.Left = 0;
        Refused(CommandStatus.Unavailable, NewBridge(first, second));
        World.Mail.Left = null;
        Bridge(first, second);
        bob.HangUp();
        carol.HangUp();
    }

    [Fact]
    public void Bridge_WhoseAnswerFindsAFullMailbox_IsToldWhenThereIsRoom()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        World.Mail.Left = 1;
        string bridge = Bridge(first, second);
        Assert.Null(End(bridge));
        World.Advance(1);
        Assert.Null(End(bridge));
        World.Mail.Left = null;
        World.Advance(0.1);
        Assert.Equal(CommandOutcome.Completed, End(bridge)!.Outcome);
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);
        bob.HangUp();
        carol.HangUp();
    }

    [Fact]
    public void Bridge_WhoseAnswerDoesNotComeInTime_Fails_AndNeitherIsLeftInTheRoom()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        World.Mail.Left = 1;
        string bridge = Bridge(first, second);
        World.Advance(5.1);
        Assert.Equal(CommandOutcome.Failed, End(bridge)!.Outcome);
        World.Mail.Left = null;
        World.Advance(0.1);
        Assert.Equal(0, World.Rooms.Members);
        Assert.Equal(CommandOutcome.Completed, End(Bridge(first, second))!.Outcome);
        bob.HangUp();
        carol.HangUp();
    }

    [Fact]
    public void BridgeEnd_ThatFindsAFullMailbox_IsToldWhenThereIsRoom()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        World.Mail.Left = 0;
        Do(new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = first, HangUpOther = true });
        World.Advance(1);
        Carol.TakeNothing();
        Assert.Equal(1, World.Rooms.Members);

        // What is asked for later does not overtake what waits.
        World.Mail.Left = null;
        Refused(CommandStatus.Unavailable, NewBridge(first, second));
        World.Advance(0.1);
        Assert.Equal(0, World.Rooms.Members);
        carol.AcceptBye();
        bob.HangUp();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Bridge_WithoutAPlaceForItsEnd_IsRefused_ByEitherShard(int full)
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        int reserved = 0;
        while (World.Shards[full].Context.Outbox.TryReserve())
        {
            reserved++;
        }

        Assert.Equal(EngineLimits.MaxWaitingPosts, reserved);
        if (full == 0)
        {
            Refused(CommandStatus.ResourceExhausted, NewBridge(first, second));
        }
        else
        {
            Assert.Equal(CommandOutcome.Failed, End(Bridge(first, second))!.Outcome);
        }

        for (; reserved > 0; reserved--)
        {
            World.Shards[full].Context.Outbox.Release();
        }

        Assert.Equal(CommandOutcome.Completed, End(Bridge(first, second))!.Outcome);
        bob.HangUp();
        carol.HangUp();
    }

    [Fact]
    public void Unbridge_OfACallsOwnTwo_ParksTheCalledOne_AndBridgeJoinsThemAgain()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        AssertTalk(alice, 40000, bob, 50000, isHeard: true);
        Unbridge(CallId);
        AssertTalk(alice, 40000, bob, 50000, isHeard: false);
        Alice.TakeNothing();
        Bob.TakeNothing();

        // Parked, its offers are ours to answer.
        bob.SendInvite(PeerSdp.Audio(Bob, 50008, formats: "0 101"));
        Bob.Take("200 INVITE");
        bob.Ack();
        Alice.TakeNothing();

        Do(NewBridge(CallId, CallId) with { OtherLegId = CallId + "-1" });
        AssertTalk(alice, 40000, bob, 50008, isHeard: true);
        HangUp(alice, bob);
    }

    [Fact]
    public void ParkedLeg_ThatHangsUp_LeavesTheCallToTheCaller_AndAnotherIsDialled()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        Unbridge(CallId);
        bob.HangUp();
        Alice.TakeNothing();
        string dial = Do(Dial("carol"));
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(dial)!.Outcome);
        HangUp(alice, carol);
    }

    [Fact]
    public void ParkedLeg_IsBridgedWithAnotherCall_WhileItsCallerIsByHimself()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string controlled = CallId;
        Unbridge(controlled);
        string other = Accepted(Execute(Originating(ToCarol) with { Controller = "app-1" })).CallId;
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        Do(NewBridge(controlled, other) with { LegId = controlled + "-1" });
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);
        AssertTalk(alice, 40000, bob, 50000, isHeard: false);

        // The parked leg ends with its call; the other call's party stays.
        alice.HangUp();
        bob.AcceptBye();
        Carol.TakeNothing();
        Assert.Equal(UnbridgeReason.OtherEnded, World.EventsOf<Unbridged>().Last(e => e.CallId == other).Reason);
        carol.HangUp();
    }

    [Fact]
    public void Unbridge_ThatHangsUpTheOther_EndsIt()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        Do(new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = CallId, HangUpOther = true });
        bob.AcceptBye();
        Alice.TakeNothing();
        alice.HangUp();
    }

    [Fact]
    public void Unbridge_OfTheCalledLeg_ThatHangsUpTheCaller_LeavesTheCallToTheCalledOne()
    {
        (PeerDialog alice, PeerDialog bob) = Connected();
        string call = CallId;
        Do(new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = call, LegId = call + "-1", HangUpOther = true });
        alice.AcceptBye();
        Bob.TakeNothing();
        string dial = Do(new DialCommand { CommandId = World.NextCommandId(), CallId = call, Targets = [ToCarol] });
        PeerDialog carol = PeerDialog.Answering(Carol);
        carol.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "0 101"));
        Carol.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(dial)!.Outcome);
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);
        HangUp(bob, carol);
    }

    [Fact]
    public void Bridge_NeedsTwoFreeLegsOfOneController()
    {
        (string first, PeerDialog bob) = Party(Bob);
        Refused(CommandStatus.NotFound, NewBridge(first, "nowhere"));
        Refused(CommandStatus.InvalidArgument, NewBridge(first, first));
        PeerDialog alice = Answered();
        Refused(CommandStatus.FailedPrecondition, NewBridge(first, CallId));
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Do(new ConferenceJoinCommand { CommandId = World.NextCommandId(), CallId = second, Room = "team" });
        Refused(CommandStatus.FailedPrecondition, NewBridge(first, second));
        Refused(CommandStatus.FailedPrecondition, new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = first });
        bob.HangUp();
        carol.HangUp();
        alice.HangUp();
    }

    [Fact]
    public void BridgedParty_ThatMovesAndHolds_IsHeardWhereItIs()
    {
        World.Options = World.Options with { MusicOnHold = MusicOnHold.Generated };
        (string first, PeerDialog bob) = Party(Bob, formats: "0 101");
        (string second, PeerDialog carol) = Party(Carol, 51000, formats: "0 101");
        Bridge(first, second);
        bob.SendInvite(PeerSdp.Audio(Bob, 50020, formats: "0 101"));
        Bob.Take("200 INVITE");
        bob.Ack();
        AssertTalk(carol, 51000, bob, 50020, isHeard: true);

        // Held by bob, carol hears music.
        bob.SendInvite(PeerSdp.Audio(Bob, 50020, "sendonly", "0 101"));
        Bob.Take("200 INVITE");
        bob.Ack();
        int before = World.MediaSent.Count(m => m.To.Port == 51000);
        World.Advance(1);
        Assert.InRange(World.MediaSent.Count(m => m.To.Port == 51000) - before, 40, 60);
        carol.HangUp();
        bob.HangUp();
    }

    [Fact]
    public void Release_OfABridgedCall_LetsTheTwoTalk_UntilOneHangsUp()
    {
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = first, Policy = ReleasePolicy.Continue });
        Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = second, Policy = ReleasePolicy.Continue });
        AssertTalk(bob, 50000, carol, 51000, isHeard: true);
        bob.HangUp();
        carol.AcceptBye();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Digit_OfABridgedParty_IsTold_AndComesToTheOther(int shards)
    {
        World.ShardCount = shards;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        new PeerMedia(Carol, 51000).Send(LastPort(carol), 0, 3, code: 0xff);
        for (int i = 0; i < 5; i++)
        {
            // A "5" of 160 ms: two packets and three ends.
            ushort duration = i switch { 0 => 400, 1 => 800, _ => 1280 };
            byte[] packet = [0x80, 101, 0, (byte)i, 0, 0, 0x10, 0, 0, 0, 0, 77, 5, (byte)(i < 2 ? 10 : 0x8a), (byte)(duration >> 8), (byte)duration];
            World.DeliverMedia(World.Endpoint(Bob.Host, 50000), LastPort(bob), packet);
            World.Advance(0.05);
        }

        World.Advance(1);
        Assert.Equal(('5', first + "-1"), World.EventsOf<DigitReceived>().Select(static e => (e.Digit, e.LegId!)).Single());
        Assert.Contains(World.MediaSent, static m => m.To.Port == 51000 && m.Packet.Length == 16 && (m.Packet[1] & 0x7f) == 101 && m.Packet[12] == 5 && m.Packet[13] >= 0x80);
        bob.HangUp();
        carol.HangUp();
    }

    [Theory]
    [InlineData(1, "INFO", 200, 200)]
    [InlineData(2, "INFO", 200, 200)]
    [InlineData(1, "MESSAGE", 415, 415)]
    [InlineData(2, "MESSAGE", 415, 415)]
    [InlineData(2, "INFO", 503, 500)]
    public void Request_OfABridgedParty_ComesToTheOther_AndItsStatusBack(int shards, string method, int status, int passed)
    {
        World.ShardCount = shards;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        (PeerDialog Asks, PeerDialog Asked)[] ways = [(bob, carol), (carol, bob)];
        foreach ((PeerDialog asks, PeerDialog asked) in ways)
        {
            asks.Send(method, "Info-Package: x-test\r\nContent-Disposition: render\r\nContent-Type: application/x\r\nUser-Agent: secret\r\n", "hello");
            SipText request = asked.Peer.Take(method);
            Assert.Equal(("hello", "application/x", "render", "x-test"), (request.Body, request["Content-Type"], request["Content-Disposition"], request["Info-Package"]));
            Assert.DoesNotContain("secret", request.ToString(), StringComparison.Ordinal);
            asked.Peer.Respond(request, status, extra: "Accept: text/plain\r\nUser-Agent: secret\r\n");
            SipText answer = asks.Peer.Take($"{passed} {method}");

            // What a refusal needs to be understood comes with it, and nothing else.
            Assert.Equal(status == passed, answer.Has("Accept"));
            Assert.DoesNotContain("secret", answer.ToString(), StringComparison.Ordinal);
        }

        bob.HangUp();
        carol.HangUp();
    }

    [Fact]
    public void Request_OfABridgedParty_ThatTheOtherDoesNotAnswer_Gets504_AndEachCallEndsAsItWould()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        bob.Send("INFO", "Content-Type: application/x\r\n", "x");
        Carol.Take("INFO");
        World.Advance(25);
        Bob.TakeAll();
        Assert.Equal("504 INFO", Bob.History[^1].Message.Kind);
        Carol.TakeAll();

        // What is asked when the bridge is gone is refused, and an answer that comes for a call that is over has nobody to go to.
        bob.Send("INFO", "Content-Type: application/x\r\n", "x");
        SipText late = Carol.Take("INFO");
        bob.HangUp();
        Carol.Respond(late, 200);
        carol.Send("INFO", "Content-Type: application/x\r\n", "x");
        Carol.Take("480 INFO");
        Bob.TakeAll();
        carol.HangUp();
    }

    [Fact]
    public void Request_OfABridgedParty_IsBounded_AndNoDialogMeansNoCall()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        bob.Send("MESSAGE", "Content-Type: text/plain\r\n", new string('x', EngineLimits.MaxRelayedBodyBytes + 1));
        Bob.Take("413 MESSAGE");
        World.Mail.Left = 0;
        bob.Send("MESSAGE", "Content-Type: text/plain\r\n", "x");
        Bob.Take("500 MESSAGE");
        World.Mail.Left = null;
        bob.Send("MESSAGE", "Content-Type: text/plain\r\n", "x");
        Carol.Respond(Carol.Take("MESSAGE"), 481);
        Bob.Take("481 MESSAGE");
        carol.AcceptBye();
        Bob.TakeNothing();
        bob.HangUp();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void DigitByInfo_OfABridgedParty_ComesToTheOther(int shards)
    {
        World.ShardCount = shards;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Bridge(first, second);
        new PeerMedia(Carol, 51000).Send(LastPort(carol), 0, 3, code: 0xff);
        bob.Send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n");
        if (Carol.TakeAny() is { Kind: "INFO" } relayed)
        {
            Carol.Respond(relayed, 200);
            Assert.Contains("Signal=5", relayed.Body, StringComparison.Ordinal);
        }
        else
        {
            World.Advance(1);
            Assert.Contains(World.MediaSent, static m => m.To.Port == 51000 && m.Packet.Length == 16 && (m.Packet[1] & 0x7f) == 101 && m.Packet[12] == 5 && m.Packet[13] >= 0x80);
        }

        Bob.Take("200 INFO");
        bob.HangUp();
        carol.HangUp();
    }

    private BridgeCommand NewBridge(string callId, string other) => new() { CommandId = World.NextCommandId(), CallId = callId, OtherCallId = other };

    private string Bridge(string callId, string other) => Do(NewBridge(callId, other));

    private string Unbridge(string callId) => Do(new UnbridgeCommand { CommandId = World.NextCommandId(), CallId = callId });

    /// <summary>What one says for half a second comes to the other, or nothing does.</summary>
    private void PlayTone(string callId)
    {
        string play = Do(new PlayCommand { CommandId = World.NextCommandId(), CallId = callId, Media = [new ToneMedia(new Tone(new ToneSegment(0, 440)), TimeSpan.FromSeconds(0.5))] });
        World.Advance(0.7);
        Assert.Equal(CommandOutcome.Completed, End(play)!.Outcome);
    }

    private RtpPacketFacts[] Heard(Peer peer, ushort port)
    {
        NetworkEndpoint endpoint = new PeerMedia(peer, port).Endpoint;
        return [.. World.MediaSent.Where(m => m.To == endpoint && (m.FromPort & 1) == 0).Select(static m => RtpPacketFacts.Of(m.Packet)).OfType<RtpPacketFacts>()];
    }

    private sealed record RtpPacketFacts(uint Ssrc, ushort Sequence, uint Timestamp)
    {
        public static RtpPacketFacts? Of(byte[] packet) => RtpPacket.TryParse(packet, out RtpPacket rtp) && rtp.PayloadType is 0 or 8 ? new RtpPacketFacts(rtp.Ssrc, rtp.SequenceNumber, rtp.Timestamp) : null;
    }

    private void AssertTalk(PeerDialog from, ushort fromPort, PeerDialog to, ushort toPort, bool isHeard, byte payloadType = 0)
    {
        var said = new PeerMedia(from.Peer, fromPort);
        var heard = new PeerMedia(to.Peer, toPort);
        ushort port = LastPort(from);
        new PeerMedia(to.Peer, toPort).Send(LastPort(to), payloadType, 3, code: 0xff);
        int before = World.MediaSent.Count(m => m.To == heard.Endpoint);
        said.Send(port, 0, 25, Said);
        int packets = World.MediaSent.Where(m => m.To == heard.Endpoint).Skip(before).Count(static m => m.Packet.Length > 12 && m.Packet[1] is < 192 or > 223);
        if (isHeard)
        {
            Assert.InRange(packets, 15, 35);
        }
        else
        {
            Assert.InRange(packets, 0, 2);
        }
    }

    /// <summary>Where we told a peer to send its sound, last.</summary>
    private static ushort LastPort(PeerDialog dialog) => ushort.Parse(
        dialog.Peer.History.Last(m => m.Message.CallId == dialog.CallId && m.Message.Kind is "INVITE" or "200 INVITE").Message.Sdp("m=audio ").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
