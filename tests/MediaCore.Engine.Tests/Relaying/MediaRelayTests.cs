using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Relaying;
using MediaCore.Engine.Tests.Ng;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Relaying;

/// <summary>The relay by its typed interface: whose sessions, which errors, what the options do to descriptions and packets.</summary>
public sealed class MediaRelayTests : IDisposable
{
    private static readonly NetworkEndpoint s_a = World.Endpoint("198.51.100.1", 6000);
    private static readonly NetworkEndpoint s_b = World.Endpoint("203.0.113.2", 7000);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static RelayDescription Offer(string party = "a", string? sdp = null, string owner = "agent", string session = "s1") =>
        new() { Owner = owner, SessionId = session, Party = party, Sdp = sdp ?? NgController.Sdp("198.51.100.1", 6000) };

    private static RelayDescription Answer(string party = "b", string offerer = "a", string? sdp = null, string owner = "agent") =>
        new() { Owner = owner, SessionId = "s1", Party = party, To = offerer, Sdp = sdp ?? NgController.Sdp("203.0.113.2", 7000) };

    private NgSdpText Describe(RelayDescription description)
    {
        _ = _world.Shards;
        RelayReply reply = World.Answer(description.To is null || description.Party == "a" ? _world.Relay.OfferAsync(description) : _world.Relay.AnswerAsync(description));
        Assert.True(reply.Status == CommandStatus.Accepted, reply.Problem);
        return new NgSdpText(reply.Sdp!, null);
    }

    private RelaySnapshot Query() => World.Answer(_world.Relay.QueryAsync("agent", "s1")).Session!;

    private void Delete() => Assert.Equal(CommandStatus.Accepted, World.Answer(_world.Relay.DeleteAsync("agent", "s1", party: null)).Status);

    private NetworkEndpoint[] Send(NetworkEndpoint source, ushort port, int packets = 10, byte payloadType = 0)
    {
        _world.MediaSent.Clear();
        for (int i = 1; i <= packets; i++)
        {
            byte[] packet = new byte[172];
            packet[0] = 0x80;
            packet[1] = payloadType;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)i * 160);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), source.Port);
            for (int n = 0; n < 160; n++)
            {
                packet[12 + n] = Pcmu.Encode((short)(8000 * Math.Sin(2 * Math.PI * 400 * ((i * 160) + n) / 8000)));
            }

            _world.DeliverMedia(source, port, packet);
            _world.Advance(0.02);
        }

        return [.. _world.MediaSent.Select(static m => m.To)];
    }

    [Fact]
    public void TheStatisticsOfTheNgProtocol_HaveNothingOfItsSessions()
    {
        NgController controller = new(_world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        Describe(Offer());
        _world.Advance(3);
        Assert.Equal(1, Current());
        Delete();
        Assert.Equal((1, 0, 0, "0.000000"), (Current(), Ended("managedsessions"), Ended("regularterminatedsessions"), Total("totalcallsduration").Text));
        controller.Ask("delete");
        Assert.Equal((0, 1, 1, "3.000000"), (Current(), Ended("managedsessions"), Ended("regularterminatedsessions"), Total("totalcallsduration").Text));

        long Current() => Read("currentstatistics", "sessionsown").Number;
        long Ended(string name) => Total(name).Number;
        NgValue Total(string name) => Read("totalstatistics", name);
        NgValue Read(string group, string name) => new NgStatistics().Describe([_world.Statistics], TimeSpan.Zero)["statistics"]!.Dictionary![group]!.Dictionary![name]!;
    }

    [Fact]
    public void AnOfferAndItsAnswer_RelayPackets_AndASnapshotSaysWhatWent()
    {
        NgSdpText offer = Describe(Offer());
        Assert.DoesNotContain("198.51.100.1", offer.Text, StringComparison.Ordinal);
        NgSdpText answer = Describe(Answer());
        Assert.DoesNotContain("203.0.113.2", answer.Text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat(s_b, 10), Send(s_a, answer.Port()));
        Assert.Equal(Enumerable.Repeat(s_a, 5), Send(s_b, offer.Port(), 5));
        RelaySnapshot session = Query();
        Assert.Equal(("s1", 2), (session.SessionId, session.Parties.Count));
        Assert.InRange(session.Age.TotalSeconds, 0.29, 0.31);
        Assert.Equal(("a", "b"), (session.Parties[0].Party, session.Parties[0].TalksWith));
        RelayStreamSnapshot stream = Assert.Single(session.Parties[0].Streams);
        Assert.Equal(("audio", s_a, 10L, 5L, 0L, 0L, "PCMU/8000"), (stream.Kind, stream.Remote, stream.PacketsReceived, stream.PacketsSent, stream.PacketsLost, stream.PacketsDropped, stream.Codec));
        Assert.Equal(answer.Port(), stream.Local.Port);

        // Offered anew, to whom it talks with: the ports stay.
        Assert.Equal(offer.Port(), Describe(Offer()).Port());
        Assert.Equal(answer.Port(), Describe(Answer()).Port());
        Assert.Equal(2, Query().Parties.Count);
        Delete();
        Assert.Equal(CommandStatus.NotFound, World.Answer(_world.Relay.QueryAsync("agent", "s1")).Status);
        Assert.Equal(0, _world.Shard.Ports.InUse);
    }

    [Fact]
    public void ASessionOfAnother_IsNotFound_AndItsNameIsFree_AndTheNgProtocolSeesNeither()
    {
        Describe(Offer());
        foreach (string owner in (string[])["other", "agen", "agent "])
        {
            RelayReply reply = World.Answer(_world.Relay.QueryAsync(owner, "s1"));
            Assert.Equal(owner.EndsWith(' ') ? CommandStatus.InvalidArgument : CommandStatus.NotFound, reply.Status);
        }

        Assert.Equal(CommandStatus.NotFound, World.Answer(_world.Relay.DeleteAsync("other", "s1", null)).Status);
        Assert.Equal(CommandStatus.NotFound, World.Answer(_world.Relay.AnswerAsync(Answer(owner: "other"))).Status);
        Describe(Offer(owner: "other"));
        NgController controller = new(_world) { CallId = "s1" };
        Assert.Equal("error", controller.Ask("query")["result"]!.Text);
        Assert.Empty(controller.Ask("list")["calls"]!.Items);
        Assert.Equal(CommandStatus.Accepted, World.Answer(_world.Relay.DeleteAsync("other", "s1", null)).Status);
        Assert.Single(Query().Parties, static p => p.Party == "a");
        Delete();
    }

    private static readonly Dictionary<string, (CommandStatus Expected, RelayDescription Description)> s_refused = new(StringComparer.Ordinal)
    {
        ["session"] = (CommandStatus.InvalidArgument, Offer(session: "")),
        ["long session"] = (CommandStatus.InvalidArgument, Offer(session: new string('s', 257))),
        ["separator"] = (CommandStatus.InvalidArgument, Offer(session: "a\u2192b")),
        ["party"] = (CommandStatus.InvalidArgument, Offer(party: "a b")),
        ["no description"] = (CommandStatus.InvalidArgument, Offer(sdp: "")),
        ["nonsense"] = (CommandStatus.InvalidArgument, Offer(sdp: "hello")),
        ["a long description"] = (CommandStatus.InvalidArgument, Offer(sdp: "v=0\r\n" + new string('x', 1_000_000))),
        ["to itself"] = (CommandStatus.InvalidArgument, Offer() with { To = "a" }),
        ["codec"] = (CommandStatus.InvalidArgument, Offer() with { Transcode = ["G729"] }),
        ["codecs"] = (CommandStatus.InvalidArgument, Offer() with { Strip = [.. Enumerable.Repeat("PCMU", 65)] }),
        ["an answer without offerer"] = (CommandStatus.InvalidArgument, Answer() with { To = null }),
        ["an answer of nobody"] = (CommandStatus.NotFound, Answer()),
    };

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatIsWrong_HasItsStatus_AndLeavesNothing(string what)
    {
        (CommandStatus expected, RelayDescription description) = s_refused[what];
        _ = _world.Shards;
        RelayReply reply = World.Answer(what.StartsWith("an answer", StringComparison.Ordinal) ? _world.Relay.AnswerAsync(description) : _world.Relay.OfferAsync(description));
        Assert.True(reply.Status == expected, $"{what}: {reply}");
        Assert.NotEqual("", reply.Problem);
        Assert.Equal(0, _world.Shard.Ports.InUse);
    }

    [Fact]
    public void AnAnswerToNoOffer_IsAFailedPrecondition_AndAFullRelayIsExhausted()
    {
        _world.Options = _world.Options with { Ng = new NgOptions { MaxSessions = 1 } };
        Describe(Offer());
        Assert.Equal(CommandStatus.NotFound, World.Answer(_world.Relay.AnswerAsync(Answer(offerer: "x"))).Status);
        Describe(Answer());
        Assert.Equal(CommandStatus.ResourceExhausted, World.Answer(_world.Relay.OfferAsync(Offer(session: "s2"))).Status);
        _world.Shard.Core.BeginDrain();
        Delete();
        Assert.Equal(CommandStatus.Unavailable, World.Answer(_world.Relay.OfferAsync(Offer(session: "s2"))).Status);
        _world.Shard.Core.EndDrain();
    }

    [Fact]
    public void Encryption_IsPutOnOneSide_AndTakenOffTheOther()
    {
        NgSdpText offer = Describe(Offer() with { IsEncrypted = true });
        Assert.Contains("RTP/SAVP", offer.MediaLines[0], StringComparison.Ordinal);
        Assert.Contains(offer.Lines, static l => l.StartsWith("a=crypto:", StringComparison.Ordinal));
        Delete();

        string secure = NgController.Sdp("198.51.100.1", 6000, "RTP/SAVP", lines: "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\r\n");
        NgSdpText plain = Describe(Offer(sdp: secure) with { IsEncrypted = false });
        Assert.Contains(" RTP/AVP ", plain.MediaLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(plain.Lines, static l => l.StartsWith("a=crypto:", StringComparison.Ordinal));
        NgSdpText answer = Describe(Answer());
        Assert.Contains("RTP/SAVP", answer.MediaLines[0], StringComparison.Ordinal);
        Delete();
    }

    [Theory]
    [InlineData(RelayMux.AsOther, false)]
    [InlineData(RelayMux.Offer, true)]
    [InlineData(RelayMux.Require, true)]
    public void Mux_IsOffered_AsAskedFor(RelayMux mux, bool isOffered)
    {
        NgSdpText offer = Describe(Offer() with { Mux = mux });
        Assert.Equal(isOffered, offer.Has("a=rtcp-mux"));
        Delete();
    }

    [Theory]
    [InlineData(RelayMux.AsOther, false)]
    [InlineData(RelayMux.Accept, true)]
    [InlineData(RelayMux.Reject, false)]
    public void Mux_IsGrantedToTheOfferer_AsAskedForWithTheAnswer(RelayMux mux, bool isGranted)
    {
        Describe(Offer(sdp: NgController.Sdp("198.51.100.1", 6000, more: "a=rtcp-mux\r\n")));
        NgSdpText answer = Describe(Answer() with { Mux = mux });
        Assert.Equal(isGranted, answer.Has("a=rtcp-mux"));
        Delete();
    }

    [Fact]
    public void Strip_TakesCodecsAway_AndTranscodeAddsOnes_WhichAreHeard()
    {
        NgSdpText offer = Describe(Offer(sdp: NgController.Sdp("198.51.100.1", 6000, formats: "0 18", lines: "")) with { Strip = ["G729"], Transcode = ["PCMA"] });
        Assert.EndsWith(" RTP/AVP 0 8", offer.MediaLines[0], StringComparison.Ordinal);
        NgSdpText answer = Describe(Answer(sdp: NgController.Sdp("203.0.113.2", 7000, formats: "8", lines: "")));
        Assert.EndsWith(" RTP/AVP 0", answer.MediaLines[0], StringComparison.Ordinal);
        Send(s_a, answer.Port(), 50);
        byte[][] heard = [.. _world.MediaSent.Where(m => m.To == s_b && (m.Packet[1] & 0x7f) == 8).Select(static m => m.Packet).TakeLast(20)];
        Assert.Equal(20, heard.Length);
        short[] sound = new short[160 * heard.Length];
        for (int i = 0; i < heard.Length; i++)
        {
            Pcma.Decode(heard[i].AsSpan(12), sound.AsSpan(160 * i));
        }

        Assert.True(Goertzel.IsTone(sound, 400, 8000, -20));
        Delete();
    }

    [Theory]
    [InlineData(false, "198.51.100.1", 6001, true)]
    [InlineData(true, "198.51.100.1", 6001, true)]
    [InlineData(false, "198.51.100.9", 6000, true)]
    [InlineData(true, "198.51.100.9", 6000, false)]
    public void AStrictSource_IsTheDescriptionsAddressAlone(bool isStrict, string host, ushort port, bool isAccepted)
    {
        Describe(Offer() with { IsStrict = isStrict });
        NgSdpText answer = Describe(Answer());
        Send(World.Endpoint(host, port), answer.Port(), 400);
        Assert.Equal(isAccepted, _world.MediaSent.Count > 20);
        Assert.Equal(!isAccepted, Query().Parties[0].Streams[0].PacketsDropped == 400);

        // The described one is heard in any case.
        Send(s_a, answer.Port(), 50);
        Assert.True(_world.MediaSent.Count >= 20);
        Delete();
    }

    /// <summary>The ports are open from the offer on, and nobody but the controller knows of them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStrangerWhoSendsBeforeTheAnswer_IsNobodyAfterIt(bool isStrict)
    {
        NetworkEndpoint stranger = World.Endpoint("198.51.100.66", 5555);
        ushort toB = Describe(Offer() with { IsStrict = isStrict }).Port();
        Send(stranger, toB, 400);
        Send(stranger, (ushort)(toB - 2), 400);
        ushort toA = Describe(Answer() with { IsStrict = isStrict }).Port();
        Assert.Equal(toB - 2, toA);
        Assert.Empty(Send(stranger, toB, 100));
        Assert.Empty(Send(stranger, toA, 100));
        Assert.All(Send(s_b, toB, 50), static to => Assert.Equal(s_a, to));
        Assert.All(Send(s_a, toA, 50), static to => Assert.Equal(s_b, to));
        Assert.Equal(50, _world.MediaSent.Count);
        Delete();
    }

    [Fact]
    public void Handover_LetsAnotherSourceTakeOver_AfterASilence()
    {
        Describe(Offer() with { AllowsHandover = true });
        NgSdpText answer = Describe(Answer());
        Send(s_a, answer.Port(), 50);
        _world.Advance(2);
        Assert.True(Send(World.Endpoint("198.51.100.77", 9000), answer.Port(), 50).Length > 20);
        Delete();
    }

    [Fact]
    public void APartyThatIsDeleted_LeavesTheOthers_AndTheLastOneEndsTheSession()
    {
        Describe(Offer());
        Describe(Answer());
        RelayReply reply = World.Answer(_world.Relay.DeleteAsync("agent", "s1", "x"));
        Assert.Equal(CommandStatus.NotFound, reply.Status);
        Assert.Equal(2, World.Answer(_world.Relay.DeleteAsync("agent", "s1", "b")).Session!.Parties.Count);
        Assert.Equal(CommandStatus.NotFound, World.Answer(_world.Relay.QueryAsync("agent", "s1")).Status);
        Assert.Equal(0, _world.Shard.Ports.InUse);
    }

    [Fact]
    public void AFullMailbox_IsUnavailable()
    {
        _ = _world.Shards;
        _world.Mail.IsFull = true;
        Assert.Equal(CommandStatus.Unavailable, World.Answer(_world.Relay.OfferAsync(Offer())).Status);
        _world.Mail.IsFull = false;
    }
}
