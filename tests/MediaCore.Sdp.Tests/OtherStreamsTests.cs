using System.Text;
using FsCheck.Xunit;
using MediaCore.Primitives;

namespace MediaCore.Sdp.Tests;

public sealed class OtherStreamsTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    [Fact]
    public void Lines_ThatSayWhereTheSenderIs_StayBehind()
    {
        OtherStream stream = Assert.Single(Read("m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVPF 96 97\r\nc=IN IP4 192.0.2.9\r\nb=AS:512\r\ni=192.0.2.9\r\na=rtpmap:96 VP8/90000\r\na=rtcp:5000\r\na=candidate:1 1 UDP 1 192.0.2.9 1 typ host\r\n"
            + "a=crypto:1 X inline:k\r\na=fingerprint:sha-1 AA\r\na=ice-ufrag:x\r\na=mid:v\r\na=ssrc:1 cname:me@192.0.2.9\r\na=rtcp-mux\r\na=rtcp-fb:* ccm fir\r\na=recvonly\r\na=x-own:192.0.2.9\r\n")!.All.ToArray());
        Assert.Equal((1, "video", "RTP/AVPF 96 97"), (stream.Index, Encoding.ASCII.GetString(stream.Kind), Encoding.ASCII.GetString(stream.Formats)));
        Assert.Equal("b=AS:512\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:* ccm fir\r\na=recvonly\r\n", Encoding.ASCII.GetString(stream.Lines));
        Assert.Equal(("192.0.2.9:4002", "192.0.2.9:5000", true), (stream.Rtp.ToString(), stream.Rtcp.ToString(), stream.IsRtp));
    }

    [Theory]
    [InlineData("m=audio 4002 RTP/AVP 0\r\n", "a second audio line is none")]
    [InlineData("m=video 0 RTP/AVP 96\r\n", "declined")]
    [InlineData("m=video 4002 RTP/SAVP 96\r\n", "keys")]
    [InlineData("m=video 4002/2 RTP/AVP 96\r\n", "two ports")]
    [InlineData("m=image 4002 TCP t38\r\n", "a stream")]
    [InlineData("m=video 4002 RTP/AVP 96\r\nc=IN IP4 example.com\r\n", "a name")]
    [InlineData("m=video 4002 RTP/AVP 96\r\nc=IN IP4 224.1.1.1\r\n", "multicast")]
    public void Line_ThatCannotBeRelayed_IsNone(string line, string why) => Assert.True(Read("m=audio 4000 RTP/AVP 0\r\n" + line) is null, why);

    [Fact]
    public void Lines_BeyondTheBounds_AreNone()
    {
        Assert.Null(Read($"m=video 4002 RTP/AVP 96\r\na=fmtp:96 {new string('x', SdpLimits.MaxOtherStreamBytes)}\r\n"));
        Assert.Equal(SdpLimits.MaxOtherStreams, Read(string.Concat(Enumerable.Repeat("m=text 4002 RTP/AVP 98\r\n", 10)))!.All.Length);
    }

    [Property]
    public void WhatIsWritten_IsReadAgain(ushort port, byte place, bool isFax)
    {
        int index = 1 + (place % 3);
        OtherStream[] streams = [.. Enumerable.Range(1, index).Select(i => new OtherStream(
            i,
            isFax ? "image"u8.ToArray() : "video"u8.ToArray(),
            isFax ? "udptl t38"u8.ToArray() : "RTP/AVP 96"u8.ToArray(),
            "a=sendonly\r\n"u8.ToArray(),
            !isFax,
            Endpoint("192.0.2.7", (ushort)(port | 2)),
            default))];
        AudioDescription audio = default;
        audio.Formats = AudioFormatList.CreateG711();
        audio.Rtp = Endpoint("192.0.2.1", 4000);
        audio.Direction = MediaDirection.SendRecv;
        audio.Others = new OtherStreams(streams);
        byte[] buffer = new byte[SdpLimits.MaxComposedBytes];
        Assert.True(SdpComposer.TryWrite(buffer, out int length, new SdpSession(1, 1, default), audio));
        SdpDescription sdp = new();
        Assert.True(sdp.TryParse(buffer, 0, length));
        Assert.True(OfferAnswer.TryReadMedia(sdp, secure: false, out AudioDescription read, out _));
        Assert.Equal(index + 1, read.MediaCount);
        Assert.Equal(streams.Select(Show), read.Others!.All.ToArray().Select(Show));
    }

    // A place that neither the audio nor a stream nor a former line has: better no description than one with lines out of their places.
    [Fact]
    public void Composer_WithAHoleBetweenTheLines_WritesNothing()
    {
        AudioDescription audio = default;
        audio.Formats = AudioFormatList.CreateG711();
        audio.Rtp = Endpoint("192.0.2.1", 4000);
        audio.Others = new OtherStreams([new OtherStream(2, "video"u8.ToArray(), "RTP/AVP 96"u8.ToArray(), [], IsRtp: true, audio.Rtp, default)]);
        Assert.False(SdpComposer.TryWrite(new byte[4096], out int length, new SdpSession(1, 1, default), audio));
        Assert.Equal(0, length);
    }

    private static (int, string, string, string, NetworkEndpoint) Show(OtherStream stream) =>
        (stream.Index, Encoding.ASCII.GetString(stream.Kind), Encoding.ASCII.GetString(stream.Formats), Encoding.ASCII.GetString(stream.Lines), stream.Rtp);

    private static NetworkEndpoint Endpoint(string host, ushort port) => NetworkEndpoint.From(System.Net.IPAddress.Parse(host), port);

    private static OtherStreams? Read(string media)
    {
        byte[] text = Encoding.ASCII.GetBytes(Head + media);
        SdpDescription sdp = new();
        Assert.True(sdp.TryParse(text, 0, text.Length));
        return OtherStreams.Read(sdp);
    }
}
