using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Media lines beside the audio: relayed byte for byte where both sides want them, declined otherwise, and never the end of a call.</summary>
public sealed class OtherMediaTests : CallTest
{
    private const string Codec = "a=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=42e01f\r\na=rtcp-fb:96 nack pli\r\n";
    private const string Fax = "a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n";

    private static string Video(int port, string more = "", string profile = "RTP/AVP") => $"m=video {port} {profile} 96\r\nb=AS:512\r\n{Codec}{more}";

    private static string Image(int port) => $"m=image {port} udptl t38\r\n{Fax}";

    /// <summary>The line of a kind, from its m= on; empty when there is none.</summary>
    private static string Section(string body, string kind)
    {
        int start = body.IndexOf("m=" + kind, StringComparison.Ordinal);
        int end = start < 0 ? -1 : body.IndexOf("m=", start + 2, StringComparison.Ordinal);
        return start < 0 ? "" : end < 0 ? body[start..] : body[start..end];
    }

    private static int PortOf(string body, string kind)
    {
        string[] words = Section(body, kind).Split(' ');
        return words.Length < 2 ? -1 : int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private (PeerDialog Caller, PeerDialog Callee, string ToBob, string ToAlice) Connect(string alice, string bob)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, extraMedia: alice));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, extraMedia: bob));
        Bob.Take("ACK");
        string answer = caller.Learn(Alice.Take("200 INVITE")).Body;
        caller.Ack();
        return (caller, callee, callee.Invite!.Body, answer);
    }

    private static (string Offer, string Answer) Reinvite(PeerDialog by, PeerDialog other, string offer, string answer)
    {
        by.SendInvite(offer);
        by.Peer.Take("100 INVITE");
        string passed = other.TakeReInvite().Body;
        other.Respond(200, answer);
        other.Peer.Take("ACK");
        string back = by.Learn(by.Peer.Take("200 INVITE")).Body;
        by.Ack();
        return (passed, back);
    }

    /// <summary>A datagram from a peer's port to one of ours; what came of it at the other peer's port.</summary>
    private byte[][] Send(Peer from, int fromPort, int toPort, Peer to, int atPort, params string[] payloads)
    {
        NetworkEndpoint target = World.Endpoint(to.Host, (ushort)atPort);
        int before = World.MediaSent.Count(m => m.To == target);
        foreach (string payload in payloads)
        {
            World.DeliverMedia(World.Endpoint(from.Host, (ushort)fromPort), (ushort)toPort, Encoding.ASCII.GetBytes(payload));
        }

        return [.. World.MediaSent.Where(m => m.To == target).Skip(before).Select(static m => m.Packet)];
    }

    [Fact]
    public void Video_ThatBothWant_IsRelayedByteForByte()
    {
        (PeerDialog caller, PeerDialog callee, string toBob, string toAlice) = Connect(Video(40002, "a=sendrecv\r\na=candidate:1 1 UDP 1 198.51.100.10 40002 typ host\r\na=label:198.51.100.10\r\n"), Video(50002));
        foreach (string body in (string[])[toBob, toAlice])
        {
            string section = Section(body, "video");
            Assert.StartsWith("m=video ", section, StringComparison.Ordinal);
            Assert.Contains(" RTP/AVP 96\r\nb=AS:512\r\n" + Codec, section, StringComparison.Ordinal);
            Assert.DoesNotContain("candidate", section, StringComparison.Ordinal);
            Assert.DoesNotContain("label", section, StringComparison.Ordinal);
        }

        Assert.Equal(4, World.Shard.Ports.InUse);
        byte[][] heard = Send(Alice, 40002, PortOf(toAlice, "video"), Bob, 50002, "\x01not even RTP", "x");
        Assert.Equal(["\x01not even RTP", "x"], heard.Select(Encoding.ASCII.GetString));
        Assert.Single(Send(Bob, 50002, PortOf(toBob, "video"), Alice, 40002, "back"));
        Assert.Equal(3, World.Statistics.OtherRelayed);

        // Its reports pass with their feedback, and without the name in them.
        byte[] pli = [0x81, 206, 0, 2, 0, 0, 0, 9, 0, 0, 0, 8];
        PeerControl bob = new(Bob, 50003);
        new PeerControl(Alice, 40003).Send(PortOf(toAlice, "video") + 1, PeerControl.Report(9, 5, name: "alice@198.51.100.10", more: pli));
        byte[] report = Assert.Single(bob.Hear());
        Assert.Equal("SR SDES 206", PeerControl.Types(report));
        Assert.DoesNotContain("alice", Encoding.ASCII.GetString(report), StringComparison.Ordinal);

        // A stranger's packets go nowhere.
        Assert.Empty(Send(Carol, 4000, PortOf(toAlice, "video"), Bob, 50002, "forged"));
        HangUp(caller, callee);
        Assert.Equal(0, World.Shard.Ports.InUse);
    }

    /// <summary>A fax, or a picture without a word said, is no dead call.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void MediaTimeout_LeavesACallAlone_WhileMediaBesideTheAudioComes(bool isVideo, bool fromCaller)
    {
        World.Options = World.Options with { MediaTimeout = TimeSpan.FromSeconds(60) };
        (PeerDialog caller, PeerDialog callee, string toBob, string toAlice) = isVideo ? Connect(Video(40002), Video(50002)) : Connect(Image(40002), Image(50002));
        string kind = isVideo ? "video" : "image";
        for (int i = 0; i < 5; i++)
        {
            World.Advance(50);
            Assert.Single(fromCaller ? Send(Alice, 40002, PortOf(toAlice, kind), Bob, 50002, "x") : Send(Bob, 50002, PortOf(toBob, kind), Alice, 40002, "x"));
        }

        World.Advance(59.9);
        Bob.TakeNothing();
        World.Advance(0.2);
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal(Engine.CallRecords.CallEndReason.MediaTimeout, World.Record.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m=video 0 RTP/AVP 96\r\n")]
    public void Video_ThatOneSideDeclines_IsDeclinedToTheOther(string answer)
    {
        (PeerDialog caller, PeerDialog callee, _, string toAlice) = Connect(Video(40002), answer);
        Assert.Equal(0, PortOf(toAlice, "video"));
        Assert.Equal(2, World.Shard.Ports.InUse);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("m=video 40002 RTP/SAVP 96\r\na=rtpmap:96 H264/90000\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", "keys")]
    [InlineData("m=message 2855 TCP/MSRP *\r\na=path:msrp://198.51.100.10:2855/x;tcp\r\n", "a stream")]
    [InlineData("m=application 40002 UDP/DTLS/SCTP webrtc-datachannel\r\n", "an unknown protocol")]
    [InlineData("m=video 40002 RTP/AVP 96\r\nc=IN IP4 224.2.1.1\r\n", "multicast")]
    [InlineData("m=video 40002/2 RTP/AVP 96\r\n", "several ports")]
    public void LineThatCannotBeRelayed_IsDeclined_AndTheCallGoesOn(string line, string why)
    {
        (PeerDialog caller, PeerDialog callee, string toBob, string toAlice) = Connect(line, "");
        string kind = line[2..line.IndexOf(' ', StringComparison.Ordinal)];
        Assert.True((PortOf(toBob, kind), PortOf(toAlice, kind)) == (-1, 0), why);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Policy_OfEitherSide_DeclinesThem(bool callers, bool trunks)
    {
        World.Options = World.Options with { AccountOtherMedia = callers };
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], OtherMedia = trunks })], Parallel: false, TimeSpan.FromSeconds(60)));
        (PeerDialog caller, PeerDialog callee, string toBob, string toAlice) = Connect(Video(40002), "");
        Assert.Equal((-1, 0), (PortOf(toBob, "video"), PortOf(toAlice, "video")));
        HangUp(caller, callee);
    }

    [Fact]
    public void LinesBeyondTheBound_AndThoseWithoutAPort_AreDeclined()
    {
        string many = string.Concat(Enumerable.Range(0, 6).Select(static i => Video(40002 + (2 * i))));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, extraMedia: many));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(SdpLimits.MaxOtherStreams, callee.Invite!.Body.Split("m=video").Length - 1);
        World.Shard.Ports.Capacity = World.Shard.Ports.InUse + 1;
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, extraMedia: string.Concat(Enumerable.Range(0, 4).Select(static i => Video(50002 + (2 * i))))));
        Bob.Take("ACK");
        string answer = caller.Learn(Alice.Take("200 INVITE")).Body;
        caller.Ack();
        Assert.Equal(5, answer.Split("m=video 0 ").Length - 1);
        Assert.Equal(7, answer.Split("m=").Length - 1);
        HangUp(caller, callee);
    }

    [Fact]
    public void Video_ComesLater_HoldsAndGoes()
    {
        (PeerDialog caller, PeerDialog callee, _, _) = Connect("", "");
        (string toBob, string toAlice) = Reinvite(caller, callee, PeerSdp.Audio(Alice, extraMedia: Video(40002)), PeerSdp.Audio(Bob, 50000, extraMedia: Video(50002)));
        Assert.Single(Send(Alice, 40002, PortOf(toAlice, "video"), Bob, 50002, "v"));
        int port = PortOf(toBob, "video");

        // On hold the line stays where it is, with its direction.
        (toBob, toAlice) = Reinvite(callee, caller, PeerSdp.Audio(Bob, 50000, "sendonly", extraMedia: Video(50002, "a=sendonly\r\n")), PeerSdp.Audio(Alice, direction: "recvonly", extraMedia: Video(40002, "a=recvonly\r\n")));
        Assert.Contains("a=sendonly", Section(toBob, "video"), StringComparison.Ordinal);
        Assert.Contains("a=recvonly", Section(toAlice, "video"), StringComparison.Ordinal);
        Assert.Equal(port, PortOf(toAlice, "video"));
        Assert.Single(Send(Bob, 50002, port, Alice, 40002, "v"));

        // Taken out again by the one who did not bring it.
        (toBob, toAlice) = Reinvite(callee, caller, PeerSdp.Audio(Bob, 50000, extraMedia: "m=video 0 RTP/AVP 96\r\n"), PeerSdp.Audio(Alice, extraMedia: "m=video 0 RTP/AVP 96\r\n"));
        Assert.Equal((0, 0), (PortOf(toBob, "video"), PortOf(toAlice, "video")));
        Assert.Equal(2, World.Shard.Ports.InUse);
        HangUp(caller, callee);
    }

    // A fax: the audio's port becomes 0, or its line makes room; afterwards it may come back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fax_TakesOver_AndGivesBack(bool replaces)
    {
        (PeerDialog caller, PeerDialog callee, _, _) = Connect("", "");
        string Describe(Peer peer, ushort audio, int fax)
        {
            string sdp = PeerSdp.Audio(peer, audio, extraMedia: Image(fax));
            int line = sdp.IndexOf("m=audio", StringComparison.Ordinal);
            int image = sdp.IndexOf("m=image", StringComparison.Ordinal);
            return replaces ? sdp[..line] + sdp[image..] : sdp[..line] + "m=audio 0 RTP/AVP 0\r\n" + sdp[image..];
        }

        (string toBob, string toAlice) = Reinvite(callee, caller, Describe(Bob, 50000, 50010), Describe(Alice, 40000, 40010));
        foreach (string body in (string[])[toBob, toAlice])
        {
            Assert.Equal(replaces ? -1 : 0, PortOf(body, "audio"));
            Assert.Contains(" udptl t38\r\n" + Fax, Section(body, "image"), StringComparison.Ordinal);
        }

        Assert.Equal(["fax"], Send(Alice, 40010, PortOf(toBob, "image"), Bob, 50010, "fax").Select(Encoding.ASCII.GetString));
        Assert.Single(Send(Bob, 50010, PortOf(toAlice, "image"), Alice, 40010, "\0\x01"));
        string back = replaces ? "" : "m=image 0 udptl t38\r\n";
        (toBob, toAlice) = Reinvite(callee, caller, PeerSdp.Audio(Bob, 50000, extraMedia: back), PeerSdp.Audio(Alice, extraMedia: back));
        foreach (string body in (string[])[toBob, toAlice])
        {
            Assert.InRange(PortOf(body, "audio"), 1, 65535);
            Assert.Equal(replaces ? -1 : 0, PortOf(body, "image"));
        }

        Assert.Equal(2, World.Shard.Ports.InUse);
        PeerMedia alice = new(Alice, 40000), bob = new(Bob, 50000);
        alice.Send(World.Call.Caller.Media.Port!.Port, 0);
        Assert.Single(bob.Hear());
        HangUp(caller, callee);
    }

    [Fact]
    public void Fax_ThatTheOtherSideRefuses_LeavesTheAudio()
    {
        (PeerDialog caller, PeerDialog callee, _, _) = Connect("", "");
        caller.SendInvite(PeerSdp.Audio(Alice, 0, extraMedia: Image(40010)));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(488);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("488 INVITE"));
        PeerMedia alice = new(Alice, 40000), bob = new(Bob, 50000);
        alice.Send(World.Call.Caller.Media.Port!.Port, 0);
        Assert.Single(bob.Hear());
        HangUp(caller, callee);
        Assert.Equal(0, World.Shard.Ports.InUse);
    }

    [Fact]
    public void CallOfAFaxAlone_IsPassed()
    {
        string Describe(Peer peer, int port) => $"v=0\r\no=u-{peer.Name} 77 1 IN IP4 {peer.Host}\r\ns=-\r\nc=IN IP4 {peer.Host}\r\nt=0 0\r\n{Image(port)}";
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", Describe(Alice, 40010));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal((-1, 1), (PortOf(callee.Invite!.Body, "audio"), callee.Invite.Body.Split("m=").Length - 1));
        callee.Respond(200, Describe(Bob, 50010));
        Bob.Take("ACK");
        string toAlice = caller.Learn(Alice.Take("200 INVITE")).Body;
        caller.Ack();
        Assert.Single(Send(Alice, 40010, PortOf(toAlice, "image"), Bob, 50010, "fax"));
        HangUp(caller, callee);
    }
}
