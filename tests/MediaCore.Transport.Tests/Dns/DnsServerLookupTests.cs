using System.Net;
using MediaCore.Transport.Dns;

namespace MediaCore.Transport.Tests.Dns;

/// <summary>The wire, against a name server of this process.</summary>
public sealed class DnsServerLookupTests
{
    private const ushort A = 1;
    private const ushort Aaaa = 28;
    private const ushort Srv = 33;
    private const ushort Naptr = 35;

    [Fact]
    public async Task Records_OfAllTypes_AreRead()
    {
        await using StubNameServer server = new StubNameServer()
            .Add("carrier.example", Naptr, StubNameServer.Naptr(10, 20, "s", "SIP+D2U", "_sip._udp.carrier.example"))
            .Add("_sip._udp.carrier.example", Srv, StubNameServer.Srv(1, 2, 5071, "sbc.carrier.example"), StubNameServer.Srv(3, 0, 5060, "."))
            .Add("sbc.carrier.example", A, [192, 0, 2, 7], [192, 0, 2, 8])
            .Add("sbc.carrier.example", Aaaa, IPAddress.Parse("2001:db8::7").GetAddressBytes());
        DnsServerLookup lookup = Lookup(server);

        DnsAnswer naptr = await Ask(lookup, "carrier.example", DnsRecordType.Naptr);
        Assert.Equal([new NaptrRecord(10, 20, "s", "SIP+D2U", "_sip._udp.carrier.example")], naptr.Services.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(300), naptr.TimeToLive);
        DnsAnswer srv = await Ask(lookup, "_sip._udp.carrier.example", DnsRecordType.Srv);
        Assert.Equal([new SrvRecord(1, 2, 5071, "sbc.carrier.example"), new SrvRecord(3, 0, 5060, "")], srv.Servers.ToArray());

        SipLocation location = await new SipNameResolver(lookup).ResolveAsync(new SipTarget("carrier.example"));
        Assert.Equal(["192.0.2.7:5071", "192.0.2.8:5071", "[2001:db8::7]:5071"], location.Addresses.Select(static a => a.Address.ToString()));
        Assert.False(location.IsUncertain);
    }

    [Fact]
    public async Task NoSuchName_IsNothing_ForAsLongAsTheZoneSays()
    {
        await using var server = new StubNameServer();
        DnsAnswer answer = await Ask(Lookup(server), "gone.example", DnsRecordType.A);
        Assert.Equal(DnsAnswerStatus.Nothing, answer.Status);
        Assert.Equal(TimeSpan.FromSeconds(77), answer.TimeToLive);
    }

    [Fact]
    public async Task SilentServer_IsPassedOverAfterItsTime()
    {
        await using var silent = new StubNameServer { IsSilent = true };
        await using StubNameServer good = new StubNameServer().Add("sbc.example", A, [192, 0, 2, 7]);
        DnsAnswer answer = await Ask(Lookup(silent, good), "sbc.example", DnsRecordType.A);
        Assert.Equal([IPAddress.Parse("192.0.2.7")], answer.Addresses.ToArray());
        Assert.Equal(1, silent.Asked);
        Assert.Equal(1, good.Asked);
    }

    [Fact]
    public async Task FailingServer_IsPassedOver_AndAloneIsAFailure()
    {
        await using var failing = new StubNameServer { ErrorCode = 2 };
        await using StubNameServer good = new StubNameServer().Add("sbc.example", A, [192, 0, 2, 7]);
        Assert.Equal(DnsAnswerStatus.Found, (await Ask(Lookup(failing, good), "sbc.example", DnsRecordType.A)).Status);
        Assert.Equal(DnsAnswerStatus.Failed, (await Ask(Lookup(failing), "sbc.example", DnsRecordType.A)).Status);
    }

    [Fact]
    public async Task AllServersSilent_IsAFailureAndNoException()
    {
        await using var silent = new StubNameServer { IsSilent = true };
        Assert.Equal(DnsAnswerStatus.Failed, (await Ask(Lookup(silent), "sbc.example", DnsRecordType.A)).Status);
        Assert.Equal(2, silent.Asked);
    }

    [Fact]
    public async Task NamesWithoutADot_AreTheSystems_AndNoServerIsAsked()
    {
        await using var server = new StubNameServer();
        DnsServerLookup lookup = Lookup(server);
        Assert.Contains(IPAddress.Loopback, (await Ask(lookup, "localhost", DnsRecordType.A)).Addresses);
        Assert.Equal(DnsAnswerStatus.Nothing, (await Ask(lookup, "localhost", DnsRecordType.Naptr)).Status);
        Assert.Equal(DnsAnswerStatus.Nothing, (await Ask(lookup, "_sip._udp.localhost", DnsRecordType.Srv)).Status);
        Assert.Equal(0, server.Asked);
    }

    private static DnsServerLookup Lookup(params StubNameServer[] servers) =>
        new(new DnsServerOptions { Servers = [.. servers.Select(static s => s.Endpoint)], TryTimeout = TimeSpan.FromMilliseconds(500), HostsFile = null });

    private static Task<DnsAnswer> Ask(DnsServerLookup lookup, string name, DnsRecordType type) =>
        lookup.LookupAsync(DnsQuestion.Of(name, type), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
}
