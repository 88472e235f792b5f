using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class SipUriTests
{
    [Theory]
    [InlineData("sip:alice@atlanta.com", SipUriScheme.Sip, "alice", "atlanta.com", 0, "", "")]
    [InlineData("sips:1212@gateway.com:5061", SipUriScheme.Sips, "1212", "gateway.com", 5061, "", "")]
    [InlineData("sip:+1-212-555-1212:1234@gateway.com;user=phone", SipUriScheme.Sip, "+1-212-555-1212", "gateway.com", 0, ";user=phone", "")]
    [InlineData("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", SipUriScheme.Sip, "", "atlanta.com", 0, ";method=REGISTER", "to=alice%40atlanta.com")]
    [InlineData("sip:alice;day=tuesday@atlanta.com", SipUriScheme.Sip, "alice;day=tuesday", "atlanta.com", 0, "", "")]
    [InlineData("sip:u@[2001:db8::1]:5060;lr", SipUriScheme.Sip, "u", "[2001:db8::1]", 5060, ";lr", "")]
    [InlineData("sip:*21#@pbx", SipUriScheme.Sip, "*21#", "pbx", 0, "", "")]
    [InlineData("SIP:%61liCE@versaTICA.Com:6060;TRansport=TCp;Foo=ABc;baz?X-Header-1=AaA1&X-Header-2=BbB&x-header-1=AAA2", SipUriScheme.Sip, "%61liCE", "versaTICA.Com", 6060, ";TRansport=TCp;Foo=ABc;baz", "X-Header-1=AaA1&X-Header-2=BbB&x-header-1=AAA2")]
    [InlineData("tel:+1-201-555-0123", SipUriScheme.Tel, "+1-201-555-0123", "", 0, "", "")]
    [InlineData("tel:7042;phone-context=example.com", SipUriScheme.Tel, "7042", "", 0, ";phone-context=example.com", "")]
    [InlineData("isbn:2983792873", SipUriScheme.Unknown, "", "", 0, "", "")]
    [InlineData("urn:service:sos", SipUriScheme.Unknown, "", "", 0, "", "")]
    public void WellFormedUri_IsTakenApart(string text, SipUriScheme scheme, string user, string host, int port, string parameters, string headers)
    {
        Assert.True(SipUri.TryParse(WireText.Bytes(text), out SipUri uri));
        Assert.Equal(
            (scheme, user, host, port, parameters, headers),
            (uri.Scheme, WireText.Text(uri.User), WireText.Text(uri.Host), (int)uri.Port, WireText.Text(uri.Parameters), WireText.Text(uri.Headers)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData(":alice@b")]
    [InlineData("1sip:a@b")]
    [InlineData("sip:@b")]
    [InlineData("sip:a@")]
    [InlineData("sip:a@b@c")]
    [InlineData("sip:a@b:")]
    [InlineData("sip:a@b:0")]
    [InlineData("sip:a@b:65536")]
    [InlineData("sip:a@b:99999999999999999999")]
    [InlineData("sip:a@b:5060x")]
    [InlineData("sip:a@b;")]
    [InlineData("sip:a@b;;lr")]
    [InlineData("sip:a@b;=x")]
    [InlineData("sip:a@b?")]
    [InlineData("sip:a@b?x=1&")]
    [InlineData("sip:a%@b")]
    [InlineData("sip:a%4@b")]
    [InlineData("sip:a%zz@b")]
    [InlineData("sip:a b@c")]
    [InlineData("sip:a\u0000@c")]
    [InlineData("sip:a\r\n@c")]
    [InlineData("sip:\u00e4@c")]
    [InlineData("sip:<a@c>")]
    [InlineData("sip:2001:db8::10")]
    [InlineData("sip:[2001:db8::10")]
    [InlineData("sip:[2001:db8:::1]")]
    [InlineData("sip:[]")]
    [InlineData("tel:")]
    [InlineData("tel:+")]
    [InlineData("tel:+1a")]
    [InlineData("http:a b")]
    public void FaultyUri_IsRefused(string text) => Assert.False(SipUri.TryParse(WireText.Bytes(text), out _));

    /// <summary>RFC 3261 §19.1.4, its own examples and the rules around them.</summary>
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false)]
    [InlineData("sip:a@b", "sips:a@b", false)]
    [InlineData("sip:a%3bb@c", "sip:a;b@c", false)]
    [InlineData("sip:a@b;user=phone", "sip:a@b", false)]
    [InlineData("sip:a@b;maddr=1.2.3.4", "sip:a@b", false)]
    [InlineData("sip:a:x@b", "sip:a@b", false)]
    [InlineData("sip:a@b?x=1&x=1", "sip:a@b?x=1&x=2", false)]
    [InlineData("tel:+1-201-555-0123", "tel:+12015550123", true)]
    [InlineData("tel:+12015550123", "tel:+12015550124", false)]
    [InlineData("tel:7042;phone-context=a.com", "tel:7042", false)]
    [InlineData("isbn:1", "isbn:1", true)]
    [InlineData("isbn:1", "ISBN:1", false)]
    public void Equality_FollowsTheRules(string a, string b, bool equal)
    {
        Assert.Equal(equal, SipUri.AreEqual(WireText.Bytes(a), WireText.Bytes(b)));
        Assert.Equal(equal, SipUri.AreEqual(WireText.Bytes(b), WireText.Bytes(a)));
    }

    [Fact]
    public void Equality_OfVeryManyParameters_IsBounded()
    {
        byte[] a = WireText.Bytes("sip:a@b" + string.Concat(Enumerable.Range(0, 8_000).Select(i => $";p{i}")));
        byte[] b = WireText.Bytes("sip:A@b" + string.Concat(Enumerable.Range(0, 8_000).Select(i => $";p{i}")));
        Assert.True(SipUri.AreEqual(a, a));
        Assert.False(SipUri.AreEqual(a, b));
    }

    [Fact]
    public void TransportParameter_IsTyped()
    {
        Assert.True(SipUri.TryParse("sip:a@b;lr;Transport=WSS"u8, out SipUri uri));
        Assert.Equal(SipTransport.Wss, uri.TransportParameter);
        Assert.True(uri.TryGetParameter("LR"u8, out ReadOnlySpan<byte> lr));
        Assert.True(lr.IsEmpty);
    }

    [Fact]
    public void UnescapeUser_IntoTooSmallASpan_SaysSo()
    {
        Assert.True(SipUri.TryParse("sip:abc@b"u8, out SipUri uri));
        Assert.Equal(-1, uri.UnescapeUser(new byte[2]));
    }
}
