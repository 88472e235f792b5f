using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Sdp.Tests;

/// <summary>RFC 8866 line by line.</summary>
public sealed class SdpDescriptionTests
{
    [Fact]
    public void Example_OfRfc8866Section5_IsReadWhole()
    {
        SdpDescription sdp = SdpText.Parse(SdpText.Bytes(
            "v=0",
            "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1",
            "s=Call to John Smith",
            "i=SDP Offer #1",
            "u=http://www.jdoe.example.com/home.html",
            "e=Jane Doe <jane@jdoe.example.com>",
            "p=+1 617 555-6011",
            "c=IN IP4 198.51.100.1",
            "t=0 0",
            "m=audio 49170 RTP/AVP 0",
            "m=audio 49180 RTP/AVP 0",
            "m=video 51372 RTP/AVP 99",
            "c=IN IP6 2001:db8::2",
            "a=rtpmap:99 h263-1998/90000"));

        Assert.Equal("jdoe", SdpText.String(sdp.OriginUsername));
        Assert.Equal("3724394400", SdpText.String(sdp.OriginSessionId));
        Assert.Equal("3724394405", SdpText.String(sdp.OriginVersion));
        Assert.Equal("IN", SdpText.String(sdp.OriginNetworkType));
        Assert.Equal("IP4", SdpText.String(sdp.OriginAddressType));
        Assert.Equal("198.51.100.1", SdpText.String(sdp.OriginAddress));
        Assert.Equal("Call to John Smith", SdpText.String(sdp.SessionName));
        Assert.Equal(3, sdp.MediaCount);
        Assert.Equal([SdpMediaKind.Audio, SdpMediaKind.Audio, SdpMediaKind.Video], Enumerable.Range(0, 3).Select(i => sdp.GetMedia(i).Kind));
        Assert.Equal([49170, 49180, 51372], Enumerable.Range(0, 3).Select(i => (int)sdp.GetMedia(i).Port));
        Assert.True(sdp.GetMedia(0).TryGetRtpEndpoint(out NetworkEndpoint audio));
        Assert.Equal("198.51.100.1:49170", audio.ToString());
        Assert.True(sdp.GetMedia(2).TryGetRtpEndpoint(out NetworkEndpoint video));
        Assert.Equal("[2001:db8::2]:51372", video.ToString());
        Assert.True(sdp.GetMedia(2).TryGetRtpMap(99, out RtpMap map));
        Assert.Equal("h263-1998", SdpText.String(map.EncodingName));
        Assert.Equal(90_000u, map.ClockRateHz);
    }

    [Theory]
    [InlineData("", SdpParseError.Empty, 0)]
    [InlineData("\r\n\r\n", SdpParseError.Empty, 0)]
    [InlineData("s=-\r\n", SdpParseError.MissingVersion, 1)]
    [InlineData("v=1\r\n", SdpParseError.UnsupportedVersion, 1)]
    [InlineData("v=0 \r\n", SdpParseError.UnsupportedVersion, 1)]
    [InlineData("v=0\r\ns=-\r\nt=0 0\r\n", SdpParseError.MissingOrigin, 0)]
    [InlineData("v=0\r\no=- 1 1 IN IP4\r\n", SdpParseError.MalformedOrigin, 2)]
    [InlineData("v=0\r\no=- 1 1 IN IP4 h x\r\n", SdpParseError.MalformedOrigin, 2)]
    [InlineData("v=0\r\nv=0\r\n", SdpParseError.DuplicateLine, 2)]
    [InlineData("v=0\r\no=- 1 1 IN IP4 h\r\no=- 1 1 IN IP4 h\r\n", SdpParseError.DuplicateLine, 3)]
    [InlineData("v=0\r\no=- 1 1 IN IP4 h\r\ns=\r\ns=-\r\n", SdpParseError.DuplicateLine, 4)]
    [InlineData("v=0\r\nc=IN IP4 h\r\nc=IN IP4 h\r\n", SdpParseError.DuplicateLine, 3)]
    [InlineData("v=0\r\nc=IN IP4\r\n", SdpParseError.MalformedConnection, 2)]
    [InlineData("v=0\r\nc=IN IP4 h x\r\n", SdpParseError.MalformedConnection, 2)]
    [InlineData("v=0\r\nf=x\r\n", SdpParseError.UnknownType, 2)]
    [InlineData("v=0\r\nA=x\r\n", SdpParseError.UnknownType, 2)]
    [InlineData("v=0\r\ns =x\r\n", SdpParseError.MalformedLine, 2)]
    [InlineData("v=0\r\nhello\r\n", SdpParseError.MalformedLine, 2)]
    [InlineData("v=0\r\ns\r\n", SdpParseError.MalformedLine, 2)]
    [InlineData("v=0\r\n\r\ns=-\r\n", SdpParseError.MalformedLine, 3)]
    [InlineData("v=0\r\ns=a\0b\r\n", SdpParseError.IllegalByte, 2)]
    [InlineData("v=0\rs=-\r\n", SdpParseError.IllegalByte, 1)]
    [InlineData("v=0\r\nm=audio\r\n", SdpParseError.MalformedMedia, 2)]
    [InlineData("v=0\r\nm=audio 1\r\n", SdpParseError.MalformedMedia, 2)]
    [InlineData("v=0\r\nm=au(dio 1 RTP/AVP 0\r\n", SdpParseError.MalformedMedia, 2)]
    [InlineData("v=0\r\nm=audio 1 RTP//AVP 0\r\n", SdpParseError.MalformedMedia, 2)]
    [InlineData("v=0\r\nm=audio 1 RTP/AVP\u00e4 0\r\n", SdpParseError.MalformedMedia, 2)]
    [InlineData("v=0\r\nm=audio 1 RTP/AVP 0,8\r\n", SdpParseError.MalformedMedia, 2)]
    [InlineData("v=0\r\nm=audio 65536 RTP/AVP 0\r\n", SdpParseError.InvalidPort, 2)]
    [InlineData("v=0\r\nm=audio 4294967296 RTP/AVP 0\r\n", SdpParseError.InvalidPort, 2)]
    [InlineData("v=0\r\nm=audio -1 RTP/AVP 0\r\n", SdpParseError.InvalidPort, 2)]
    [InlineData("v=0\r\nm=audio 1/0 RTP/AVP 0\r\n", SdpParseError.InvalidPort, 2)]
    [InlineData("v=0\r\nm=audio 1/ RTP/AVP 0\r\n", SdpParseError.InvalidPort, 2)]
    [InlineData("v=0\r\nm=audio 1 RTP/AVP 0\r\nt=0 0\r\n", SdpParseError.MisplacedLine, 3)]
    public void Body_AgainstTheGrammar_IsRefusedWithItsLine(string body, SdpParseError error, int line)
    {
        SdpDescription sdp = SdpText.ParseSession("m=audio 1 RTP/AVP 0");
        byte[] bytes = Encoding.Latin1.GetBytes(body);

        Assert.False(sdp.TryParse(bytes, 0, bytes.Length));

        Assert.Equal((error, line), (sdp.Error, sdp.ErrorLine));
        Assert.Equal(0, sdp.MediaCount);
        Assert.True(sdp.OriginAddress.IsEmpty);
        Assert.True(sdp.Text.IsEmpty);
    }

    [Theory]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\n", "\n")]
    [InlineData("\r\n", "")]
    [InlineData("\n", "")]
    [InlineData("\r\n", "\r\n\r\n\r\n")]
    [InlineData("\n", "\n\n")]
    public void LineEnds_CrlfLfAndNoneAtTheEnd_MeanTheSame(string between, string last)
    {
        string[] lines = ["v=0", SdpText.Origin, "s=-", "c=IN IP4 192.0.2.66", "m=audio 17000 RTP/AVP 0", "a=recvonly"];
        byte[] body = Encoding.Latin1.GetBytes(string.Join(between, lines) + last);

        SdpMedia media = SdpText.Parse(body).GetMedia(0);

        Assert.Equal(MediaDirection.RecvOnly, media.Direction);
        Assert.Equal("0", SdpText.String(media.GetFormat(0)));
    }

    [Fact]
    public void Body_AtAnOffsetOfABiggerBuffer_IsReadFromThere()
    {
        byte[] body = SdpText.Session("m=audio 17000 RTP/AVP 0 8");
        byte[] message = [.. "INVITE\r\n\r\n"u8, .. body, .. "trailing"u8];
        SdpDescription sdp = new();

        Assert.True(sdp.TryParse(message, 10, body.Length));

        Assert.True(sdp.Text.SequenceEqual(body));
        Assert.Equal("8", SdpText.String(sdp.GetMedia(0).GetFormat(1)));
    }

    [Theory]
    [InlineData(0, 11)]
    [InlineData(11, 0)]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(5, 6)]
    public void Range_OutsideTheBuffer_IsMisuse(int offset, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SdpDescription().TryParse(new byte[10], offset, length));

    [Theory]
    [InlineData("audio 5 RTP/AVP 0", SdpMediaKind.Audio, SdpProtocol.RtpAvp)]
    [InlineData("AUDIO 5 rtp/avp 0", SdpMediaKind.Audio, SdpProtocol.RtpAvp)]
    [InlineData("video 5 RTP/AVPF 96", SdpMediaKind.Video, SdpProtocol.RtpAvpf)]
    [InlineData("audio 5 RTP/SAVP 0", SdpMediaKind.Audio, SdpProtocol.RtpSavp)]
    [InlineData("audio 5 RTP/SAVPF 0", SdpMediaKind.Audio, SdpProtocol.RtpSavpf)]
    [InlineData("audio 5 UDP/TLS/RTP/SAVP 0", SdpMediaKind.Audio, SdpProtocol.UdpTlsRtpSavp)]
    [InlineData("audio 5 UDP/TLS/RTP/SAVPF 0", SdpMediaKind.Audio, SdpProtocol.UdpTlsRtpSavpf)]
    [InlineData("image 5 udptl t38", SdpMediaKind.Image, SdpProtocol.Udptl)]
    [InlineData("message 5 TCP/MSRP *", SdpMediaKind.Message, SdpProtocol.Unknown)]
    [InlineData("text 5 RTP/AVP 98", SdpMediaKind.Text, SdpProtocol.RtpAvp)]
    [InlineData("application 5 UDP/DTLS/SCTP webrtc-datachannel", SdpMediaKind.Application, SdpProtocol.Unknown)]
    [InlineData("control 5 H323 mc", SdpMediaKind.Unknown, SdpProtocol.Unknown)]
    public void Media_KindAndProtocol_AreNamedOrKeptAsTokens(string line, SdpMediaKind kind, SdpProtocol protocol)
    {
        SdpMedia media = SdpText.ParseSession("m=" + line).GetMedia(0);
        string[] fields = line.Split(' ');

        Assert.Equal((kind, protocol), (media.Kind, media.Protocol));
        Assert.Equal((fields[0], fields[2], fields[3]), (SdpText.String(media.KindToken), SdpText.String(media.ProtocolToken), SdpText.String(media.GetFormat(0))));
    }

    [Fact]
    public void Media_PortCountAndSpareSpaces_AreRead()
    {
        SdpMedia media = SdpText.ParseSession("m=audio  49170/2  RTP/AVP   31 7 ").GetMedia(0);

        Assert.Equal((49170, 2, 2), (media.Port, media.PortCount, media.FormatCount));
        Assert.Equal("7", SdpText.String(media.GetFormat(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => media.GetFormat(2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => SdpText.ParseSession().GetMedia(0).Port);
    }

    [Theory]
    [InlineData("a=foo", "", MediaDirection.SendRecv)]
    [InlineData("a=sendonly", "", MediaDirection.SendOnly)]
    [InlineData("a=sendonly", "a=recvonly", MediaDirection.RecvOnly)]
    [InlineData("a=inactive", "a=sendrecv", MediaDirection.SendRecv)]
    [InlineData("a=foo", "a=inactive", MediaDirection.Inactive)]
    [InlineData("a=SENDONLY", "a=x:recvonly", MediaDirection.SendRecv)]
    public void Direction_OfTheMedium_OverridesTheSessions(string session, string media, MediaDirection expected)
    {
        string[] lines = media.Length == 0 ? [session, "m=audio 5 RTP/AVP 0"] : [session, "m=audio 5 RTP/AVP 0", media];

        Assert.Equal(expected, SdpText.ParseSession(lines).GetMedia(0).Direction);
    }

    [Theory]
    [InlineData("c=IN IP4 198.51.100.7", "198.51.100.7:5000")]
    [InlineData("c=IN IP6 2001:db8::7", "[2001:db8::7]:5000")]
    [InlineData("c=IN IP4 0.0.0.0", "0.0.0.0:5000")]
    [InlineData("c=IN IP4 224.2.36.42/127", "224.2.36.42:5000")]
    [InlineData("c=IN IP4 224.2.1.1/127/3", "224.2.1.1:5000")]
    [InlineData("c=IN IP4 host.example.com", null)]
    [InlineData("c=IN IP4 2001:db8::7", null)]
    [InlineData("c=IN IP6 198.51.100.7", null)]
    [InlineData("c=IN IP6 [2001:db8::7]", null)]
    [InlineData("c=IN IP7 198.51.100.7", null)]
    [InlineData("c=ATM IP4 198.51.100.7", null)]
    [InlineData("c=IN IP4 /127", null)]
    [InlineData("c=IN IP4 256.1.1.1", null)]
    [InlineData("c=IN IP6 :::1", null)]
    public void Connection_OnlyLiteralsOfTheirType_BecomeEndpoints(string connection, string? expected)
    {
        bool found = SdpText.ParseSession("m=audio 5000 RTP/AVP 0", connection).GetMedia(0).TryGetRtpEndpoint(out NetworkEndpoint endpoint);

        Assert.Equal(expected, found ? endpoint.ToString() : null);
    }

    [Theory]
    [InlineData("a=x", "192.0.2.66:5001")]
    [InlineData("a=rtcp:53020", "192.0.2.66:53020")]
    [InlineData("a=rtcp:53020 IN IP4 198.51.100.9", "198.51.100.9:53020")]
    [InlineData("a=rtcp:53020 IN IP6 2001:db8::9", "[2001:db8::9]:53020")]
    [InlineData("a=rtcp:1 IN IP7 X", null)]
    [InlineData("a=rtcp:65536", null)]
    [InlineData("a=rtcp:", null)]
    [InlineData("a=rtcp", null)]
    public void Rtcp_AttributeOfRfc3605_ElseTheNextPort(string attribute, string? expected)
    {
        SdpMedia media = SdpText.ParseSession("m=audio 5000 RTP/AVP 0", attribute, "a=rtcp-mux").GetMedia(0);
        bool found = media.TryGetRtcpEndpoint(out NetworkEndpoint endpoint);

        Assert.Equal(expected, found ? endpoint.ToString() : null);
        Assert.True(media.HasRtcpMux);
    }

    [Theory]
    [InlineData("20", 20)]
    [InlineData("2.5", 2)]
    [InlineData("200", 200)]
    [InlineData("201", 0)]
    [InlineData("0", 0)]
    [InlineData("4294967295", 0)]
    [InlineData("99999999999999999999", 0)]
    [InlineData("-20", 0)]
    [InlineData("", 0)]
    public void PacketTime_BeyondReason_CountsAsNotGiven(string value, int expected)
    {
        SdpMedia media = SdpText.ParseSession("m=audio 5000 RTP/AVP 0", "a=ptime:" + value, "a=maxptime:" + value).GetMedia(0);

        Assert.Equal((expected, expected), (media.PtimeMilliseconds, media.MaxPtimeMilliseconds));
    }

    [Theory]
    [InlineData(0, "PCMU/8000/1")]
    [InlineData(3, "GSM/8000/1")]
    [InlineData(4, "G723/8000/1")]
    [InlineData(8, "PCMA/8000/1")]
    [InlineData(9, "G722/8000/1")]
    [InlineData(10, "L16/44100/2")]
    [InlineData(13, "CN/8000/1")]
    [InlineData(18, "G729/8000/1")]
    [InlineData(31, "H261/90000/1")]
    [InlineData(1, null)]
    [InlineData(35, null)]
    [InlineData(72, null)]
    [InlineData(96, null)]
    [InlineData(127, null)]
    [InlineData(111, "opus/48000/2")]
    [InlineData(112, "good/1/1")]
    public void RtpMap_OfTheBody_ElseTheStaticAssignment(byte payloadType, string? expected)
    {
        SdpMedia media = SdpText.ParseSession(
            "m=audio 5000 RTP/AVP 0",
            "a=rtpmap:111 opus/48000/2",
            "a=rtpmap:112 bad/0",
            "a=rtpmap:112 bad",
            "a=rtpmap:112 b(d/8000",
            "a=rtpmap:112 bad/8000/256",
            "a=rtpmap:112 bad/8000/",
            "a=rtpmap:4294967408 bad/8000",
            "a=rtpmap:112 good/1").GetMedia(0);
        bool found = media.TryGetRtpMap(payloadType, out RtpMap map);

        Assert.Equal(expected, found ? $"{SdpText.String(map.EncodingName)}/{map.ClockRateHz}/{map.Channels}" : null);
    }

    [Fact]
    public void Fmtp_IsFoundByPayloadType()
    {
        SdpMedia media = SdpText.ParseSession("m=audio 5000 RTP/AVP 0", "a=fmtp:10 no", "a=fmtp:101 0-15", "a=fmtp:101 again").GetMedia(0);

        Assert.True(media.TryGetFmtp(101, out ReadOnlySpan<byte> parameters));
        Assert.Equal("0-15", SdpText.String(parameters));
        Assert.False(media.TryGetFmtp(1, out _));
    }

    [Fact]
    public void UnknownAttributesAndLines_AreKeptInOrder()
    {
        SdpDescription sdp = SdpText.ParseSession("b=AS:64", "a=tool:x y", "a=group:BUNDLE 0", "m=audio 5 RTP/AVP 0", "i=title", "a=mid:0", "a=ice-lite", "m=video 6 RTP/AVP 31", "a=mid:1");
        List<string> session = [];
        foreach (SdpLine line in sdp.SessionLines)
        {
            session.Add((char)line.Type + "=" + SdpText.String(line.Value));
        }

        List<string> media = [];
        foreach (SdpLine line in sdp.GetMedia(0).Attributes)
        {
            media.Add(SdpText.String(line.AttributeName) + "|" + SdpText.String(line.AttributeValue));
        }

        int lines = 0;
        foreach (SdpLine line in sdp.GetMedia(1).Lines)
        {
            lines += line.Value.IsEmpty ? 0 : 1;
        }

        int attributes = 0;
        foreach (SdpLine line in sdp.SessionAttributes)
        {
            attributes += line.Type == 'a' ? 1 : 0;
        }

        Assert.Equal(["v=0", SdpText.Origin, "s=-", "c=IN IP4 192.0.2.66", "t=0 0", "b=AS:64", "a=tool:x y", "a=group:BUNDLE 0"], session);
        Assert.Equal(["mid|0", "ice-lite|"], media);
        Assert.Equal((2, 2), (lines, attributes));
    }
}
