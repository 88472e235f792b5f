using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class SipPeerUriTests
{
    [Theory]
    [InlineData("sips:carrier.example")]
    [InlineData("SIPS:carrier.example:5061;transport=tcp")]
    public void SecureScheme_IsRefused_WithWhatToWriteInstead(string uri)
    {
        Assert.False(SipPeerUri.TryParse(uri, out _, out _, out string? error));
        Assert.Contains("write sip:HOST;transport=tls", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:192.0.2.1", "192.0.2.1", 5060, SipTransportKind.Udp, null, true)]
    [InlineData("sip:192.0.2.1:5090;transport=udp", "192.0.2.1", 5090, SipTransportKind.Udp, null, true)]
    [InlineData("SIP:alice@192.0.2.1;transport=TCP", "192.0.2.1", 5060, SipTransportKind.Tcp, "alice", true)]
    [InlineData("sip:[2001:db8::1]:5070", "[2001:db8::1]", 5070, SipTransportKind.Udp, null, true)]
    [InlineData("sip:[2001:db8::1]", "[2001:db8::1]", 5060, SipTransportKind.Udp, null, true)]
    [InlineData("sip:+12025550100@sbc-1.example.com:5062", "sbc-1.example.com", 5062, SipTransportKind.Udp, "+12025550100", false)]
    [InlineData("sip:sbc.example.com;transport=tls", "sbc.example.com", 5061, SipTransportKind.Tls, null, false)]
    [InlineData("sip:sbc.example.com:5071;transport=TLS", "sbc.example.com", 5071, SipTransportKind.Tls, null, false)]
    [InlineData("sip:localhost", "localhost", 5060, SipTransportKind.Udp, null, false)]
    public void Uri_OfAPeer_IsRead(string uri, string host, int port, SipTransportKind transport, string? user, bool literal)
    {
        Assert.True(SipPeerUri.TryParse(uri, out SipPeer? peer, out string? readUser, out _));
        Assert.Equal((host, port, transport, user), (peer.Host, peer.Port, peer.Transport, readUser));
        Assert.Equal(literal, peer.Endpoint.HasAddress);
    }

    [Theory]
    [InlineData("sip:sbc.example.com", false, false)]
    [InlineData("sip:sbc.example.com:5060", true, false)]
    [InlineData("sip:sbc.example.com;transport=tcp", false, true)]
    public void PortAndTransport_AreOnlyFixedWhereTheyAreWritten(string uri, bool port, bool transport)
    {
        Assert.True(SipPeerUri.TryParse(uri, out SipPeer? peer, out _, out _));
        Assert.Equal((port, transport), (peer.IsPortGiven, peer.IsTransportGiven));
        Assert.True(SipPeerUri.TryParse(uri.Replace("sbc", "SBC", StringComparison.Ordinal), out SipPeer? same, out _, out _));
        Assert.True(peer.IsSameHop(same));
        Assert.Equal(port, peer.IsSameHop(new SipPeer(peer.Host, 5060, peer.Transport) { IsTransportGiven = transport }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.1")]
    [InlineData("sips:192.0.2.1")]
    [InlineData("tel:+12025550100")]
    [InlineData("sip:")]
    [InlineData("sip:@192.0.2.1")]
    [InlineData("sip:a:secret@192.0.2.1")]
    [InlineData("sip:a@b@192.0.2.1")]
    [InlineData("sip:192.0.2.1:0")]
    [InlineData("sip:192.0.2.1:65536")]
    [InlineData("sip:192.0.2.1:")]
    [InlineData("sip:192.0.2.256")]
    [InlineData("sip:192.0.2")]
    [InlineData("sip:0.0.0.0")]
    [InlineData("sip:255.255.255.255")]
    [InlineData("sip:[::]")]
    [InlineData("sip:2001:db8::1")]
    [InlineData("sip:192.0.2.1;transport=ws")]
    [InlineData("sip:192.0.2.1;lr")]
    [InlineData("sip:192.0.2.1?Route=x")]
    [InlineData("sip:-bad.example.com")]
    [InlineData("sip:bad..example.com")]
    [InlineData("sip:exa mple.com")]
    [InlineData("sip:example.com\r\nVia: x")]
    [InlineData("sip:exämple.com")]
    public void Uri_ThatIsNoPeer_SaysWhy(string uri)
    {
        Assert.False(SipPeerUri.TryParse(uri, out _, out _, out string? error));
        Assert.NotEmpty(error);
    }
}
