using MediaCore.Transport.Dns;

namespace MediaCore.Transport.Tests.Dns;

/// <summary>Every branch of RFC 3263 §4.1 to §4.3, by what is asked and where the request goes.</summary>
public sealed class SipServerLocatorTests
{
    private readonly Zone _zone = new Zone()
        .Naptr("full.example", new NaptrRecord(50, 50, "s", "SIPS+D2T", "_sips._tcp.full.example"), new NaptrRecord(90, 50, "s", "SIP+D2T", "_sip._tcp.full.example"), new NaptrRecord(100, 50, "s", "SIP+D2U", "_sip._udp.full.example"))
        .Naptr("plain.example", new NaptrRecord(100, 20, "s", "SIP+D2U", "_sip._udp.plain.example"), new NaptrRecord(100, 10, "S", "sip+d2t", "_sip._tcp.plain.example"), new NaptrRecord(10, 1, "u", "E2U+sip", ""), new NaptrRecord(10, 1, "s", "SIP+D2S", "_sip._sctp.plain.example"))
        .Naptr("lame.example", new NaptrRecord(10, 1, "s", "SIP+D2U", "_sip._udp.gone.example"))
        .Srv("_sips._tcp.full.example", new SrvRecord(0, 0, 5071, "a.example"))
        .Srv("_sip._tcp.full.example", new SrvRecord(0, 0, 5070, "a.example"))
        .Srv("_sip._udp.full.example", new SrvRecord(0, 0, 5070, "b.example"))
        .Srv("_sip._udp.plain.example", new SrvRecord(10, 0, 5080, "a.example"), new SrvRecord(20, 0, 5081, "b.example"))
        .Srv("_sip._tcp.plain.example", new SrvRecord(0, 0, 5090, "six.example"))
        .Srv("_sip._tcp.tcponly.example", new SrvRecord(0, 0, 5060, "a.example"))
        .Srv("_sip._udp.closed.example", new SrvRecord(0, 0, 0, ""))
        .Srv("_sip._udp.literal.example", new SrvRecord(0, 0, 5066, "192.0.2.66"))
        .A("full.example", "192.0.2.10").A("bare.example", "192.0.2.20", "192.0.2.21").A("lame.example", "192.0.2.30").A("closed.example", "192.0.2.40")
        .A("tcponly.example", "192.0.2.50").A("a.example", "192.0.2.1").A("b.example", "192.0.2.2", "192.0.2.3")
        .A("bad.example", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.60")
        .Aaaa("b.example", "2001:db8::2").Aaaa("six.example", "2001:db8::6");

    [Theory]
    // Literals, §4.1 and §4.2: nothing is asked.
    [InlineData("192.0.2.9", 0, null, false, "udp 192.0.2.9:5060")]
    [InlineData("192.0.2.9", 5070, null, false, "udp 192.0.2.9:5070")]
    [InlineData("192.0.2.9", 0, SipService.Tcp, false, "tcp 192.0.2.9:5060")]
    [InlineData("192.0.2.9", 0, SipService.Tls, false, "tls 192.0.2.9:5061")]
    [InlineData("192.0.2.9", 0, null, true, "tls 192.0.2.9:5061")]
    [InlineData("192.0.2.9", 0, SipService.Tcp, true, "tls 192.0.2.9:5061")]
    [InlineData("192.0.2.9", 0, SipService.Udp, true, "")]
    [InlineData("[2001:db8::9]", 0, null, false, "udp [2001:db8::9]:5060")]
    [InlineData("2001:db8::9", 5080, null, false, "udp [2001:db8::9]:5080")]
    // A port: no NAPTR, no SRV; the default transport.
    [InlineData("full.example", 5099, null, false, "udp 192.0.2.10:5099")]
    [InlineData("full.example", 5099, SipService.Tcp, false, "tcp 192.0.2.10:5099")]
    [InlineData("full.example", 5099, null, true, "tls 192.0.2.10:5099")]
    // A transport: SRV of that transport, without it the host's own address.
    [InlineData("full.example", 0, SipService.Udp, false, "udp 192.0.2.2:5070,udp 192.0.2.3:5070,udp [2001:db8::2]:5070")]
    [InlineData("full.example", 0, SipService.Tls, false, "tls 192.0.2.1:5071")]
    [InlineData("bare.example", 0, SipService.Tcp, false, "tcp 192.0.2.20:5060,tcp 192.0.2.21:5060")]
    [InlineData("bare.example", 0, SipService.Tls, false, "tls 192.0.2.20:5061,tls 192.0.2.21:5061")]
    // Neither: NAPTR of the lowest order that names a service of ours; by preference within it.
    [InlineData("full.example", 0, null, false, "tls 192.0.2.1:5071")]
    [InlineData("full.example", 0, null, true, "tls 192.0.2.1:5071")]
    [InlineData("plain.example", 0, null, false, "tcp [2001:db8::6]:5090,udp 192.0.2.1:5080,udp 192.0.2.2:5081,udp 192.0.2.3:5081,udp [2001:db8::2]:5081")]
    // sips: NAPTR of others does not count; there is no _sips._tcp and no address at all.
    [InlineData("plain.example", 0, null, true, "")]
    // NAPTR that leads nowhere falls through to SRV and the host.
    [InlineData("lame.example", 0, null, false, "udp 192.0.2.30:5060")]
    // No NAPTR: the first transport with SRV.
    [InlineData("tcponly.example", 0, null, false, "tcp 192.0.2.50:5060", true)]
    [InlineData("bare.example", 0, null, false, "udp 192.0.2.20:5060,udp 192.0.2.21:5060")]
    [InlineData("bare.example", 0, null, true, "tls 192.0.2.20:5061,tls 192.0.2.21:5061")]
    // RFC 2782: "." says no, and then the host's address is not tried.
    [InlineData("closed.example", 0, null, false, "")]
    [InlineData("literal.example", 0, SipService.Udp, false, "udp 192.0.2.66:5066")]
    // Addresses that are none of a server's.
    [InlineData("bad.example", 5060, null, false, "udp 192.0.2.60:5060")]
    [InlineData("BARE.Example.", 5060, null, false, "udp 192.0.2.20:5060,udp 192.0.2.21:5060")]
    [InlineData("nowhere.example", 0, null, false, "")]
    [InlineData("", 0, null, false, "")]
    public void Target_IsLocated(string host, int port, SipService? service, bool secure, string expected, bool srvTarget = false)
    {
        SipLocation location = Locate(SipServerLocator.Default, new SipTarget(host, (ushort)port, service, secure));
        string text = string.Join(',', location.Addresses.Select(static a => $"{a.Service.ToString().ToLowerInvariant()} {a.Address}"));
        Assert.Equal(srvTarget ? "tcp 192.0.2.1:5060" : expected, text);
        Assert.False(location.IsUncertain);
    }

    [Theory]
    [InlineData("192.0.2.9", 0, "")]
    [InlineData("bare.example", 5060, "A bare.example,Aaaa bare.example")]
    [InlineData("full.example", 0, "Naptr full.example,Srv _sips._tcp.full.example,A a.example,Aaaa a.example")]
    [InlineData("bare.example", 0, "Naptr bare.example,Srv _sip._udp.bare.example,Srv _sip._tcp.bare.example,A bare.example,Aaaa bare.example")]
    public void Questions_AreThoseOfTheRfcAndNoMore(string host, int port, string expected)
    {
        Locate(SipServerLocator.Default, new SipTarget(host, (ushort)port));
        Assert.Equal(expected, string.Join(',', _zone.Asked.Select(static q => $"{q.Type} {q.Name}")));
    }

    [Fact]
    public void FamiliesAndTransportsWithoutAListener_AreLeftOut()
    {
        var locator = new SipServerLocator([DnsRecordType.Aaaa, DnsRecordType.A], [SipService.Udp]);
        Assert.Equal(["udp [2001:db8::2]:5081"], Texts(Locate(locator, new SipTarget("plain.example")))[1..2]);
        Assert.Empty(Locate(locator, new SipTarget("full.example", 0, SipService.Tls)).Addresses);
        Assert.Empty(Locate(locator, new SipTarget("192.0.2.1", IsSecure: true)).Addresses);
        var ipv6 = new SipServerLocator([DnsRecordType.Aaaa], [SipService.Udp, SipService.Tcp]);
        Assert.Equal(["udp [2001:db8::2]:5070"], Texts(Locate(ipv6, new SipTarget("full.example", 0, SipService.Udp))));
        Assert.Empty(Locate(ipv6, new SipTarget("192.0.2.1")).Addresses);
    }

    [Fact]
    public void FailedAnswers_AreNamed_AndTheRestIsTried()
    {
        SipLocation location = Locate(SipServerLocator.Default, new SipTarget("fail.example"));
        Assert.True(location.IsUncertain);
        Assert.Empty(location.Addresses);
        Assert.Equal(DnsLimits.FailureTimeToLive, location.TimeToLive);
        Assert.Contains(_zone.Asked, static q => q is { Name: "fail.example", Type: DnsRecordType.A });
    }

    [Fact]
    public void MoreThanEightServers_AllCome_UpToTheBounds()
    {
        _zone.Srv("_sip._udp.many.example", [.. Enumerable.Range(0, 100).Select(static i => new SrvRecord((ushort)i, 0, 5060, $"s{i}.example"))]);
        for (int i = 0; i < 100; i++)
        {
            _zone.A($"s{i}.example", $"198.51.100.{i + 1}");
        }

        SipLocation location = Locate(SipServerLocator.Default, new SipTarget("many.example", 0, SipService.Udp));
        Assert.Equal(DnsLimits.MaxAddresses, location.Addresses.Length);
        Assert.Equal(Enumerable.Range(1, 64).Select(static i => $"udp 198.51.100.{i}:5060"), Texts(location));
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("::1", true)]
    [InlineData("1", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("127.1", false)]
    [InlineData("a.example", false)]
    public void Literals_AreOnlyWholeAddresses(string host, bool isLiteral) => Assert.Equal(isLiteral, SipServerLocator.TryParseLiteral(host, out _));

    private static string[] Texts(SipLocation location) => [.. location.Addresses.Select(static a => $"{a.Service.ToString().ToLowerInvariant()} {a.Address}")];

    private SipLocation Locate(SipServerLocator locator, SipTarget target)
    {
        _zone.Asked.Clear();
        Dictionary<DnsQuestion, DnsAnswer> known = [];
        for (int round = 0; round <= DnsLimits.MaxRounds; round++)
        {
            SipLocation location = locator.Locate(target, known.GetValueOrDefault, static _ => 0);
            if (location.Missing.IsEmpty)
            {
                return location;
            }

            foreach (DnsQuestion question in location.Missing)
            {
                Assert.False(known.ContainsKey(question));
                known[question] = _zone.Answer(question);
            }
        }

        throw new InvalidOperationException("It goes on asking.");
    }
}
