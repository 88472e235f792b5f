using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public sealed class ReplacesHeaderTests
{
    [Theory]
    [InlineData("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff", "98732@sip.example.com", "ff87ff", "r33th4x0r", false)]
    [InlineData("12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only", "12adf2f34456gs5", "12345", "54321", true)]
    [InlineData("a ; TO-TAG = b ;From-Tag=c;x=y", "a", "b", "c", false)]
    public void Replaces_ThatIsRight_IsRead(string text, string callId, string toTag, string fromTag, bool earlyOnly)
    {
        Assert.True(ReplacesHeader.TryParse(Encoding.UTF8.GetBytes(text), out ReplacesHeader replaces));
        Assert.Equal(callId, Encoding.UTF8.GetString(replaces.CallId));
        Assert.Equal(toTag, Encoding.UTF8.GetString(replaces.ToTag));
        Assert.Equal(fromTag, Encoding.UTF8.GetString(replaces.FromTag));
        Assert.Equal(earlyOnly, replaces.IsEarlyOnly);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData(";to-tag=b;from-tag=c")]
    [InlineData("a;to-tag=b")]
    [InlineData("a;from-tag=c")]
    [InlineData("a;to-tag=;from-tag=c")]
    [InlineData("a;to-tag=b;to-tag=b;from-tag=c")]
    [InlineData("a;to-tag=b;from-tag=c;from-tag=d")]
    [InlineData("a;to-tag=\"b\";from-tag=c")]
    public void Replaces_ThatIsWrong_IsRefused(string text) => Assert.False(ReplacesHeader.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("INVITE", 1, SipFault.None)]
    [InlineData("INVITE", 2, SipFault.DuplicateHeader)]
    [InlineData("BYE", 1, SipFault.Replaces)]
    [InlineData("OPTIONS", 1, SipFault.Replaces)]
    public void Replaces_ElsewhereOrTwice_IsAFault(string method, int times, SipFault expected)
    {
        string replaces = string.Concat(Enumerable.Range(0, times).Select(static i => $"Replaces: call-{i}@a.example;to-tag=1;from-tag=2\r\n"));
        SipValidation validation = WireText.Parse($"{method} sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@a.example>;tag=1\r\nTo: <sip:b@b.example>\r\nCall-ID: c@a.example\r\nCSeq: 1 {method}\r\nContact: <sip:a@a.example>\r\n{replaces}Content-Length: 0\r\n\r\n").Validate();
        Assert.Equal((expected, expected == SipFault.None ? 0 : 400), (validation.Fault, validation.StatusCode));
    }
}
