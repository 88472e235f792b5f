using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>Sessions under simulated time: offers, answers, media, forks, ends.</summary>
public sealed class NgSessionTests
{
    private static readonly NetworkEndpoint s_a = World.Endpoint("198.51.100.1", 6000);
    private static readonly NetworkEndpoint s_b = World.Endpoint("203.0.113.2", 7000);

    private static byte[] Rtp(int sequence, uint ssrc = 1, byte payloadType = 0)
    {
        byte[] packet = new byte[172];
        packet[0] = 0x80;
        packet[1] = payloadType;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)sequence * 160);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        packet.AsSpan(12).Fill((byte)sequence);
        return packet;
    }

    private static NetworkEndpoint[] SentBy(World world, NetworkEndpoint source, ushort port, int first = 1, int count = 3, uint ssrc = 1)
    {
        world.MediaSent.Clear();
        for (int i = 0; i < count; i++)
        {
            world.DeliverMedia(source, port, Rtp(first + i, ssrc));
        }

        return [.. world.MediaSent.Select(static m => m.To)];
    }

    private static string Fax(string host, int port) => $"v=0\r\no=- 7 2 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=image {port} udptl t38\r\n";

    [Fact]
    public void OfferAndAnswer_AreRewritten_AndBothSidesHearEachOther()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("replace", NgController.Words("origin", "session-connection")), ("ICE", "remove"));
        Assert.DoesNotContain("198.51.100.1", offer.Text, StringComparison.Ordinal);
        Assert.Equal($"m=audio {offer.Port()} RTP/AVP 0 8 101", offer.MediaLines[0]);
        Assert.True(offer.Has("a=rtpmap:101 telephone-event/8000") && offer.Has($"a=rtcp:{offer.Port() + 1}") && offer.Has($"c=IN IP4 {World.ServerHost}"));
        Assert.Null(offer.Warning);

        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: "8 101"), ("replace", NgController.Words("origin")));
        Assert.DoesNotContain("203.0.113.2", answer.Text, StringComparison.Ordinal);
        Assert.NotEqual(offer.Port(), answer.Port());

        Assert.Equal([s_b, s_b, s_b], SentBy(world, s_a, answer.Port()));
        Assert.All(world.MediaSent, m => Assert.Equal(offer.Port(), m.FromPort));
        Assert.Equal([s_a, s_a, s_a], SentBy(world, s_b, offer.Port()));
        Assert.Equal("ok", controller.Ask("delete", ("from-tag", "A"), ("to-tag", "B"))["result"]!.Text);
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Fact]
    public void BeforeTheAnswer_NothingIsPassedOn()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        Assert.Empty(SentBy(world, World.Endpoint("192.0.2.66", 4000), offer.Port(), count: 20));
        controller.Ask("delete", ("from-tag", "A"));
    }

    [Fact]
    public void ReInvite_InEitherDirection_KeepsThePorts_AndFollowsTheNewAddress()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));

        // B offers anew from another port, A answers.
        NgSdpText second = controller.Offer(NgController.Sdp("203.0.113.2", 7100), ("from-tag", "B"), ("to-tag", "A"));
        Assert.Equal(answer.Port(), second.Port());
        NgSdpText secondAnswer = controller.Answer(NgController.Sdp("198.51.100.1", 6000), ("from-tag", "B"), ("to-tag", "A"));
        Assert.Equal(offer.Port(), secondAnswer.Port());
        NetworkEndpoint moved = World.Endpoint("203.0.113.2", 7100);
        Assert.Equal([moved, moved, moved], SentBy(world, s_a, answer.Port()));
        Assert.Equal(2, world.Shard.Ports.InUse);
        controller.Ask("delete", ("from-tag", "B"), ("to-tag", "A"));
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Fact]
    public void SeveralStreams_EachHavePorts_AndADeclinedOneGivesThemBack()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(
            NgController.Sdp(
                "198.51.100.1",
                6000,
                session: "a=group:BUNDLE 0 1\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n",
                lines: "a=mid:0\r\na=candidate:1 1 UDP 2130706431 198.51.100.1 6000 typ host\r\na=rtcp:6001 IN IP4 198.51.100.1\r\na=rtcp-mux\r\na=sendrecv\r\n",
                more: "m=video 6100 RTP/AVP 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\nm=image 6200 udptl t38\r\na=T38FaxVersion:0\r\nm=message 6300 TCP/MSRP *\r\na=path:msrp://198.51.100.1:6300/x;tcp\r\n"),
            ("replace", NgController.Words("origin")));
        Assert.Equal(["m=audio", "m=video", "m=image", "m=message"], offer.MediaLines.Select(static l => l.Split(' ')[0]));
        Assert.DoesNotContain("198.51.100.1", offer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("candidate", offer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("ice-", offer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("BUNDLE", offer.Text, StringComparison.Ordinal);
        Assert.Equal("m=message 0 TCP/MSRP *", offer.MediaLines[3]);
        Assert.Equal($"m=image {offer.Port(2)} udptl t38", offer.MediaLines[2]);
        Assert.Equal(6, world.Shard.Ports.InUse);

        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, more: "m=video 0 RTP/AVP 96\r\nm=image 7200 udptl t38\r\nm=message 0 TCP/MSRP *\r\n"));
        Assert.Equal(0, answer.Port(1));
        Assert.Equal(4, world.Shard.Ports.InUse);
        controller.Ask("delete", ("from-tag", "A"));
    }

    [Fact]
    public void Srtp_OnOneSide_PlainOnTheOther()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("transport-protocol", "RTP/SAVP"), ("SDES", NgController.Words("no-AEAD_AES_256_GCM")));
        Assert.StartsWith($"m=audio {offer.Port()} RTP/SAVP ", offer.MediaLines[0], StringComparison.Ordinal);
        string[] lines = [.. offer.Lines.Where(static l => l.StartsWith("a=crypto:", StringComparison.Ordinal))];
        Assert.Equal(["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_32"], lines.Select(static l => l.Split(' ')[1]));

        const string key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, "RTP/SAVP", "0", key));
        Assert.StartsWith($"m=audio {answer.Port()} RTP/AVP ", answer.MediaLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("crypto", answer.Text, StringComparison.Ordinal);
        Assert.Equal([s_b, s_b, s_b], SentBy(world, s_a, answer.Port()));
        Assert.All(world.MediaSent, static m => Assert.Equal(182, m.Packet.Length));

        // What is not authentic goes nowhere.
        Assert.Empty(SentBy(world, s_b, offer.Port()));

        // The offer once more repeats its keys.
        NgSdpText again = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("to-tag", "B"), ("transport-protocol", "RTP/SAVP"));
        Assert.Contains(again.Lines, line => line == lines[0]);
        controller.Ask("delete", ("from-tag", "A"));
    }

    [Fact]
    public void Srtp_OfTheOfferer_IsAnsweredWithItsTag()
    {
        using World world = new();
        NgController controller = new(world);
        const string keys = "a=crypto:4 AEAD_AES_128_GCM inline:4dSS23cE+94p7j24nvckLylRr7txaYkKyeyPVQ\r\na=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000, "RTP/SAVP", "0", keys), ("transport protocol", "RTP/AVP"), ("flags", NgController.Words("SDES-no-AEAD_AES_128_GCM")));
        Assert.DoesNotContain("crypto", offer.Text, StringComparison.Ordinal);
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        Assert.StartsWith("a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:", Assert.Single(answer.Lines, static l => l.StartsWith("a=crypto", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(" RTP/SAVP ", answer.MediaLines[0], StringComparison.Ordinal);
        controller.Ask("delete", ("from-tag", "A"));
    }

    [Fact]
    public void Forks_WithBranches_HavePortsOfTheirOwn_AndTheLastAnswerIsHeard()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText first = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "z1"));
        NgSdpText second = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "z2"));
        Assert.NotEqual(first.Port(), second.Port());
        Assert.Equal(first.Port(), controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "z1")).Port());

        NgSdpText early = controller.Answer(NgController.Sdp("203.0.113.2", 7000), ("to-tag", "B1"), ("via-branch", "z1"));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.3", 7100), ("to-tag", "B2"), ("via-branch", "z2"));
        Assert.Equal(early.Port(), answer.Port());
        NetworkEndpoint heard = World.Endpoint("203.0.113.3", 7100);
        Assert.Equal([heard, heard, heard], SentBy(world, s_a, answer.Port()));
        Assert.Equal([s_a, s_a, s_a], SentBy(world, heard, second.Port()));
        Assert.Empty(SentBy(world, s_b, first.Port()));

        // The first branch was cancelled; the call goes on.
        controller.Ask("delete", ("from-tag", "A"), ("to-tag", "B1"), ("via-branch", "z1"));
        Assert.Equal(2, world.Shard.Ports.InUse);
        Assert.Equal([heard, heard, heard], SentBy(world, s_a, answer.Port(), first: 10));
        controller.Ask("delete", ("from-tag", "A"), ("to-tag", "B2"));
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Fact]
    public void Forks_WithoutBranches_AnswerAtTheSamePorts()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000), ("to-tag", "B1"));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.3", 7100), ("to-tag", "B2"));
        NetworkEndpoint heard = World.Endpoint("203.0.113.3", 7100);
        Assert.Equal([s_a, s_a, s_a], SentBy(world, heard, offer.Port()));
        Assert.Equal([heard, heard, heard], SentBy(world, s_a, answer.Port()));
        Assert.Equal(2, world.Shard.Ports.InUse);
        controller.Ask("delete", ("from-tag", "A"), ("to-tag", "B2"));
    }

    [Fact]
    public void Delete_WithADelay_FreesThePortsAfterIt_AndAnOfferBringsTheSessionBack()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        controller.Ask("delete", ("from-tag", "A"), ("delete-delay", 5));
        world.Advance(4.9);
        Assert.Equal(2, world.Shard.Ports.InUse);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        world.Advance(10);
        Assert.Equal(2, world.Shard.Ports.InUse);
        controller.Ask("delete", ("from-tag", "A"), ("delete delay", 5));
        world.Advance(5.1);
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Theory]
    [InlineData("nope", "A", false, "ok")]
    [InlineData("nope", "A", true, "error")]
    [InlineData("call-1", "Z", false, "ok")]
    public void Delete_OfWhatIsNotThere_IsAWarning_UnlessFatal(string callId, string tag, bool isFatal, string result)
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgDictionary answer = controller.Ask("delete", ("call-id", callId), ("from-tag", tag), ("flags", isFatal ? NgController.Words("fatal") : NgController.Words()));
        Assert.Equal(result, answer["result"]!.Text);
        Assert.Contains("Call-ID not found", (answer["warning"] ?? answer["error-reason"])!.Text, StringComparison.Ordinal);
        Assert.Equal(2, world.Shard.Ports.InUse);
        controller.Ask("delete");
    }

    [Theory]
    [InlineData("a=sendrecv\r\n", 60, (int)NgSessionEnd.MediaTimeout)]
    [InlineData("a=inactive\r\n", 3600, (int)NgSessionEnd.SilentTimeout)]
    public void WithoutMedia_ASessionEnds_SoonerOrLaterByWhoIsOnHold(string direction, int seconds, int reason)
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000, lines: direction));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, lines: direction));
        world.Advance(seconds - 10);
        SentBy(world, s_a, answer.Port());
        world.Advance(seconds - 1);
        Assert.Equal(2, world.Shard.Ports.InUse);
        world.Advance(2);
        Assert.Equal(0, world.Shard.Ports.InUse);
        Assert.Equal(1, world.Statistics.NgSessionsEnded[reason]);
        Assert.Equal(1, world.Statistics.NgOneWayStreams);
    }

    [Fact]
    public void ABranchThatNeverAnswered_DoesNotShortenTheTimeOfAHeldCall()
    {
        using World world = new();
        NgController controller = new(world);
        string held = NgController.Sdp("198.51.100.1", 6000, lines: "a=inactive\r\n");
        controller.Offer(held, ("via-branch", "x"));
        controller.Offer(held, ("via-branch", "w"));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000, lines: "a=inactive\r\n"), ("via-branch", "w"));
        world.Advance(3500);
        Assert.Equal(1, world.Shard.Core.Ng.Count);
        world.Advance(200);
        Assert.Equal(1, world.Statistics.NgSessionsEnded[(int)NgSessionEnd.SilentTimeout]);
    }

    [Fact]
    public void AnOfferThatNobodyAnswers_EndsAfterAnHour()
    {
        using World world = new();
        new NgController(world).Offer(NgController.Sdp("198.51.100.1", 6000));
        world.Advance(3601);
        Assert.Equal(1, world.Statistics.NgSessionsEnded[(int)NgSessionEnd.OfferTimeout]);
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Fact]
    public void WithoutPorts_AnOfferFails_AndLeavesNothing()
    {
        using World world = new();
        world.Shard.Ports.Capacity = 3;
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        controller.CallId = "call-2";
        NgDictionary refused = controller.Ask("offer", ("from-tag", "A"), ("sdp", NgController.Sdp("198.51.100.1", 6000)));
        Assert.Equal("Ran out of ports", refused["error-reason"]!.Text);
        Assert.Equal(2, world.Shard.Ports.InUse);
        Assert.Equal(1, world.Shard.Core.Ng.Count);
        controller.CallId = "call-1";
        controller.Ask("delete");
    }

    [Theory]
    [InlineData(true, true, "load limit")]
    [InlineData(true, false, "error")]
    [InlineData(false, true, "load limit")]
    public void WhileDrainingOrFull_NewSessionsAreRefused_AndOthersGoOn(bool isDraining, bool knows, string result)
    {
        using World world = new() { Options = new EngineOptions { Defence = Engine.Defence.DefenceOptions.Off, Ng = new NgOptions { MaxSessions = isDraining ? 100 : 1 } } };
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        if (isDraining)
        {
            world.Shard.Core.BeginDrain();
        }

        controller.CallId = "call-2";
        (string, NgValue) supports = ("supports", knows ? NgController.Words("load limit") : NgController.Words());
        Assert.Equal(result, controller.Ask("offer", ("from-tag", "A"), ("sdp", NgController.Sdp("198.51.100.1", 6000)), supports)["result"]!.Text);
        controller.CallId = "call-1";
        controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        controller.Ask("delete");
    }

    [Theory]
    [InlineData("offer", "", "No from-tag in message")]
    [InlineData("answer", "", "No from-tag in message")]
    [InlineData("offer", "hello", "Failed to parse SDP")]
    [InlineData("offer", null, "No SDP body in message")]
    [InlineData("answer", "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n", "Unknown call-id")]
    [InlineData("query", null, "Unknown call-id")]
    [InlineData("block media", null, "Unknown call-id")]
    [InlineData("make tea", null, "Unrecognized command")]
    public void WhatCannotBeDone_IsAnError(string command, string? sdp, string reason)
    {
        using World world = new();
        List<(string, NgValue)> members = [];
        if (sdp?.Length != 0)
        {
            members.Add(("from-tag", "A"));
            members.Add(("to-tag", "B"));
        }

        if (sdp is not null)
        {
            members.Add(("sdp", sdp));
        }

        NgDictionary answer = new NgController(world).Ask(command, [.. members]);
        Assert.Equal(("error", reason), (answer["result"]!.Text, answer["error-reason"]!.Text));
        Assert.Equal(0, world.Shard.Core.Ng.Count);
    }

    [Fact]
    public void Blocked_MediaGoesNowhere_UntilUnblocked()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        controller.Ask("block media", ("from-tag", "A"));
        Assert.Empty(SentBy(world, s_a, answer.Port()));
        Assert.Equal(3, SentBy(world, s_b, offer.Port()).Length);

        // A new offer does not lift it.
        controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("to-tag", "B"));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        Assert.Empty(SentBy(world, s_a, answer.Port(), first: 10));
        controller.Ask("unblock media", ("from-tag", "A"));
        Assert.Equal(3, SentBy(world, s_a, answer.Port(), first: 20).Length);
        Assert.Equal("From-tag given, but no such tag exists", controller.Ask("block media", ("from-tag", "nobody"))["error-reason"]!.Text);
        controller.Ask("delete");
    }

    [Fact]
    public void Blocked_AFaxGoesNowhereEither()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(Fax("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(Fax("203.0.113.2", 7000));
        controller.Ask("block media", ("from-tag", "A"));
        world.DeliverMedia(s_a, answer.Port(), [1, 2, 3]);
        world.DeliverMedia(s_b, offer.Port(), [4, 5, 6]);
        Assert.Equal(s_a, Assert.Single(world.MediaSent).To);
        controller.Ask("unblock media");
        world.DeliverMedia(s_a, answer.Port(), [7, 8, 9]);
        Assert.Equal(s_b, world.MediaSent[^1].To);
        controller.Ask("delete");
    }

    [Fact]
    public void Unblocked_ForksAreConnectedAsBefore()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText first = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "x"));
        NgSdpText second = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "w"));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000), ("to-tag", "X"), ("via-branch", "x"));
        NetworkEndpoint w = World.Endpoint("203.0.113.3", 7100);
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.3", 7100), ("to-tag", "W"), ("via-branch", "w"));
        controller.Ask("block media");
        Assert.Empty(SentBy(world, s_a, answer.Port()));
        controller.Ask("unblock media");
        Assert.Equal([w, w, w], SentBy(world, s_a, answer.Port(), first: 10));
        Assert.Equal([s_a, s_a, s_a], SentBy(world, w, second.Port()));
        Assert.Empty(SentBy(world, s_b, first.Port()));
        controller.Ask("delete");
    }

    [Fact]
    public void Blocked_ABranchThatIsDeleted_TakesNothingOfTheCallIntoAnother()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "x"));
        controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("via-branch", "w"));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000), ("to-tag", "X"), ("via-branch", "x"));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.3", 7100), ("to-tag", "W"), ("via-branch", "w"));
        controller.Ask("block media", ("from-tag", "X"));
        controller.Ask("delete", ("from-tag", "A"), ("to-tag", "X"), ("via-branch", "x"));
        controller.CallId = "call-2";
        controller.Offer(NgController.Sdp("192.0.2.1", 8000));
        controller.Answer(NgController.Sdp("192.0.2.2", 8100));
        NetworkEndpoint w = World.Endpoint("203.0.113.3", 7100);
        Assert.Equal([w, w, w], SentBy(world, s_a, answer.Port()));
        controller.Ask("delete");
        controller.CallId = "call-1";
        controller.Ask("delete");
    }

    [Fact]
    public void ForkThatLost_HasNoLineOfTheOfferersLeft()
    {
        using World world = new();
        NgController controller = new(world);
        string two = NgController.Sdp("198.51.100.1", 6000, more: "m=video 6100 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
        controller.Offer(two, ("via-branch", "x"));
        controller.Offer(two, ("via-branch", "w"));
        NgSdpText early = controller.Answer(NgController.Sdp("203.0.113.2", 7000, more: "m=video 7200 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"), ("to-tag", "X"), ("via-branch", "x"));
        controller.Answer(NgController.Sdp("203.0.113.3", 7100, more: "m=video 0 RTP/AVP 96\r\n"), ("to-tag", "W"), ("via-branch", "w"));
        Assert.Empty(SentBy(world, World.Endpoint("198.51.100.1", 6100), early.Port(1)));
        controller.Ask("delete");
    }

    [Fact]
    public void AnswerWithMoreStreamsThanItsBranchWasOffered_HasTheRestDeclined()
    {
        using World world = new();
        NgController controller = new(world);
        string one = NgController.Sdp("198.51.100.1", 6000);
        controller.Offer(one, ("via-branch", "first"));
        controller.Offer(one + "m=audio 6010 RTP/AVP 0\r\n", ("via-branch", "second"));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000) + "m=audio 7010 RTP/AVP 0\r\n", ("via-branch", "first"));
        Assert.Equal(2, answer.MediaLines.Length);
        Assert.StartsWith("m=audio 0 ", answer.MediaLines[1], StringComparison.Ordinal);
        controller.Ask("delete");
    }

    [Fact]
    public void AnswerOfTheOneWhoHasOfferedKeysHimself_IsAnError()
    {
        using World world = new();
        NgController controller = new(world);
        const string Key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
        string secure = NgController.Sdp("198.51.100.1", 6000, "RTP/SAVP", lines: Key);
        controller.Offer(secure, ("to-tag", "B"));
        Assert.Equal("error", controller.Ask("answer", ("from-tag", "B"), ("to-tag", "A"), ("sdp", secure))["result"]!.Text);
        controller.Ask("delete");
    }

    [Fact]
    public void Blocked_WhereTheSidesAreTranscoded_IsNotHeardEither()
    {
        using World world = new();
        NgController controller = new(world);
        NgValue codec = new NgDictionary { ["mask"] = NgController.Words("PCMU"), ["transcode"] = NgController.Words("PCMA") };
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: "0", lines: ""), ("codec", codec));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: "8", lines: "a=rtpmap:8 PCMA/8000\r\n"));
        controller.Ask("block media", ("from-tag", "A"));
        Assert.Empty(SentBy(world, s_a, answer.Port()));
        world.Advance(1.0);
        Assert.DoesNotContain(world.MediaSent, static m => m.To == s_b);

        // The other direction goes on.
        for (int i = 1; i <= 30; i++)
        {
            world.DeliverMedia(s_b, offer.Port(), Rtp(i, ssrc: 2, payloadType: 8));
            world.Advance(0.02);
        }

        Assert.InRange(world.MediaSent.Count(static m => m.To == s_a && (m.Packet[1] & 0x7f) == 0), 10, 35);
        controller.Ask("unblock media", ("from-tag", "A"));
        short[] heard = Hear(world, s_a, answer.Port(), s_b, 8, Pcma.Decode, first: 61);
        Assert.True(Goertzel.IsTone(heard.AsSpan(heard.Length / 2, 1600), 400), "400 Hz is not what came out");
        controller.Ask("delete");
    }

    [Theory]
    [InlineData("PCMU", "8", "a=rtpmap:8 PCMA/8000\r\n", 8)]
    [InlineData("all", "8", "", 8)]
    public void MaskAndTranscode_DecodeForTheOtherSide(string mask, string answered, string lines, int payloadType)
    {
        using World world = new();
        NgController controller = new(world);
        NgValue codec = new NgDictionary { ["mask"] = NgController.Words(mask), ["transcode"] = NgController.Words("PCMA", "speex") };
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: "0", lines: "a=ptime:20\r\n"), ("codec", codec));
        Assert.EndsWith(" RTP/AVP 8", offer.MediaLines[0], StringComparison.Ordinal);
        Assert.True(offer.Has("a=rtpmap:8 PCMA/8000"));
        Assert.Equal("ignored: transcode=speex", offer.Warning);
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: answered, lines: lines));
        Assert.EndsWith(" RTP/AVP 0", answer.MediaLines[0], StringComparison.Ordinal);

        short[] heard = Hear(world, s_a, answer.Port(), s_b, payloadType, Pcma.Decode);
        Assert.True(Goertzel.IsTone(heard.AsSpan(heard.Length / 2, 1600), 400), "400 Hz is not what came out");
        controller.Ask("delete");
        Assert.Equal(0, world.Shard.Core.Audio.Count);
    }

    [Fact]
    public void Ptime_ForTheOtherSide_RepacketisesEvenTheSameCodec()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: "0", lines: "a=ptime:20\r\n"), ("ptime", 40));
        Assert.True(offer.Has("a=ptime:40"));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: "0", lines: "a=ptime:40\r\n"));
        Hear(world, s_a, answer.Port(), s_b, 0, Pcmu.Decode);
        Assert.All(world.MediaSent.Where(static m => m.To == s_b && m.Packet[1] < 128).Skip(2), static m => Assert.Equal(12 + 320, m.Packet.Length));
        controller.Ask("delete");
    }

    [Theory]
    [InlineData("media-handover", null)]
    [InlineData("NAT wait", null)]
    [InlineData("asymmetric", null)]
    [InlineData("endpoint-learning=off", null)]
    [InlineData("endpoint-learning=never", "ignored: endpoint-learning=never")]
    [InlineData("OSRTP-offer", "ignored: OSRTP-offer")]
    [InlineData("fly to the moon", "ignored: fly to the moon")]
    [InlineData("address-family=IP6", "ignored: address-family")]
    [InlineData("strict-source", null)]
    public void WhatIsUnderstoodAndNotDone_IsAWarning(string word, string? warning)
    {
        using World world = new();
        NgController controller = new(world);
        Assert.Equal(warning, controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("flags", NgController.Words(word))).Warning);
        controller.Ask("delete");
    }

    [Fact]
    public void Silenced_TheOtherSideHearsSilence_AndThenSoundAgain()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: "0", lines: ""));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: "0", lines: ""));
        Assert.Equal("ok", controller.Ask("silence media", ("from-tag", "A"))["result"]!.Text);
        short[] silent = Hear(world, s_a, answer.Port(), s_b, 0, Pcmu.Decode);
        Assert.All(silent[^1600..], static sample => Assert.InRange(sample, -16, 16));
        Assert.Equal("ok", controller.Ask("unsilence media", ("from-tag", "A"))["result"]!.Text);
        short[] heard = Hear(world, s_a, answer.Port(), s_b, 0, Pcmu.Decode, first: 61);
        Assert.True(Goertzel.IsTone(heard.AsSpan(heard.Length / 2, 1600), 400), "400 Hz is not what came out");
        controller.Ask("delete");
    }

    [Fact]
    public void Fax_PassesByteForByte_AndTakesThePlaceOfVoice()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        NgSdpText offer = controller.Offer(Fax("203.0.113.2", 7000), ("from-tag", "B"), ("to-tag", "A"));
        NgSdpText answer = controller.Answer(Fax("198.51.100.1", 6000), ("from-tag", "B"), ("to-tag", "A"));
        world.MediaSent.Clear();
        world.DeliverMedia(s_b, answer.Port(), [0, 1, 2, 3, 4]);
        world.DeliverMedia(s_a, offer.Port(), [9, 8, 7]);
        Assert.Equal([s_a, s_b], world.MediaSent.Select(static m => m.To));
        Assert.Equal([0, 1, 2, 3, 4], world.MediaSent[0].Packet);
        Assert.Equal(2, world.Shard.Ports.InUse);
        controller.Ask("delete");
    }

    public static TheoryData<string, string> Rejected => new()
    {
        { Fax("203.0.113.2", 7000), "symmetric" },
        { NgController.Sdp("203.0.113.2", 0), "symmetric" },
        { NgController.Sdp("203.0.113.9", 7900, formats: "96", lines: "a=rtpmap:96 opus/48000/2\r\na=inactive\r\n"), "reset" },
        { NgController.Sdp("203.0.113.2", 7000), "transport-protocol-RTP/SAVP" },
        { NgController.Sdp("203.0.113.2", 7000, more: "m=video 7100 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"), "asymmetric" },
        { NgController.Sdp("203.0.113.2", 7000, "UDP/TLS/RTP/SAVPF"), "symmetric" },
        { NgController.Sdp("203.0.113.2", 7000, more: "m=video 7100 UDP/TLS/RTP/SAVPF 96\r\n"), "symmetric" },
        { NgController.Sdp("203.0.113.2", 7000, "RTP/SAVP"), "symmetric" },
    };

    [Theory]
    [MemberData(nameof(Rejected))]
    public void OfferThatIsRejected_LeavesTheTalkAsItWas(string sdp, string word)
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));

        // Whether it is refused here or its answer is a 488: nothing more is heard of it.
        controller.Ask("offer", ("from-tag", "B"), ("to-tag", "A"), ("sdp", sdp), ("flags", NgController.Words(word)));
        Assert.Equal([s_b, s_b, s_b], SentBy(world, s_a, answer.Port()));
        Assert.Equal([s_a, s_a, s_a], SentBy(world, s_b, offer.Port()));
        Assert.Equal("ok", controller.Ask("silence media", ("from-tag", "B"))["result"]!.Text);
        Assert.Equal("ok", controller.Ask("unsilence media", ("from-tag", "B"))["result"]!.Text);
        Assert.Equal([s_a, s_a, s_a], SentBy(world, s_b, offer.Port(), first: 10));

        // The next one that is accepted begins where the talk was.
        NgSdpText third = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("to-tag", "B"));
        Assert.Equal(offer.Port(), third.Port());
        Assert.Equal(answer.Port(), controller.Answer(NgController.Sdp("203.0.113.2", 7000)).Port());
        Assert.Equal(2, world.Shard.Ports.InUse);
        Assert.Equal([s_b, s_b, s_b], SentBy(world, s_a, answer.Port(), first: 20));
        Assert.Equal([s_a, s_a, s_a], SentBy(world, s_b, offer.Port(), first: 20));
        controller.Ask("delete");
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Fact]
    public void OfferThatIsRejected_DoesNotShortenTheTimeOfAHeldCall()
    {
        using World world = new();
        NgController controller = new(world);
        string held = NgController.Sdp("198.51.100.1", 6000, lines: "a=inactive\r\n");
        controller.Offer(held);
        controller.Answer(NgController.Sdp("203.0.113.2", 7000, lines: "a=inactive\r\n"));
        controller.Offer(NgController.Sdp("198.51.100.1", 6000, more: "m=video 6100 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"), ("to-tag", "B"));
        world.Advance(3500);
        Assert.Equal(1, world.Shard.Core.Ng.Count);
        world.Advance(200);
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Fact]
    public void OfferForWhichThereAreNoPorts_LeavesTheTalkAsItWas()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        world.Shard.Ports.Capacity = 3;
        NgDictionary refused = controller.Ask("offer", ("from-tag", "B"), ("to-tag", "A"), ("sdp", Fax("203.0.113.2", 7000)));
        Assert.Equal("Ran out of ports", refused["error-reason"]!.Text);
        Assert.Equal(2, world.Shard.Ports.InUse);
        Assert.Equal([s_b, s_b, s_b], SentBy(world, s_a, answer.Port()));
        Assert.Equal([s_a, s_a, s_a], SentBy(world, s_b, offer.Port()));
        controller.Ask("delete");
    }

    [Fact]
    public void OfferThatIsRefused_LeavesNoParty()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        world.Shard.Ports.Capacity = 2;
        Assert.Equal("error", controller.Ask("offer", ("from-tag", "B"), ("to-tag", "C"), ("sdp", NgController.Sdp("203.0.113.2", 7000)))["result"]!.Text);
        Assert.Equal(["A", "B"], controller.Ask("query")["tags"]!.Dictionary!.Members.Select(static m => m.Key));
        controller.Ask("delete");
        Assert.Equal(0, world.Shard.Ports.InUse);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OfferOrAnswerThatIsRefused_DoesNotBringADeletedSessionBack(bool isOffer)
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("transport-protocol", "RTP/SAVP"));
        controller.Ask("delete", ("from-tag", "A"), ("delete-delay", 5));
        string sdp = NgController.Sdp("203.0.113.2", 7000, isOffer ? "UDP/TLS/RTP/SAVPF" : "RTP/SAVP");
        Assert.Equal("error", controller.Ask(isOffer ? "offer" : "answer", ("from-tag", "A"), ("to-tag", "B"), ("sdp", sdp))["result"]!.Text);
        world.Advance(5.1);
        Assert.Equal(0, world.Shard.Core.Ng.Count);
    }

    [Fact]
    public void CodecsInCommon_AreRelayedUntouched()
    {
        using World world = new();
        NgController controller = new(world);
        NgValue codec = new NgDictionary { ["transcode"] = NgController.Words("G722") };
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: "0 8", lines: ""), ("codec", codec));
        Assert.EndsWith(" RTP/AVP 0 8 9", offer.MediaLines[0], StringComparison.Ordinal);
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: "8 9", lines: ""));
        Assert.EndsWith(" RTP/AVP 8", answer.MediaLines[0], StringComparison.Ordinal);
        Assert.Equal(0, world.Shard.Core.Audio.Count);
        controller.Ask("delete");
    }

    /// <summary>A tone of 400 Hz in PCMU goes in at 20 ms; what comes out at the other side, decoded.</summary>
    private static short[] Hear(World world, NetworkEndpoint from, ushort port, NetworkEndpoint to, int payloadType, Func<byte, short> decode, int first = 1)
    {
        world.MediaSent.Clear();
        for (int i = 0; i < 60; i++)
        {
            byte[] packet = Rtp(i + first);
            for (int sample = 0; sample < 160; sample++)
            {
                packet[12 + sample] = Pcmu.Encode((short)(8000 * Math.Sin(2 * Math.PI * 400 * sample / 8000)));
            }

            world.DeliverMedia(from, port, packet);
            world.Advance(0.02);
        }

        var packets = world.MediaSent.Where(m => m.To == to && (m.Packet[1] & 0x7f) == payloadType).ToArray();
        Assert.InRange(packets.Length, 20, 60);
        return [.. packets.SelectMany(static m => m.Packet[12..]).Select(decode)];
    }

    [Fact]
    public void Query_HasTheShapeOfRtpengines()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("label", "caller"));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        SentBy(world, s_a, answer.Port(), ssrc: 77);
        NgDictionary query = controller.Ask("query");
        Assert.Equal(["result", "created", "created_us", "last signal", "SSRC", "tags", "totals"], query.Members.Select(static m => m.Key));
        Assert.Equal(["A", "B"], query["tags"]!.Dictionary!.Members.Select(static m => m.Key));
        NgDictionary a = query["tags"]!.Dictionary!["A"]!.Dictionary!;
        Assert.Equal(("A", "caller", "B"), (a["tag"]!.Text, a["label"]!.Text, a["in dialogue with"]!.Text));
        NgDictionary media = a["medias"]!.Items[0].Dictionary!;
        Assert.Equal((1, "audio", "RTP/AVP"), (media["index"]!.Number, media["type"]!.Text, media["protocol"]!.Text));
        NgDictionary stream = media["streams"]!.Items[0].Dictionary!;
        Assert.Equal(["local port", "local address", "family", "endpoint", "advertised endpoint", "last packet", "flags", "stats"], stream.Members.Select(static m => m.Key));
        Assert.Equal((answer.Port(), World.ServerHost), ((ushort)stream["local port"]!.Number, stream["local address"]!.Text));
        Assert.Equal(("198.51.100.1", 6000), (stream["endpoint"]!.Dictionary!["address"]!.Text, stream["endpoint"]!.Dictionary!["port"]!.Number));
        Assert.Equal((3, 3), (stream["stats"]!.Dictionary!["packets"]!.Number, query["totals"]!.Dictionary!["RTP"]!.Dictionary!["packets"]!.Number));
        Assert.Equal(world.WallClock.ToUnixTimeSeconds(), stream["last packet"]!.Number);
        NgDictionary quality = query["SSRC"]!.Dictionary!["77"]!.Dictionary!["average MOS"]!.Dictionary!;
        Assert.Equal(["MOS", "round-trip time", "jitter", "packet loss", "samples"], quality.Members.Select(static m => m.Key));
        Assert.InRange(quality["MOS"]!.Number, 40, 45);
        Assert.Equal(["B", "A"], controller.Ask("query", ("from-tag", "B"))["tags"]!.Dictionary!.Members.Select(static m => m.Key));
        Assert.NotNull(controller.Ask("delete")["totals"]);
    }

    [Fact]
    public void Query_CountsReportsBesideThePackets()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        DateTimeOffset begun = world.WallClock;
        NgDictionary before = Streams()[1].Dictionary!;
        Assert.Equal((0, begun.ToUnixTimeSeconds()), (before["stats"]!.Dictionary!["packets"]!.Number, before["last packet"]!.Number));
        SentBy(world, s_a, answer.Port());
        world.Advance(3);
        byte[] report = [0x80, 201, 0, 1, 0, 0, 0, 1];
        world.DeliverMedia(World.Endpoint("198.51.100.1", 6001), (ushort)(answer.Port() + 1), report);
        IReadOnlyList<NgValue> streams = Streams();
        NgDictionary rtcp = streams[1].Dictionary!;
        Assert.Equal((1, 8), (rtcp["stats"]!.Dictionary!["packets"]!.Number, rtcp["stats"]!.Dictionary!["bytes"]!.Number));
        Assert.Equal(begun.ToUnixTimeSeconds() + 3, rtcp["last packet"]!.Number);
        Assert.Equal(begun.ToUnixTimeSeconds(), streams[0].Dictionary!["last packet"]!.Number);
        Assert.Equal((1, 8), Total(controller.Ask("delete")));

        IReadOnlyList<NgValue> Streams() => controller.Ask("query")["tags"]!.Dictionary!["A"]!.Dictionary!["medias"]!.Items[0].Dictionary!["streams"]!.Items;
        static (long Packets, long Bytes) Total(NgDictionary answer)
        {
            NgDictionary total = answer["totals"]!.Dictionary!["RTCP"]!.Dictionary!;
            return (total["packets"]!.Number, total["bytes"]!.Number);
        }
    }

    [Theory]
    [InlineData("96 0", "0")]
    [InlineData("0 96", "0 96")]
    public void JitterOfTheOfferer_IsMeasuredByTheClockOfWhatItWasAnsweredWith(string offered, string answered)
    {
        using World world = new();
        NgController controller = new(world);
        const string opus = "a=rtpmap:96 opus/48000/2\r\n";
        controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: offered, lines: opus));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: answered, lines: opus));
        for (int i = 1; i <= 50; i++)
        {
            world.DeliverMedia(s_a, answer.Port(), Rtp(i, ssrc: 77));
            world.Advance(0.02);
        }

        NgDictionary quality = controller.Ask("query")["SSRC"]!.Dictionary!["77"]!.Dictionary!["average MOS"]!.Dictionary!;
        Assert.InRange(quality["jitter"]!.Number, 0, 1);
        controller.Ask("delete");
    }

    [Fact]
    public void Sessions_SpreadOverShards_AndAListNamesThem()
    {
        using World world = new() { ShardCount = 3 };
        NgController controller = new(world);
        for (int i = 0; i < 30; i++)
        {
            controller.CallId = $"call-{i}";
            controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        }

        Assert.All(world.Shards, static s => Assert.InRange(s.Core.Ng.Count, 1, 29));
        Assert.Equal(30, world.Shards.Sum(static s => s.Core.HandleNg(new NgRequest { Command = NgCommand.List })["calls"]!.Items.Count));
        foreach (SimulatedShard shard in world.Shards)
        {
            shard.Core.EndCalls();
        }

        Assert.Equal(30, world.Shards.Sum(static s => s.Context.Statistics.NgSessionsEnded[(int)NgSessionEnd.Shutdown]));
    }
}
