using MediaCore.Primitives;

namespace MediaCore.Sdp.Tests;

/// <summary>RFC 3264 as the engine uses it.</summary>
public sealed class OfferAnswerTests
{
    private static readonly NetworkEndpoint _rtp = Endpoint("203.0.113.5", 30000);
    private static readonly SdpSession _session = new(7, 1, _rtp);

    [Theory]
    [InlineData(MediaDirection.SendRecv, MediaDirection.SendRecv, MediaDirection.SendRecv)]
    [InlineData(MediaDirection.SendRecv, MediaDirection.SendOnly, MediaDirection.SendOnly)]
    [InlineData(MediaDirection.SendRecv, MediaDirection.RecvOnly, MediaDirection.RecvOnly)]
    [InlineData(MediaDirection.SendRecv, MediaDirection.Inactive, MediaDirection.Inactive)]
    [InlineData(MediaDirection.SendOnly, MediaDirection.SendRecv, MediaDirection.RecvOnly)]
    [InlineData(MediaDirection.SendOnly, MediaDirection.SendOnly, MediaDirection.Inactive)]
    [InlineData(MediaDirection.SendOnly, MediaDirection.RecvOnly, MediaDirection.RecvOnly)]
    [InlineData(MediaDirection.SendOnly, MediaDirection.Inactive, MediaDirection.Inactive)]
    [InlineData(MediaDirection.RecvOnly, MediaDirection.SendRecv, MediaDirection.SendOnly)]
    [InlineData(MediaDirection.RecvOnly, MediaDirection.SendOnly, MediaDirection.SendOnly)]
    [InlineData(MediaDirection.RecvOnly, MediaDirection.RecvOnly, MediaDirection.Inactive)]
    [InlineData(MediaDirection.RecvOnly, MediaDirection.Inactive, MediaDirection.Inactive)]
    [InlineData(MediaDirection.Inactive, MediaDirection.SendRecv, MediaDirection.Inactive)]
    [InlineData(MediaDirection.Inactive, MediaDirection.SendOnly, MediaDirection.Inactive)]
    [InlineData(MediaDirection.Inactive, MediaDirection.RecvOnly, MediaDirection.Inactive)]
    [InlineData(MediaDirection.Inactive, MediaDirection.Inactive, MediaDirection.Inactive)]
    public void Direction_AnswersTheOffered_Section6_1(MediaDirection offered, MediaDirection local, MediaDirection expected) =>
        Assert.Equal(expected, OfferAnswer.Answer(offered, local));

    [Theory]
    [InlineData("m=video 5000 RTP/AVP 31", OfferAnswerError.NoAudio)]
    [InlineData("m=audio 0 RTP/AVP 0", OfferAnswerError.AudioDeclined)]
    [InlineData("m=audio 5000 RTP/SAVP 0", OfferAnswerError.UnsupportedProtocol)]
    [InlineData("m=audio 5000 UDP/TLS/RTP/SAVPF 0", OfferAnswerError.UnsupportedProtocol)]
    [InlineData("m=audio 5000 udptl t38", OfferAnswerError.UnsupportedProtocol)]
    [InlineData("m=audio 5000 RTP/AVP 0|c=IN IP4 host.example.com", OfferAnswerError.AddressNotLiteral)]
    [InlineData("m=audio 5000 RTP/AVP 0|c=IN IP4 224.2.36.42/127", OfferAnswerError.MulticastAddress)]
    [InlineData("m=audio 5000 RTP/AVP 0|c=IN IP4 255.255.255.255", OfferAnswerError.MulticastAddress)]
    [InlineData("m=audio 5000 RTP/AVP 0|c=IN IP6 ff02::1", OfferAnswerError.MulticastAddress)]
    [InlineData("m=audio 5000 RTP/AVP", OfferAnswerError.NoUsableFormat)]
    [InlineData("m=audio 5000 RTP/AVP 4294967296", OfferAnswerError.NoUsableFormat)]
    [InlineData("m=audio 5000 RTP/AVP 128 97 x", OfferAnswerError.NoUsableFormat)]
    [InlineData("m=audio 5000 RTP/AVP 101 13|a=rtpmap:101 telephone-event/8000", OfferAnswerError.NoUsableFormat)]
    public void Audio_ThatNoRelayCanServe_IsNamed(string lines, OfferAnswerError expected)
    {
        Assert.False(OfferAnswer.TryReadAudio(SdpText.ParseSession(lines.Split('|')), out AudioDescription audio, out OfferAnswerError error));

        Assert.Equal(expected, error);
        Assert.Equal(0, audio.Formats.Count);
    }

    [Fact]
    public void Audio_WithoutAnyConnectionLine_IsNamed()
    {
        SdpDescription sdp = SdpText.Parse(SdpText.Bytes("v=0", SdpText.Origin, "s=-", "t=0 0", "m=audio 5000 RTP/AVP 0"));

        Assert.False(OfferAnswer.TryReadAudio(sdp, out _, out OfferAnswerError error));
        Assert.Equal(OfferAnswerError.NoConnection, error);
    }

    [Fact]
    public void Audio_SecureLineFirst_TheUsableOneIsTaken()
    {
        AudioDescription audio = SdpText.ReadAudioOfSession("m=audio 5000 RTP/SAVP 0", "m=video 5002 RTP/AVP 31", "m=audio 5004 RTP/AVPF 8", "a=ptime:30", "a=maxptime:60", "a=rtcp-mux");

        Assert.Equal((2, 3, SdpProtocol.RtpAvpf), (audio.AudioIndex, audio.MediaCount, audio.Protocol));
        Assert.Equal((30, 60, true), (audio.PtimeMilliseconds, audio.MaxPtimeMilliseconds, audio.RtcpMux));
        Assert.Equal("192.0.2.66:5004 192.0.2.66:5005", $"{audio.Rtp} {audio.Rtcp}");
        Assert.Equal([SdpMediaKind.Audio, SdpMediaKind.Video, SdpMediaKind.Audio], Enumerable.Range(0, 3).Select(i => audio.Layout.GetKind(i)));
    }

    [Fact]
    public void Formats_AreReadWithNamesAndParameters()
    {
        AudioDescription audio = SdpText.ReadAudioOfSession(
            "m=audio 5000 RTP/AVP 111 9 0 8 18 13 96 101 127 300",
            "a=fmtp:111 minptime=10;useinbandfec=1",
            "a=rtpmap:111 opus/48000/2",
            "a=rtpmap:0 pcmu/8000",
            "a=rtpmap:96 PCMU/16000",
            "a=rtpmap:101 Telephone-Event/8000",
            "a=fmtp:101 0-16",
            "a=fmtp:18 annexb=no");

        Assert.Equal(
            "111:opus/48000/2(minptime=10;useinbandfec=1) 9:G722/8000 0:PCMU/8000 8:PCMA/8000 18:G729/8000(annexb=no) 13:CN/8000 96:PCMU/16000 101:telephone-event/8000(0-16)",
            SdpText.Describe(audio.Formats));
        Assert.Equal("0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000(0-16)", SdpText.Describe(OfferAnswer.KnownOnly(audio.Formats)));
    }

    [Fact]
    public void Formats_BeyondTheLimit_KeepThoseWeKnow()
    {
        IEnumerable<int> others = Enumerable.Range(70, 30);
        AudioDescription audio = SdpText.ReadAudioOfSession(
            ["m=audio 5000 RTP/AVP " + string.Join(' ', others) + " 0 8 101", .. others.Select(pt => $"a=rtpmap:{pt} x{pt}/8000"), "a=rtpmap:101 telephone-event/8000"]);

        Assert.Equal(AudioFormatList.MaxFormats, audio.Formats.Count);
        Assert.EndsWith("82:x82/8000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000(0-15)", SdpText.Describe(audio.Formats), StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_TextBeyondTheLimit_LeavesOutTheCodecAndKeepsG711()
    {
        string filler = new('x', 250);
        AudioDescription audio = SdpText.ReadAudioOfSession(
            "m=audio 5000 RTP/AVP 96 97 98 99 8",
            "a=rtpmap:96 a/8000",
            "a=rtpmap:97 b/8000",
            "a=rtpmap:98 c/8000",
            "a=rtpmap:99 d/8000",
            "a=fmtp:96 " + filler,
            "a=fmtp:97 " + filler,
            "a=fmtp:98 " + filler,
            "a=fmtp:99 " + filler + filler);

        Assert.Equal([96, 97, 8], Enumerable.Range(0, audio.Formats.Count).Select(i => (int)audio.Formats[i].PayloadType));
    }

    [Theory]
    [InlineData("0 8 101", "0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000(0-15)")]
    [InlineData("8 0", "8:PCMA/8000 0:PCMU/8000")]
    [InlineData("101 8", "101:telephone-event/8000(0-15) 8:PCMA/8000")]
    [InlineData("111 9 18 8", "8:PCMA/8000")]
    [InlineData("96 0", "96:PCMU/8000")]
    [InlineData("0 101 102 103", "0:PCMU/8000 101:telephone-event/8000(0-15)")]
    [InlineData("111 103 0", "0:PCMU/8000")]
    [InlineData("101", null)]
    [InlineData("111 103", null)]
    [InlineData("9 18", null)]
    public void Intersection_KeepsTheOffersOrderAndNumbers(string formats, string? expected)
    {
        SdpDescription sdp = SdpText.ParseSession(
            "m=audio 5000 RTP/AVP " + formats,
            "a=rtpmap:96 PCMU/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=rtpmap:102 telephone-event/8000",
            "a=rtpmap:103 telephone-event/48000",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:101 0-16");
        bool common = OfferAnswer.TryReadAudio(sdp, out AudioDescription offer, out _);
        common &= OfferAnswer.TryIntersect(offer, AudioFormatList.CreateG711(98), out AudioFormatList result);

        Assert.Equal(expected, common ? SdpText.Describe(result) : null);
    }

    [Theory]
    [InlineData("0 13", "0:PCMU/8000 13:CN/8000")]
    [InlineData("0 105 13", "0:PCMU/8000 13:CN/8000")]
    [InlineData("0 105", "0:PCMU/8000")]
    public void Intersection_KeepsComfortNoise_BesideAVoiceOfItsClockRateOnly(string formats, string expected)
    {
        const string Map = "a=rtpmap:105 CN/16000";
        Assert.True(OfferAnswer.TryReadAudio(SdpText.ParseSession("m=audio 5000 RTP/AVP " + formats, Map), out AudioDescription offer, out _));
        Assert.True(OfferAnswer.TryReadAudio(SdpText.ParseSession("m=audio 5000 RTP/AVP 0 8 13 105", Map), out AudioDescription local, out _));

        Assert.True(OfferAnswer.TryIntersect(offer, local.Formats, out AudioFormatList result));
        Assert.Equal(expected, SdpText.Describe(result));
    }

    [Fact]
    public void AnswerOfTheFarSide_WithItsOwnNumbers_IsPassedBackAsItIs()
    {
        AudioDescription offer = SdpText.ReadAudioOfSession("m=audio 5000 RTP/AVP 0 97 101", "a=rtpmap:97 iLBC/8000", "a=rtpmap:101 telephone-event/8000");
        AudioDescription answer = SdpText.ReadAudioOfSession(
            "m=audio 6000 RTP/AVP 99 18 100", "a=rtpmap:99 ilbc/8000", "a=fmtp:99 mode=20", "a=rtpmap:100 telephone-event/8000", "a=fmtp:100 0-11", "a=recvonly");

        Assert.True(OfferAnswer.TryAcceptAnswer(offer.Formats, answer.Formats, out AudioFormatList accepted));

        Assert.Equal("99:ilbc/8000(mode=20) 100:telephone-event/8000(0-11)", SdpText.Describe(accepted));
        AudioDescription ours = OfferAnswer.CreateAnswer(offer, accepted, answer.Direction, _rtp, _rtp.WithPort(30001), rtcpMux: false);
        Assert.Equal(MediaDirection.RecvOnly, ours.Direction);
        Assert.Contains("m=audio 30000 RTP/AVP 99 100\r\na=rtpmap:99 ilbc/8000\r\na=fmtp:99 mode=20\r\n", SdpText.Compose(ours, _session), StringComparison.Ordinal);
    }

    [Fact]
    public void AnswerOfTheFarSide_WithNothingThatWasOffered_IsRefused()
    {
        AudioDescription answer = SdpText.ReadAudioOfSession("m=audio 6000 RTP/AVP 18");

        Assert.False(OfferAnswer.TryAcceptAnswer(AudioFormatList.CreateG711(), answer.Formats, out AudioFormatList accepted));
        Assert.Equal(0, accepted.Count);
    }

    [Theory]
    [InlineData("192.0.2.66", "sendrecv", MediaDirection.SendRecv, false, "a=sendrecv")]
    [InlineData("192.0.2.66", "sendonly", MediaDirection.SendOnly, true, "a=recvonly")]
    [InlineData("192.0.2.66", "inactive", MediaDirection.Inactive, true, "a=inactive")]
    [InlineData("192.0.2.66", "recvonly", MediaDirection.RecvOnly, false, "a=sendonly")]
    [InlineData("0.0.0.0", "sendrecv", MediaDirection.SendOnly, true, "a=sendrecv")]
    [InlineData("0.0.0.0", "inactive", MediaDirection.Inactive, true, "a=inactive")]
    [InlineData("0.0.0.0", "recvonly", MediaDirection.Inactive, true, "a=sendonly")]
    public void Hold_InEachForm_IsSeenAndAnswered(string address, string attribute, MediaDirection effective, bool hold, string answered)
    {
        AudioDescription offer = SdpText.ReadAudioOfSession("m=audio 5000 RTP/AVP 0", "c=IN IP4 " + address, "a=" + attribute);

        Assert.Equal((effective, hold), (offer.EffectiveDirection, offer.IsHold));
        Assert.True(OfferAnswer.TryAnswer(offer, AudioFormatList.CreateG711(), MediaDirection.SendRecv, _rtp, _rtp.WithPort(30001), false, out AudioDescription answer));
        Assert.Contains("\r\n" + answered + "\r\n", SdpText.Compose(answer, _session), StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_RepeatsEveryLineOfTheOfferInItsPlace()
    {
        byte[] body = SdpText.Session(
            "m=video 5002 RTP/AVPF 96 97",
            "m=audio 5004 RTP/AVPF 0",
            "a=rtcp-mux",
            "m=image 5006 udptl t38",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "m=audio 5008 RTP/AVP 8",
            "m=x-new 5010 RTP/AVP 0",
            "m=video 0 RTP/AVP");
        AudioDescription offer = SdpText.ReadAudio(body);
        Assert.True(OfferAnswer.TryAnswer(offer, AudioFormatList.CreateG711(), MediaDirection.SendRecv, _rtp, _rtp.WithPort(30001), true, out AudioDescription answer));

        string text = SdpText.Compose(answer, _session);

        string[] expected =
        [
            "m=video 0 RTP/AVPF 96",
            "m=audio 30000 RTP/AVPF 0",
            "m=image 0 udptl t38",
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
            "m=audio 0 RTP/AVP 8",
            "m=x-new 0 RTP/AVP 0",
            "m=video 0 RTP/AVP 0",
        ];
        Assert.Equal(expected, text.Split("\r\n").Where(line => line.StartsWith("m=", StringComparison.Ordinal)));
        Assert.Contains("a=rtcp-mux\r\n", text, StringComparison.Ordinal);
        answer.Layout = default;
        Assert.Equal(text, SdpText.Compose(answer, _session, SdpText.Parse(body)));
    }

    [Fact]
    public void Layout_OfEndlessOddTokens_IsRefused()
    {
        string odd = new('x', 60);
        SdpDescription sdp = SdpText.ParseSession("m=audio 5000 RTP/AVP 0", $"m={odd} 1 {odd} {odd}", $"m={odd} 1 {odd} {odd}");

        Assert.False(OfferAnswer.TryReadAudio(sdp, out _, out OfferAnswerError error));
        Assert.Equal(OfferAnswerError.LayoutTooLarge, error);
    }

    private static NetworkEndpoint Endpoint(string address, ushort port) => NetworkEndpoint.From(System.Net.IPAddress.Parse(address), port);
}
