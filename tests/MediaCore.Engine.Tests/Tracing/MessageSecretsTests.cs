using System.Text;
using MediaCore.Engine.Tracing;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tests.Tracing;

public class MessageSecretsTests
{
    [Theory]
    [InlineData(SipMethod.Invite, "Proxy-Authorization: Digest username=\"bob\", response=\"f00d\"\r\n", "", "f00d")]
    [InlineData(SipMethod.Invite, "AUTHORIZATION : Basic c2VjcmV0\r\n ZG9sZGVk\r\n", "", "ZG9sZGVk")]
    [InlineData(SipMethod.Invite, "", "v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0S2V5\r\na=sendrecv\r\n", "c2VjcmV0S2V5")]
    [InlineData(SipMethod.Invite, "", "v=0\r\na=ice-pwd:hush\r\na=sendrecv\r\n", "hush")]
    [InlineData(SipMethod.Info, "", "Signal=5\r\nDuration=160\r\n", "Signal=5")]
    [InlineData(SipMethod.Message, "", "meet me", "meet")]
    public void Secret_IsOverwritten_AndTheLengthStays(SipMethod method, string header, string body, string secret)
    {
        byte[] message = Encoding.ASCII.GetBytes($"X sip:a SIP/2.0\r\nVia: SIP/2.0/UDP host\r\n{header}Call-ID: kept\r\n\r\n{body}");
        int length = message.Length;
        MessageSecrets.Hide(message, body.Length, method);
        string text = Encoding.ASCII.GetString(message);
        Assert.Equal(length, text.Length);
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Contains("Via: SIP/2.0/UDP host\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Call-ID: kept\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Description_WithoutSecrets_StaysAsItIs()
    {
        byte[] message = Encoding.ASCII.GetBytes("INVITE sip:a SIP/2.0\r\nWWW-Authenticate: Digest nonce=\"1\"\r\n\r\nv=0\r\nm=audio 4000 RTP/AVP 0\r\n");
        byte[] before = [.. message];
        MessageSecrets.Hide(message, "v=0\r\nm=audio 4000 RTP/AVP 0\r\n".Length, SipMethod.Invite);
        Assert.Equal(before, message);
    }
}
