using MediaCore.Engine.Ng;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>What becomes of a description's lines, flag by flag.</summary>
public sealed class NgRewriterTests
{
    private const string Voice = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n";

    private static NgSdpText Offer(World world, string sdp, params (string Key, NgValue Value)[] members)
    {
        NgController controller = new(world);
        NgSdpText text = controller.Offer(sdp, members);
        controller.Ask("delete");
        return text;
    }

    [Theory]
    [InlineData("", "", "o=- 7 1 IN IP4 198.51.100.1", true)]
    [InlineData("", "replace-origin", "o=- 7 1 IN IP4 192.0.2.1", true)]
    [InlineData("", "replace-sdp-version", "o=- 7 1000000000000000001 IN IP4 198.51.100.1", true)]
    [InlineData("", "", "c=IN IP4 192.0.2.1", true)]
    [InlineData("", "no-rtcp-attribute", "a=rtcp:30003", false)]
    [InlineData("", "full-rtcp-attribute", "a=rtcp:30003 IN IP4 192.0.2.1", true)]
    [InlineData("", "generate-mid", "a=mid:1", true)]
    [InlineData("a=mid:voice\r\n", "generate-mid", "a=mid:1", false)]
    [InlineData("", "rtcp-mux-offer", "a=rtcp-mux", true)]
    [InlineData("a=rtcp-mux\r\n", "", "a=rtcp-mux", true)]
    [InlineData("a=rtcp-mux\r\n", "rtcp-mux-demux", "a=rtcp-mux", false)]
    [InlineData("", "rtcp-mux-require", "a=rtcp:30002", true)]
    [InlineData("a=ptime:20\r\n", "ptime=30", "a=ptime:30", true)]
    [InlineData("a=ptime:20\r\n", "ptime=30", "a=ptime:20", false)]
    [InlineData("", "codec-strip-telephone-event", "a=fmtp:101 0-16", false)]
    [InlineData("", "codec-strip-PCMU", "a=fmtp:101 0-16", true)]
    [InlineData("a=rtcp-fb:0 nack\r\n", "", "a=rtcp-fb:0 nack", false)]
    [InlineData("a=rtcp-fb:0 nack\r\n", "transport-protocol=RTP/AVPF", "a=rtcp-fb:0 nack", true)]
    [InlineData("a=x-unknown:1\r\n", "", "a=x-unknown:1", true)]
    [InlineData("a=fingerprint:sha-1 00\r\na=setup:actpass\r\n", "", "a=setup:actpass", false)]
    [InlineData("a=altc:1 IP4 198.51.100.1 6000\r\n", "", "a=altc:1 IP4 198.51.100.1 6000", false)]
    [InlineData("k=clear:secret\r\n", "", "k=clear:secret", false)]
    [InlineData("b=AS:64\r\n", "", "b=AS:64", true)]
    [InlineData("a=inactive\r\n", "", "a=inactive", true)]
    public void ALine_StandsOrNot(string lines, string flag, string expected, bool stands)
    {
        using World world = new();
        NgSdpText text = Offer(world, NgController.Sdp("198.51.100.1", 6000, lines: lines + Voice), ("flags", NgController.Words(flag)));
        Assert.Null(text.Warning);
        Assert.True(text.Has(expected) == stands, text.Text);
    }

    [Fact]
    public void Protocols_AreChanged_ForTheOtherSideOnly()
    {
        using World world = new();
        NgController controller = new(world);
        Assert.Contains(" RTP/AVPF 0 8 101", controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("transport-protocol", "RTP/AVPF")).MediaLines[0], StringComparison.Ordinal);
        Assert.Contains(" RTP/AVP 0 8 101", controller.Answer(NgController.Sdp("203.0.113.2", 7000, "RTP/AVPF")).MediaLines[0], StringComparison.Ordinal);
        controller.Ask("delete");
    }

    [Theory]
    [InlineData("", "c=IN IP4 0.0.0.0", null)]
    [InlineData("replace-zero-address", "c=IN IP4 192.0.2.1", "a=sendonly")]
    public void Hold_ByTheZeroAddress_StaysOne_OrBecomesAnAttribute(string flag, string connection, string? direction)
    {
        using World world = new();
        NgSdpText text = Offer(world, NgController.Sdp("0.0.0.0", 6000), ("flags", NgController.Words(flag)));
        Assert.True(text.Has(connection), text.Text);
        Assert.Equal(direction is not null, text.Has("a=sendonly"));
    }

    [Fact]
    public void MediaAddress_IsShownInPlaceOfOurs_AndConnectionsOfStreamsToo()
    {
        using World world = new();
        const string sdp = "v=0\r\no=- 7 1 IN IP4 198.51.100.1\r\ns=-\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\nc=IN IP4 198.51.100.1\r\n";
        NgSdpText text = Offer(world, sdp, ("media address", "203.0.113.200"), ("replace", NgController.Words("origin")));
        Assert.True(text.Has("c=IN IP4 203.0.113.200") && text.Has("o=- 7 1 IN IP4 203.0.113.200"), text.Text);
        Assert.DoesNotContain("198.51.100.1", text.Text, StringComparison.Ordinal);
        Assert.Single(text.Lines, static l => l.StartsWith("c=", StringComparison.Ordinal));
    }

    [Fact]
    public void SipSourceAddress_IsWhereMediaGoes_InPlaceOfTheDescriptions()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("10.0.0.5", 6000), ("received-from", NgController.Words("IP4", "198.51.100.9")), ("flags", NgController.Words("SIP-source-address")));
        controller.Answer(NgController.Sdp("203.0.113.2", 7000), ("received-from", NgController.Words("IP4", "198.51.100.10")));
        NgDictionary tags = controller.Ask("query")["tags"]!.Dictionary!;
        string Address(string tag) => tags[tag]!.Dictionary!["medias"]!.Items[0].Dictionary!["streams"]!.Items[0].Dictionary!["endpoint"]!.Dictionary!["address"]!.Text;
        Assert.Equal(("198.51.100.9", "203.0.113.2"), (Address("A"), Address("B")));
        controller.Ask("delete");
    }

    [Fact]
    public void Versions_AreTheSameForTheSameDescription_AndGrowWithAnother()
    {
        using World world = new();
        NgController controller = new(world);
        string Version(string sdp, string flag) => controller.Offer(sdp, ("flags", NgController.Words(flag))).Lines[1].Split(' ')[2];
        string first = Version(NgController.Sdp("198.51.100.1", 6000), "replace-sdp-version");
        Assert.Equal(first, Version(NgController.Sdp("198.51.100.1", 6000), "replace-sdp-version"));
        Assert.Equal(ulong.Parse(first) + 1, ulong.Parse(Version(NgController.Sdp("198.51.100.1", 6000, lines: "a=inactive\r\n"), "replace-sdp-version")));
        Assert.Equal(ulong.Parse(first) + 2, ulong.Parse(Version(NgController.Sdp("198.51.100.1", 6000, lines: "a=inactive\r\n"), "force-increment-sdp-ver")));
        controller.Ask("delete");
    }

    [Fact]
    public void LoopProtect_LeavesWhatWeHaveWrittenAlone()
    {
        using World world = new();
        NgController controller = new(world);
        NgSdpText once = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("flags", NgController.Words("loop-protect")));
        Assert.Contains(once.Lines, static l => l.StartsWith("a=rtpengine:", StringComparison.Ordinal));
        controller.CallId = "call-2";
        Assert.Equal(once.Text, controller.Offer(once.Text, ("flags", NgController.Words("loop-protect"))).Text);
        Assert.Equal(1, world.Shard.Core.Ng.Count);
        controller.CallId = "call-1";
        controller.Ask("delete");
    }

    [Fact]
    public void SingleCodec_LeavesOneVoiceInTheAnswer()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000));
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000), ("flags", NgController.Words("single-codec")));
        Assert.EndsWith(" RTP/AVP 0 101", answer.MediaLines[0], StringComparison.Ordinal);
        controller.Ask("delete");
    }

    [Theory]
    [InlineData("UDP/TLS/RTP/SAVPF", "DTLS-SRTP is not supported")]
    [InlineData("RTP/SAVP", "No usable SRTP key in SDP")]
    public void WhatCannotBeDecrypted_IsRefused_AndLeavesNothing(string protocol, string reason)
    {
        using World world = new();
        NgDictionary answer = new NgController(world).Ask("offer", ("from-tag", "A"), ("sdp", NgController.Sdp("198.51.100.1", 6000, protocol)));
        Assert.Equal(reason, answer["error-reason"]!.Text);
        Assert.Equal((0, 0), (world.Shard.Core.Ng.Count, world.Shard.Ports.InUse));
    }

    [Fact]
    public void AnswerWithoutTheKeysOfTheOffer_IsRefused()
    {
        using World world = new();
        NgController controller = new(world);
        controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("transport-protocol", "RTP/SAVP"));
        NgDictionary answer = controller.Ask("answer", ("from-tag", "A"), ("to-tag", "B"), ("sdp", NgController.Sdp("203.0.113.2", 7000)));
        Assert.Equal("The answer has no SRTP key that goes with the offer", answer["error-reason"]!.Text);
        controller.Ask("delete");
    }
}
