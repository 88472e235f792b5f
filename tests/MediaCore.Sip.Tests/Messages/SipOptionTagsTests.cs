using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class SipOptionTagsTests
{
    [Fact]
    public void EveryExtension_HasOneTag_ThatIsReadBack()
    {
        foreach (SipExtensions extension in Enum.GetValues<SipExtensions>())
        {
            ReadOnlySpan<byte> token = SipOptionTags.GetToken(extension);
            Assert.Equal(extension == SipExtensions.None, token.IsEmpty);
            Assert.Equal(extension, SipOptionTags.Parse(token));
        }
    }

    [Theory]
    [InlineData("Supported: 100rel, timer\r\n", SipExtensions.ReliableProvisionals | SipExtensions.SessionTimer, false)]
    [InlineData("k: REPLACES,,Timer\r\nSupported: norefersub\r\n", SipExtensions.Replaces | SipExtensions.SessionTimer | SipExtensions.NoReferSubscription, false)]
    [InlineData("Supported: 100rel, nothingYouKnow\r\n", SipExtensions.ReliableProvisionals, true)]
    [InlineData("Supported:\r\n", SipExtensions.None, false)]
    [InlineData("", SipExtensions.None, false)]
    public void List_IsRead(string headers, SipExtensions expected, bool hasUnknown)
    {
        SipMessage message = Parse(headers);
        Assert.Equal(expected, SipOptionTags.Read(message, SipHeaderName.Supported));
        Assert.Equal(hasUnknown, SipOptionTags.HasUnknown(message, SipHeaderName.Supported, expected));
    }

    [Fact]
    public void List_ThatIsTooLong_IsReadInPart_AndIsUnknownAsAWhole()
    {
        SipMessage message = Parse($"Require: {string.Join(',', Enumerable.Repeat("timer", SipOptionTags.MaxTags))},100rel\r\n");
        Assert.Equal(SipExtensions.SessionTimer, SipOptionTags.Read(message, SipHeaderName.Require));
        Assert.True(SipOptionTags.HasUnknown(message, SipHeaderName.Require, SipExtensions.SessionTimer | SipExtensions.ReliableProvisionals));
    }

    [Theory]
    [InlineData(SipExtensions.None, "")]
    [InlineData(SipExtensions.SessionTimer, "Supported: timer\r\n")]
    [InlineData(SipExtensions.SessionTimer | SipExtensions.ReliableProvisionals | SipExtensions.FromChange, "Supported: 100rel, timer, from-change\r\n")]
    public void Set_IsWrittenAsOneHeader(SipExtensions extensions, string expected)
    {
        var writer = new SipWriter(new byte[200]);
        SipOptionTags.Write(ref writer, SipHeaderName.Supported, extensions);
        Assert.Equal(expected, Encoding.ASCII.GetString(writer.Written));
    }

    private static SipMessage Parse(string headers)
    {
        byte[] bytes = Encoding.ASCII.GetBytes($"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n{headers}Content-Length: 0\r\n\r\n");
        var message = new SipMessage();
        Assert.Equal(ParseStatus.Complete, message.Parse(bytes, 0, bytes.Length));
        return message;
    }
}
