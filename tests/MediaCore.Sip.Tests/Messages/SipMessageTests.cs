using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class SipMessageTests
{
    private const string Head = "OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:f@h>;tag=1\r\nTo: <sip:t@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";

    /// <summary>AC-06: one row that another parser could read otherwise than we do.</summary>
    [Theory]
    [InlineData("X-Internal : 1", SipParseError.None)]
    [InlineData("X-Internal\t \t: 1", SipParseError.None)]
    [InlineData(": 1", SipParseError.HeaderName)]
    [InlineData(" X: 1", SipParseError.None)] // a fold of the row before
    [InlineData("X Internal: 1", SipParseError.HeaderName)]
    [InlineData("X-Internal\u0001: 1", SipParseError.HeaderName)]
    [InlineData("X-Internal\u0000: 1", SipParseError.HeaderName)]
    [InlineData("X-Internal\u00a0: 1", SipParseError.HeaderName)]
    [InlineData("X-Internal\u000b: 1", SipParseError.HeaderName)]
    [InlineData("X-Internal\r\n : 1", SipParseError.HeaderName)]
    [InlineData("X-Internal", SipParseError.HeaderName)]
    [InlineData("X\rFrom: 1", SipParseError.HeaderValue)]
    [InlineData("X: 1\rFrom: 1", SipParseError.HeaderValue)]
    [InlineData("X: 1\nFrom: 1", SipParseError.HeaderValue)]
    [InlineData("X: 1\n From: 1", SipParseError.HeaderValue)]
    public void OddRow_HasOneReading(string row, SipParseError error)
    {
        SipMessage message = WireText.Parse(Head + row + "\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(error, message.Error);
        Assert.Equal(error == SipParseError.None ? ParseStatus.Complete : ParseStatus.Malformed, message.Status);
        Assert.True(message.CanAnswer);
    }

    [Fact]
    public void NameBeforeBlanks_IsTheSameHeader()
    {
        SipMessage message = WireText.Parse(Head + "X-Internal-Auth : yes\r\nSubject\t: s\r\n\r\n");
        Assert.True(message.TryGetHeader("x-internal-auth"u8, out ReadOnlySpan<byte> value));
        Assert.Equal("yes", WireText.Text(value));
        Assert.True(message.Has(SipHeaderName.Subject));
    }

    [Theory]
    [InlineData("", ParseStatus.NeedMoreData, SipParseError.None)]
    [InlineData("\r\n\r\n", ParseStatus.NeedMoreData, SipParseError.None)]
    [InlineData("\0\0\0\0", ParseStatus.Malformed, SipParseError.NoHeaderEnd)]
    [InlineData("   \r\n\r\n", ParseStatus.Malformed, SipParseError.StartLine)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", ParseStatus.Malformed, SipParseError.Version)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\n", ParseStatus.Malformed, SipParseError.NoHeaderEnd)]
    [InlineData("OPTIONS sip:a SIP/2.0\n\n", ParseStatus.Malformed, SipParseError.StartLine)]
    [InlineData("OPTIONS sip:a SIP/2\r\n\r\n", ParseStatus.Malformed, SipParseError.StartLine)]
    [InlineData("OPTIONS sip:a\r\n\r\n", ParseStatus.Malformed, SipParseError.StartLine)]
    [InlineData("OPTIONS  SIP/2.0\r\n\r\n", ParseStatus.Malformed, SipParseError.StartLine)]
    [InlineData("OPT(IONS sip:a SIP/2.0\r\n\r\n", ParseStatus.Malformed, SipParseError.Method)]
    [InlineData("SIP/2.0 200\r\n\r\n", ParseStatus.Complete, SipParseError.None)]
    [InlineData("SIP/2.0 99 x\r\n\r\n", ParseStatus.Malformed, SipParseError.StatusCode)]
    [InlineData("SIP/2.0 700 x\r\n\r\n", ParseStatus.Malformed, SipParseError.StatusCode)]
    [InlineData("SIP/2.0  200 x\r\n\r\n", ParseStatus.Malformed, SipParseError.StatusCode)]
    [InlineData("SIP/2.0\r\n\r\n", ParseStatus.Malformed, SipParseError.StartLine)]
    [InlineData("sip/2.0 200 OK\r\n\r\n", ParseStatus.Malformed, SipParseError.Method)]
    public void StartLine_YieldsItsStatus(string text, ParseStatus status, SipParseError error)
    {
        SipMessage message = WireText.Parse(text);
        Assert.Equal((status, error), (message.Status, message.Error));
        WireText.Touch(message);
    }

    [Theory]
    [InlineData("3\r\n", "abc", SipParseError.None)]
    [InlineData("003\r\n", "abc", SipParseError.None)]
    [InlineData("2\r\n", "ab", SipParseError.None)]
    [InlineData("4\r\n", "", SipParseError.BodyTruncated)]
    [InlineData("4294967299\r\n", "", SipParseError.BodyTruncated)]
    [InlineData("18446744073709551619\r\n", "", SipParseError.BodyTruncated)]
    [InlineData("-1\r\n", "", SipParseError.ContentLengthInvalid)]
    [InlineData("+3\r\n", "", SipParseError.ContentLengthInvalid)]
    [InlineData("0x3\r\n", "", SipParseError.ContentLengthInvalid)]
    [InlineData("3 3\r\n", "", SipParseError.ContentLengthInvalid)]
    [InlineData("\r\n", "", SipParseError.ContentLengthInvalid)]
    [InlineData("3\r\nl: 3\r\n", "", SipParseError.ContentLengthConflict)]
    public void ContentLength_BoundsTheBody(string value, string body, SipParseError error)
    {
        SipMessage message = WireText.Parse(Head + "Content-Length: " + value + "\r\nabc");
        Assert.Equal(error, message.Error);
        Assert.Equal(body, WireText.Text(message.Body));
        Assert.Equal(error == SipParseError.None ? 0 : 400, message.Validate().StatusCode);
    }

    [Fact]
    public void MessageAtAnOffset_IsIndexedThere()
    {
        byte[] bytes = WireText.Bytes("xxx\r\n" + Head + "\r\nabc" + "yyy");
        SipMessage message = new();
        Assert.Equal(ParseStatus.Complete, message.Parse(bytes, 3, bytes.Length - 6));
        Assert.Equal((5, Head.Length + 5), (message.Offset, message.Length));
        Assert.Equal("abc", WireText.Text(message.Body));
        Assert.Equal("c", WireText.Text(message.CallId));
    }

    [Fact]
    public void Limits_AreKept()
    {
        Check(Head + string.Concat(Enumerable.Repeat("Accept: a/b\r\n", SipLimits.MaxHeaderCount)) + "\r\n", SipParseError.TooManyHeaders, 513);
        Check(Head + "X: " + new string('x', SipLimits.MaxHeaderBytes) + "\r\n\r\n", SipParseError.HeaderTooLarge, 513);
        Check(Head + "\r\n" + new string('x', SipLimits.MaxMessageBytes), SipParseError.MessageTooLarge, 513);
        Check(Head.Replace("sip:a@", $"sip:{new string('a', SipLimits.MaxUriBytes)}@", StringComparison.Ordinal) + "\r\n", SipParseError.UriTooLong, 414);
        Check(Head.Replace("OPTIONS sip", $"{new string('O', SipLimits.MaxMethodBytes + 1)} sip", StringComparison.Ordinal) + "\r\n", SipParseError.Method, 400);
        Check(Head + string.Concat(Enumerable.Repeat("Accept: a/b\r\n", SipLimits.MaxHeaderCount - 5)) + "\r\n", SipParseError.None, 0);
        Check(Head + string.Concat(Enumerable.Repeat("v: SIP/2.0/UDP h\r\n", SipLimits.MaxViaCount)) + "\r\n", SipParseError.None, 483);
        Check(Head + "m: " + string.Join(',', Enumerable.Repeat("<sip:a@b>", SipLimits.MaxContactCount + 1)) + "\r\n\r\n", SipParseError.None, 400);

        static void Check(string text, SipParseError error, int statusCode)
        {
            SipMessage message = WireText.Parse(text);
            Assert.Equal((error, statusCode, true), (message.Error, message.Validate().StatusCode, message.CanAnswer));
        }
    }

    [Theory]
    [InlineData("Contact: <sip:a@b>, <sip:c@d>", 0)]
    [InlineData("Contact: <sip:a@b>,", 400)]
    [InlineData("Contact: ,<sip:a@b>", 400)]
    [InlineData("Contact: *", 400)]
    [InlineData("Contact:", 400)]
    [InlineData("Max-Forwards: 256", 400)]
    [InlineData("Max-Forwards: x", 400)]
    [InlineData("Max-Forwards: 0", 0)]
    [InlineData("CSeq: 2 OPTIONS", 400)]
    [InlineData("t: <sip:t@h>", 400)]
    [InlineData("Via: not judged below the top", 0)]
    public void ExtraRow_InARequest_YieldsItsStatus(string row, int statusCode) =>
        Assert.Equal(statusCode, WireText.Parse(Head + row + "\r\n\r\n").Validate().StatusCode);

    [Theory]
    [InlineData("CSeq: 1 OPTIONS", "CSeq: 2147483648 OPTIONS", SipFault.CSeq)]
    [InlineData("Call-ID: c", "Call-ID: a b", SipFault.CallId)]
    [InlineData("Call-ID: c", "Call-ID: a@b@c", SipFault.CallId)]
    [InlineData("Call-ID: c", "Call-ID:", SipFault.CallId)]
    [InlineData("From: <sip:f@h>;tag=1", "From: <sip:f@h>;tag=1;tag=2", SipFault.From)]
    [InlineData("From: <sip:f@h>;tag=1", "From: *", SipFault.From)]
    [InlineData("To: <sip:t@h>", "To: <sip:t@>", SipFault.To)]
    [InlineData("Via: SIP/2.0/UDP h;branch=z9hG4bK1", "Via: SIP/2.0/UDP h;branch=z9hG4bK", SipFault.Via)]
    [InlineData("sip:a@example.com SIP", "urn:service:sos SIP", SipFault.UriScheme)]
    [InlineData("SIP/2.0\r\nVia", "sip/2.0\r\nVia", SipFault.None)]
    [InlineData("SIP/2.0\r\nVia", "SIP/2.1\r\nVia", SipFault.Version)]
    public void ChangedHeader_YieldsItsFault(string from, string to, SipFault fault) =>
        Assert.Equal(fault, WireText.Parse(Head.Replace(from, to, StringComparison.Ordinal) + "\r\n").Validate().Fault);

    [Fact]
    public void FaultyAck_IsDroppedSilently()
    {
        SipMessage message = WireText.Parse(Head.Replace("OPTIONS", "ACK", StringComparison.Ordinal).Replace("Call-ID: c\r\n", "", StringComparison.Ordinal) + "\r\n");
        SipValidation validation = message.Validate();
        Assert.False(validation.IsValid);
        Assert.Equal(0, validation.StatusCode);
        Assert.False(message.CanAnswer);
    }

    [Fact]
    public void ListValues_AreSplitOutsideQuotesAndBrackets()
    {
        SipMessage message = WireText.Parse(Head + "m: \"a,\\\",b\" <sip:a,b@c>;x=\"1,2\" , <sip:d@e>\r\nSubject: a, b\r\nContact: <sip:f@g>\r\nSupported:\r\nk: 100rel,, timer\r\n\r\n");
        Assert.Equal(["\"a,\\\",b\" <sip:a,b@c>;x=\"1,2\"", "<sip:d@e>", "<sip:f@g>"], Values(message, SipHeaderName.Contact));
        Assert.Equal(["a, b"], Values(message, SipHeaderName.Subject));
        Assert.Equal(["100rel", "timer"], Values(message, SipHeaderName.Supported));
        Assert.Empty(Values(message, SipHeaderName.Require));
    }

    [Fact]
    public void ReusedMessage_ForgetsWhatItHeld()
    {
        SipMessage message = WireText.Parse(Head + "m: <sip:a@b>\r\nSubject: s\r\n\r\nbody");
        Assert.True(message.TryGetContact(out _));
        byte[] second = WireText.Bytes("SIP/2.0 180 Ringing\r\nCSeq: 7 BYE\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, message.Parse(second, 0, second.Length));
        Assert.True(message.IsResponse);
        Assert.False(message.IsRequest);
        Assert.Equal((180, SipMethod.Bye, 1), (message.StatusCode, message.Method, message.HeaderCount));
        Assert.False(message.TryGetContact(out _));
        Assert.True(message.RequestUri.IsEmpty && message.Body.IsEmpty && message.FromTag.IsEmpty && message.TopBranch.IsEmpty && message.CallId.IsEmpty);
    }

    private static List<string> Values(SipMessage message, SipHeaderName name)
    {
        List<string> values = [];
        foreach (ReadOnlySpan<byte> value in message.EnumerateValues(name))
        {
            values.Add(WireText.Text(value));
        }

        return values;
    }
}
