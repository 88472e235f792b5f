using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class MultipartBodyTests
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

    [Theory]
    [InlineData("--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--", "one|two")]
    [InlineData("--b\r\n\r\none\r\n--b--\r\nepilogue\r\n--b\r\n\r\nnot a part\r\n--b--", "one")]
    [InlineData("preamble\r\n--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b--\r\n", "one")]
    [InlineData("--b  \t\r\n\r\none\r\n--b-- \r\n", "one")]
    [InlineData("--b\r\n\r\nline\r\nline\r\n\r\n--b--", "line\r\nline\r\n")]
    [InlineData("--b\r\n\r\n--bx\r\n--b--", "--bx")]
    [InlineData("--b\r\n\r\n\r\n--b--", "")]
    [InlineData("--b\r\nContent-Type: text/plain\r\n--b--", "")]
    [InlineData("--b\r\n--b--", "")]
    [InlineData("--b\r\nFolded: a\r\n b\r\n\r\none\r\n--b--", "one")]
    [InlineData("--b--", null)]
    public void Parts_AreThoseOfRfc2046(string body, string? expected)
    {
        MultipartBody parts = Open(body);
        List<string> found = [];
        while (parts.MoveNext())
        {
            Assert.Equal(Encoding.Latin1.GetString(parts.Part), body.Substring(parts.PartOffset, parts.Part.Length));
            found.Add(Encoding.Latin1.GetString(parts.Part));
        }

        Assert.False(parts.IsMalformed);
        Assert.Equal(expected, found.Count == 0 ? null : string.Join('|', found));
    }

    [Theory]
    [InlineData("--b\r\n\r\none")]
    [InlineData("--b\r\n\r\none\r\n--b")]
    [InlineData("--b\r\nno colon\r\n\r\none\r\n--b--")]
    [InlineData("--b\r\nName: a\nOther: b\r\n\r\none\r\n--b--")]
    [InlineData("--b\r\nNa me: a\r\n\r\none\r\n--b--")]
    [InlineData("--b\r\n: a\r\n\r\none\r\n--b--")]
    public void BrokenBodies_EndTheWalk(string body)
    {
        MultipartBody parts = Open(body);
        while (parts.MoveNext())
        {
        }

        Assert.True(parts.IsMalformed);
        Assert.False(parts.MoveNext());
        Assert.True(parts.Part.IsEmpty);
    }

    [Theory]
    [InlineData("", "--\r\n\r\none\r\n----")]
    [InlineData("b ", "--b \r\n\r\none\r\n--b --")]
    [InlineData("b\u00e9", "--b\u00e9\r\n\r\none\r\n--b\u00e9--")]
    [InlineData("b", "nothing here")]
    [InlineData("b", "--b\n\none\n--b--")]
    [InlineData("b", "x--b\r\n\r\none\r\n--c--")]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n\r\n--")]
    public void BoundariesThatAreNone_AreRefused(string boundary, string body)
    {
        Assert.True(MediaType.TryParse("multipart/mixed"u8, out MediaType type));
        Assert.False(MultipartBody.TryOpen(type, Encoding.Latin1.GetBytes(boundary), Encoding.Latin1.GetBytes(body), out _));
    }

    [Fact]
    public void MoreParts_ThanTheBound_AreMalformed()
    {
        string body = string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", SipLimits.MaxBodyParts + 1)) + "--b--";
        MultipartBody parts = Open(body);
        int count = 0;
        while (parts.MoveNext())
        {
            count++;
        }

        Assert.Equal(SipLimits.MaxBodyParts, count);
        Assert.True(parts.IsMalformed);
    }

    [Theory]
    [InlineData("application/sdp", Sdp, SessionBodyStatus.Found)]
    [InlineData("Application/SDP;charset=utf-8", Sdp, SessionBodyStatus.Found)]
    [InlineData("text/plain", "hello", SessionBodyStatus.Unsupported)]
    [InlineData("application", Sdp, SessionBodyStatus.Malformed)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\n" + Sdp + "\r\n--b\r\nContent-Type: application/ISUP;version=itu-t92+\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u0001\0\u0060\r\n--b--", SessionBodyStatus.Found)]
    [InlineData("multipart/mixed;boundary=\"a b\"", "--a b\r\nContent-Type: text/plain\r\n\r\nx\r\n--a b\r\nContent-Type: application/sdp\r\n\r\n" + Sdp + "\r\n--a b--", SessionBodyStatus.Found)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\n" + Sdp + "\r\n--b\r\nContent-Type: application/x\r\nContent-Disposition: signal;handling=required\r\n\r\nx\r\n--b--", SessionBodyStatus.Unsupported)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: icon\r\n\r\n" + Sdp + "\r\n--b--", SessionBodyStatus.Unsupported)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: base64\r\n\r\ndj0w\r\n--b--", SessionBodyStatus.Unsupported)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nx\r\n--c\r\nContent-Type: application/sdp\r\n\r\n" + Sdp + "\r\n--c--\r\n--b--", SessionBodyStatus.Found)]
    [InlineData("multipart/mixed", "--b\r\n\r\nx\r\n--b--", SessionBodyStatus.Malformed)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\n" + Sdp, SessionBodyStatus.Malformed)]
    public void SessionDescription_IsFound(string contentType, string body, SessionBodyStatus expected)
    {
        SipMessage message = Parse(contentType, body);
        Assert.Equal(expected, SessionBody.Find(message, out int offset, out int length));
        if (expected == SessionBodyStatus.Found)
        {
            Assert.Equal(Sdp, Encoding.Latin1.GetString(message.Body.Slice(offset, length)));
        }
    }

    [Fact]
    public void Alternatives_TheLastIsTaken()
    {
        string other = Sdp.Replace("4000", "6000", StringComparison.Ordinal);
        SipMessage message = Parse("multipart/alternative;boundary=b", $"--b\r\nContent-Type: application/sdp\r\n\r\n{Sdp}\r\n--b\r\nContent-Type: application/sdp\r\n\r\n{other}\r\n--b--");
        Assert.Equal(SessionBodyStatus.Found, SessionBody.Find(message, out int offset, out int length));
        Assert.Equal(other, Encoding.Latin1.GetString(message.Body.Slice(offset, length)));
    }

    [Fact]
    public void NestingBeyondTheBound_IsNotFollowed()
    {
        string body = Sdp;
        string type = "application/sdp";
        for (int depth = 0; depth <= SipLimits.MaxBodyDepth; depth++)
        {
            body = $"--b{depth}\r\nContent-Type: {type}\r\n\r\n{body}\r\n--b{depth}--";
            type = $"multipart/mixed;boundary=b{depth}";
        }

        Assert.Equal(SessionBodyStatus.Unsupported, SessionBody.Find(Parse(type, body), out _, out _));
    }

    [Fact]
    public void EncodedBody_IsUnsupported()
    {
        SipMessage message = Parse("application/sdp\r\nContent-Encoding: gzip", "x");
        Assert.Equal(SessionBodyStatus.Unsupported, SessionBody.Find(message, out _, out _));
    }

    private static MultipartBody Open(string body)
    {
        Assert.True(MediaType.TryParse("multipart/mixed"u8, out MediaType type));
        Assert.True(MultipartBody.TryOpen(type, "b"u8, Encoding.Latin1.GetBytes(body), out MultipartBody parts));
        return parts;
    }

    private static SipMessage Parse(string contentType, string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes($"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        SipMessage message = new();
        Assert.Equal(ParseStatus.Complete, message.Parse(bytes, 0, bytes.Length));
        return message;
    }
}
