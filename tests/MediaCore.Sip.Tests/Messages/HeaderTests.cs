using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class HeaderTests
{
    [Fact]
    public void EveryHeaderName_IsFoundInAnyCase()
    {
        foreach (SipHeaderName name in Enum.GetValues<SipHeaderName>())
        {
            string token = WireText.Text(SipHeaderNames.GetToken(name));
            Assert.Equal(name, SipHeaderNames.Parse(WireText.Bytes(token)));
            Assert.Equal(name, SipHeaderNames.Parse(WireText.Bytes(token.ToUpperInvariant())));
            Assert.Equal(name, SipHeaderNames.Parse(WireText.Bytes(token.ToLowerInvariant())));
            Assert.Equal(SipHeaderName.Unknown, SipHeaderNames.Parse(WireText.Bytes(token + "_")));
            Assert.Equal(SipHeaderName.Unknown, SipHeaderNames.Parse(WireText.Bytes(token.Length > 4 ? token[..^1] : "")));
        }
    }

    [Theory]
    [InlineData("v", SipHeaderName.Via)]
    [InlineData("F", SipHeaderName.From)]
    [InlineData("t", SipHeaderName.To)]
    [InlineData("I", SipHeaderName.CallId)]
    [InlineData("m", SipHeaderName.Contact)]
    [InlineData("l", SipHeaderName.ContentLength)]
    [InlineData("c", SipHeaderName.ContentType)]
    [InlineData("k", SipHeaderName.Supported)]
    [InlineData("s", SipHeaderName.Subject)]
    [InlineData("e", SipHeaderName.ContentEncoding)]
    [InlineData("o", SipHeaderName.Event)]
    [InlineData("u", SipHeaderName.AllowEvents)]
    [InlineData("r", SipHeaderName.ReferTo)]
    [InlineData("b", SipHeaderName.ReferredBy)]
    [InlineData("x", SipHeaderName.SessionExpires)]
    [InlineData("y", SipHeaderName.Identity)]
    [InlineData("z", SipHeaderName.Unknown)]
    [InlineData("\u00e4", SipHeaderName.Unknown)]
    public void CompactForm_IsTheSameHeader(string token, SipHeaderName name) => Assert.Equal(name, SipHeaderNames.Parse(WireText.Bytes(token)));

    [Fact]
    public void EveryMethod_IsFoundByItsTokenOnly()
    {
        foreach (SipMethod method in Enum.GetValues<SipMethod>())
        {
            string token = WireText.Text(SipMethods.GetToken(method));
            Assert.Equal(method, SipMethods.Parse(WireText.Bytes(token)));
            Assert.Equal(SipMethod.Unknown, SipMethods.Parse(WireText.Bytes(token.ToLowerInvariant())));
        }
    }

    [Theory]
    [InlineData("SIP/2.0/UDP h", SipTransport.Udp, "h", 0, "", false)]
    [InlineData("SIP/2.0/TLS h:5061;branch=z9hG4bK1", SipTransport.Tls, "h", 5061, "z9hG4bK1", true)]
    [InlineData("sip / 2.0 / wss h : 1 ; Branch = z9hG4bK", SipTransport.Wss, "h", 1, "z9hG4bK", false)]
    [InlineData("SIP/2.0/UDP [::1]:5060;branch=a;rport", SipTransport.Udp, "[::1]", 5060, "a", false)]
    public void Via_IsTakenApart(string text, SipTransport transport, string host, int port, string branch, bool magic)
    {
        Assert.True(ViaHeader.TryParse(WireText.Bytes(text), out ViaHeader via));
        Assert.Equal((transport, host, port, branch, magic), (via.TransportKind, WireText.Text(via.SentByHost), (int)via.Port, WireText.Text(via.Branch), via.HasMagicBranch));
    }

    [Fact]
    public void Via_ParametersOfResponseRouting_AreTyped()
    {
        Assert.True(ViaHeader.TryParse("SIP/2.0/UDP h;rport=5070;received=192.0.2.1;maddr=224.0.1.75;ttl=1"u8, out ViaHeader via));
        Assert.True(via.HasRport);
        Assert.Equal(5070, via.Rport);
        Assert.Equal("192.0.2.1", WireText.Text(via.Received));
        Assert.Equal("224.0.1.75", WireText.Text(via.Maddr));
        Assert.True(ViaHeader.TryParse("SIP/2.0/UDP h;rport"u8, out via));
        Assert.True(via.HasRport);
        Assert.Equal(0, via.Rport);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0/UDPh")]
    [InlineData("SIP/3.0/UDP h")]
    [InlineData("SIP/2.0/ h")]
    [InlineData("HTTP/2.0/UDP h")]
    [InlineData("SIP/2.0/UDP h:99999")]
    [InlineData("SIP/2.0/UDP h:")]
    [InlineData("SIP/2.0/UDP [::1")]
    [InlineData("SIP/2.0/UDP h;")]
    [InlineData("SIP/2.0/UDP h;;branch=x")]
    [InlineData("SIP/2.0/UDP h;branch=")]
    [InlineData("SIP/2.0/UDP h;branch")]
    [InlineData("SIP/2.0/UDP h;branch=a;branch=b")]
    [InlineData("SIP/2.0/UDP h;rport=70000")]
    [InlineData("SIP/2.0/UDP h;rport;rport=5")]
    [InlineData("SIP/2.0/UDP h;received=a;received=b")]
    [InlineData("SIP/2.0/UDP h;x=\"y")]
    [InlineData("SIP/2.0/UDP h i")]
    [InlineData("SIP/2.0/UDP h, SIP/2.0/UDP i")]
    public void FaultyVia_IsRefused(string text) => Assert.False(ViaHeader.TryParse(WireText.Bytes(text), out _));

    [Theory]
    [InlineData("sip:a@b", "", "sip:a@b", "", "")]
    [InlineData("sip:a@b;tag=1", "", "sip:a@b", ";tag=1", "1")]
    [InlineData("<sip:a@b;lr>;x;tag=1", "", "sip:a@b;lr", ";x;tag=1", "1")]
    [InlineData("\"A, <B>\" <sip:a@b>", "\"A, <B>\"", "sip:a@b", "", "")]
    [InlineData("Foo    Foo Bar\tBaz<SIP:%61liCE@versaTICA.Com:6060>;QWE=QWE;ASd", "Foo    Foo Bar\tBaz", "SIP:%61liCE@versaTICA.Com:6060", ";QWE=QWE;ASd", "")]
    [InlineData("Jos\u00c3\u00a9 <sip:a@b>", "Jos\u00c3\u00a9", "sip:a@b", "", "")]
    [InlineData("<sip:a@b?Route=x>;q=\"1\\\"2\";TAG=9", "", "sip:a@b?Route=x", ";q=\"1\\\"2\";TAG=9", "9")]
    public void NameAddress_IsTakenApart(string text, string name, string uri, string parameters, string tag)
    {
        Assert.True(NameAddress.TryParse(WireText.Bytes(text), out NameAddress address));
        Assert.Equal(
            (name, uri, parameters, tag),
            (WireText.Text(address.DisplayName), WireText.Text(address.Uri), WireText.Text(address.Parameters), WireText.Text(address.Tag)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("\"A <sip:a@b>")]
    [InlineData("\"A\" sip:a@b")]
    [InlineData("A, B <sip:a@b>")]
    [InlineData("< sip:a@b >")]
    [InlineData("<sip:a@b")]
    [InlineData("<>")]
    [InlineData("<sip:>")]
    [InlineData("sip:a@b?x=y")]
    [InlineData("<sip:a@b>;tag=1;tag=2")]
    [InlineData("<sip:a@b>;tag=")]
    [InlineData("<sip:a@b>;tag=\"x\"")]
    [InlineData("<sip:a@b> x")]
    [InlineData("<sip:a@b>;;")]
    [InlineData("<sip:a@b>, <sip:c@d>")]
    public void FaultyNameAddress_IsRefused(string text) => Assert.False(NameAddress.TryParse(WireText.Bytes(text), out _));

    [Fact]
    public void Wildcard_IsKnown()
    {
        Assert.True(NameAddress.TryParse("*"u8, out NameAddress address));
        Assert.True(address.IsWildcard);
    }

    [Theory]
    [InlineData("4294967295 INVITE", true)]
    [InlineData("4294967296 INVITE", false)]
    [InlineData("1INVITE", false)]
    [InlineData("INVITE", false)]
    [InlineData("1", false)]
    [InlineData("-1 INVITE", false)]
    [InlineData("1 INVITE x", false)]
    [InlineData("0009\r\n  INVITE", true)]
    public void CSeq_IsANumberAndAToken(string text, bool valid) => Assert.Equal(valid, CSeqHeader.TryParse(WireText.Bytes(text), out _));

    [Fact]
    public void AuthParameters_AreWalkedWithQuotes()
    {
        AuthParameterEnumerator pairs = new("Digest username=\"a, \\\"b\\\"\", realm = \"r\",\r\n algorithm=MD5 , qop=auth,nc=00000001"u8);
        Assert.Equal("Digest", WireText.Text(pairs.Scheme));
        List<string> found = [];
        while (pairs.MoveNext())
        {
            found.Add($"{WireText.Text(pairs.Name)}|{WireText.Text(pairs.Value)}|{pairs.IsQuoted}");
        }

        Assert.Equal(["username|a, \\\"b\\\"|True", "realm|r|True", "algorithm|MD5|False", "qop|auth|False", "nc|00000001|False"], found);
        Assert.False(pairs.IsMalformed);
    }

    [Theory]
    [InlineData("Digest realm=\"r")]
    [InlineData("Digest realm")]
    [InlineData("Digest realm=")]
    [InlineData("Digest realm=\"r\" x=1")]
    [InlineData("Digest realm=\"r\",")]
    [InlineData("Digest ,realm=\"r\"")]
    [InlineData("")]
    public void FaultyAuthParameters_AreSaidToBe(string text)
    {
        AuthParameterEnumerator pairs = new(WireText.Bytes(text));
        while (pairs.MoveNext())
        {
            Assert.False(pairs.Name.IsEmpty);
        }

        Assert.True(pairs.IsMalformed);
    }

    [Theory]
    [InlineData("Sat, 13 Nov 2010 23:29:00 GMT", true)]
    [InlineData("Sat, 13 Nov 2010 23:29:00 UTC", false)]
    [InlineData("Sat, 32 Nov 2010 23:29:00 GMT", false)]
    [InlineData("Sat, 13 Nov 2010 24:29:00 GMT", false)]
    [InlineData("13 Nov 2010 23:29:00 GMT", false)]
    [InlineData("", false)]
    public void Date_IsAlwaysGmt(string text, bool valid) => Assert.Equal(valid, SipDate.IsValid(WireText.Bytes(text)));
}
