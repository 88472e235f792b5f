using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

/// <summary>RFC 5118: IPv6 in SIP; docs/conformance/rfc5118.md has the same table.</summary>
public class Rfc5118Tests
{
    [Theory]
    [InlineData("ipv6-bad", ParseStatus.Complete, SipParseError.None, SipFault.RequestUri, 400)]
    [InlineData("ipv6-bug-abnf-3-colons", ParseStatus.Complete, SipParseError.None, SipFault.To, 400)]
    [InlineData("ipv6-good", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("ipv6-in-sdp", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("port-unambiguous", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("via-received-param-with-delim", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    public void TortureMessage_YieldsItsOutcome(string name, ParseStatus status, SipParseError error, SipFault fault, int statusCode)
    {
        SipMessage message = WireText.Parse(Rfc5118Messages.All[name]);
        SipValidation validation = message.Validate();
        Assert.Equal((status, error, fault, statusCode), (message.Status, message.Error, validation.Fault, validation.StatusCode));
    }

    [Fact]
    public void TortureTable_CoversEveryMessage()
    {
        int rows = typeof(Rfc5118Tests).GetMethod(nameof(TortureMessage_YieldsItsOutcome))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Length;
        Assert.Equal(Rfc5118Messages.All.Count, rows);
    }

    [Fact]
    public void Ipv6Good_HostsKeepTheirBrackets()
    {
        SipMessage message = WireText.Parse(Rfc5118Messages.All["ipv6-good"]);
        Assert.True(SipUri.TryParse(message.RequestUri, out SipUri uri));
        Assert.Equal(("[2001:db8::10]", 0), (WireText.Text(uri.Host), (int)uri.Port));
        Assert.True(message.TryGetTopVia(out ViaHeader via));
        Assert.Equal("[2001:db8::9:1]", WireText.Text(via.SentByHost));
    }

    [Fact]
    public void PortUnambiguous_PortStandsOutsideTheBrackets()
    {
        Assert.True(SipUri.TryParse(WireText.Parse(Rfc5118Messages.All["port-unambiguous"]).RequestUri, out SipUri uri));
        Assert.Equal(("[2001:db8::10]", 5070), (WireText.Text(uri.Host), (int)uri.Port));
    }

    [Fact]
    public void ViaReceived_WithBrackets_IsAccepted()
    {
        Assert.True(WireText.Parse(Rfc5118Messages.All["via-received-param-with-delim"]).TryGetTopVia(out ViaHeader via));
        Assert.Equal("[2001:db8::9:255]", WireText.Text(via.Received));
    }

    [Fact]
    public void IPv6Hosts_AreEqualAsAddresses() =>
        Assert.True(SipUri.AreEqual("sip:u@[2001:db8::10]:5070"u8, "sip:u@[2001:0DB8:0:0:0:0:0:10]:5070"u8));
}
