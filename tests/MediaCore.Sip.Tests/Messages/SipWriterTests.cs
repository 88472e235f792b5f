using FsCheck.Xunit;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class SipWriterTests
{
    [Fact]
    public void Response_IsWrittenAsOnTheWire()
    {
        SipMessage request = WireText.Parse(Rfc4475Messages.All["wsinv"]);
        SipWriter writer = new(new byte[2048]);
        writer.StatusLine(486, default);
        writer.CopyHeaders(request, SipHeaderName.Via);
        writer.CopyHeaders(request, SipHeaderName.CSeq);
        writer.HeaderStart(SipHeaderName.RetryAfter);
        writer.Raw(5L);
        writer.EndLine();
        writer.EndWithoutBody();
        Assert.False(writer.Overflowed);
        Assert.Equal(
            "SIP/2.0 486 Busy Here\r\nVia: SIP  /   2.0 /UDP 192.0.2.2;branch=390skdjuw\r\n"
            + "Via: SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   z9hG4bK9ikj8  , SIP  /    2.0   / UDP  192.168.255.111   ; branch= z9hG4bK30239\r\n"
            + "CSeq: 0009 INVITE\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
            WireText.Text(writer.Written));
    }

    [Fact]
    public void EveryTooSmallDestination_IsSaidToBe()
    {
        byte[] whole = new byte[512];
        int length = Write(whole, out bool overflowed);
        Assert.False(overflowed);
        for (int size = 0; size < length; size++)
        {
            Assert.True(Write(new byte[size], out overflowed) <= size);
            Assert.True(overflowed);
        }

        static int Write(Span<byte> destination, out bool overflowed)
        {
            SipWriter writer = new(destination);
            writer.RequestLine(SipMethod.Invite, "sip:a@b"u8);
            writer.Header(SipHeaderName.MaxForwards, 70);
            writer.Header("X-Name"u8, "value"u8);
            writer.Body("application/sdp"u8, "v=0\r\n"u8);
            overflowed = writer.Overflowed;
            return writer.Length;
        }
    }

    [Theory]
    [InlineData("a\r\nX: 1", "a X: 1")]
    [InlineData("a\rX", "a X")]
    [InlineData("a\nX", "a X")]
    [InlineData("a \r\n\t b", "a b")]
    [InlineData("\r\n\r\n", " ")]
    public void LineEndsInAValue_NeverReachTheWire(string value, string expected)
    {
        byte[] bytes = WireText.Bytes(value);
        SipWriter writer = new(new byte[128]);
        writer.Header(SipHeaderName.Subject, bytes);
        Assert.Equal("Subject: " + expected + "\r\n", WireText.Text(writer.Written));

        writer = new SipWriter(new byte[128]);
        writer.StatusLine(400, bytes);
        Assert.Equal("SIP/2.0 400 " + expected + "\r\n", WireText.Text(writer.Written));
    }

    [Fact]
    public void WhiteSpaceInAUri_IsEscaped()
    {
        SipWriter writer = new(new byte[128]);
        writer.RequestLine(SipMethod.Options, "sip:a\r\n b@c"u8);
        Assert.Equal("OPTIONS sip:a%0D%0A%20b@c SIP/2.0\r\n", WireText.Text(writer.Written));
    }

    /// <summary>What the writer wrote the parser reads back, whatever the values were.</summary>
    [Property(MaxTest = 300)]
    public void WrittenMessage_ParsesToWhatWasWritten(byte[][] values, byte[] body)
    {
        byte[] wire = new byte[200_000];
        SipWriter writer = new(wire);
        writer.RequestLine(SipMethod.Message, "sip:a@b"u8);
        foreach (byte[] value in values)
        {
            writer.Header("X-Value"u8, value);
        }

        writer.Body("text/plain"u8, body);
        Assert.False(writer.Overflowed);

        SipMessage message = new();
        Assert.Equal(ParseStatus.Complete, message.Parse(wire, 0, writer.Length));
        Assert.Equal(values.Length + 2, message.HeaderCount);
        for (int i = 0; i < values.Length; i++)
        {
            // The parser trims, the writer unfolds: compare with all white space taken out.
            Assert.Equal(values[i].Where(b => b is not (13 or 10 or 32 or 9)), message.GetHeaderValue(i).ToArray().Where(b => b is not (13 or 10 or 32 or 9)));
        }

        Assert.Equal(body, message.Body.ToArray());
    }

    /// <summary>Copying every row of a message gives a message with the same rows, and copying that one changes nothing any more.</summary>
    [Theory]
    [InlineData("wsinv")]
    [InlineData("intmeth")]
    [InlineData("longreq")]
    [InlineData("esc02")]
    [InlineData("unreason")]
    [InlineData("mpart01")]
    public void CopyOfAllRows_IsAFixedPoint(string name)
    {
        SipMessage original = WireText.Parse(Rfc4475Messages.All[name]);
        SipMessage once = WireText.Parse(Copy(original));
        SipMessage twice = WireText.Parse(Copy(once));
        Assert.Equal(ParseStatus.Complete, once.Status);
        Assert.Equal(original.HeaderCount, once.HeaderCount);
        Assert.Equal(once.Bytes.ToArray(), twice.Bytes.ToArray());
        Assert.Equal(original.TopBranch.ToArray(), once.TopBranch.ToArray());
        Assert.Equal(original.FromTag.ToArray(), once.FromTag.ToArray());
        Assert.Equal(original.Body.ToArray(), once.Body.ToArray());

        static byte[] Copy(SipMessage message)
        {
            SipWriter writer = new(new byte[8192]);
            if (message.IsRequest)
            {
                writer.RequestLine(message.MethodToken, message.RequestUri);
            }
            else
            {
                writer.StatusLine(message.StatusCode, message.ReasonPhrase);
            }

            for (int i = 0; i < message.HeaderCount; i++)
            {
                writer.CopyHeader(message, i);
            }

            writer.EndLine();
            writer.Raw(message.Body);
            Assert.False(writer.Overflowed);
            return writer.Written.ToArray();
        }
    }
}
