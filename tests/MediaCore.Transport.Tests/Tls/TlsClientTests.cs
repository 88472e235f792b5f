using MediaCore.Tests;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tests.Tcp;
using MediaCore.Transport.Tls;

namespace MediaCore.Transport.Tests.Tls;

public sealed class TlsClientTests
{
    private static readonly string[] _dns = ["sip.example.com", "127.0.0.1", "*.wild.example.com", "sip:user@person.example.com", "sips:secure.example.com"];

    [Theory]
    [InlineData("sip.example.com", TcpConnectError.None)]
    [InlineData("SIP.Example.COM.", TcpConnectError.None)]
    [InlineData("127.0.0.1", TcpConnectError.None)]
    [InlineData("other.example.com", TcpConnectError.CertificateRefused)]
    [InlineData("x.wild.example.com", TcpConnectError.CertificateRefused)]
    [InlineData("person.example.com", TcpConnectError.CertificateRefused)]
    [InlineData("secure.example.com", TcpConnectError.CertificateRefused)]
    [InlineData("127.0.0.2", TcpConnectError.CertificateRefused)]
    [InlineData("server", TcpConnectError.CertificateRefused)]
    public Task Name_OfThePeer_IsCheckedAsRfc5922Says(string name, TcpConnectError expected) => AssertConnectsAsync(_dns, name, expected);

    /// <summary>RFC 5922 §7.1: a DNS name speaks for a SIP domain if and only if no URI does.</summary>
    [Theory]
    [InlineData("example.org", TcpConnectError.None)]
    [InlineData("127.0.0.1", TcpConnectError.None)]
    [InlineData("sip.example.com", TcpConnectError.CertificateRefused)]
    public Task DnsName_BesideASipUri_SpeaksForNobody(string name, TcpConnectError expected) => AssertConnectsAsync([.. _dns, "sip:example.org"], name, expected);

    [Fact]
    public async Task CommonName_Counts_OnlyWithoutAlternativeNames_AndWildcardsOnlyOnRequest()
    {
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions { Certificates = [f.Certificate("sip.example.com"), f.Certificate("w", "*.example.com")] });
        Assert.Equal(TcpConnectError.None, await ConnectAsync(tls, "sip.example.com"));
        tls.Server.Update(new TlsServerOptions { Certificates = [tls.Certificate("w", "*.example.com")] });
        Assert.Equal(TcpConnectError.CertificateRefused, await ConnectAsync(tls, "a.example.com"));
        Assert.Equal(TcpConnectError.None, await ConnectAsync(tls, "a.example.com", wildcards: true));
        Assert.Equal(TcpConnectError.CertificateRefused, await ConnectAsync(tls, "a.b.example.com", wildcards: true));
        Assert.Equal(TcpConnectError.CertificateRefused, await ConnectAsync(tls, "example.com", wildcards: true));
    }

    [Fact]
    public async Task Certificate_OfAnotherAuthority_Expired_OrForClientsOnly_IsRefused_UnlessNothingIsVerified()
    {
        using var stranger = new TestAuthority(name: "somebody else");
        (string Certificate, string Key) foreign = stranger.Issue("foreign", ["sip.example.com"]);
        await using TlsFixture tls = TlsFixture.Start(_ => new TlsServerOptions { Certificates = [TlsCertificate.Load(foreign.Certificate, foreign.Key)] });
        Assert.Equal(TcpConnectError.CertificateRefused, await ConnectAsync(tls, "sip.example.com"));
        Assert.Equal(TcpConnectError.None, await ConnectAsync(tls, "sip.example.com", verify: false));
        (string Certificate, string Key) expired = tls.Authority.Issue("expired", ["sip.example.com"], isExpired: true);
        tls.Server.Update(new TlsServerOptions { Certificates = [TlsCertificate.Load(expired.Certificate, expired.Key)] });
        Assert.Equal(TcpConnectError.CertificateRefused, await ConnectAsync(tls, "sip.example.com"));
        (string Certificate, string Key) wrong = tls.Authority.Issue("client-only", ["sip.example.com"], isServer: false);
        tls.Server.Update(new TlsServerOptions { Certificates = [TlsCertificate.Load(wrong.Certificate, wrong.Key)] });
        Assert.Equal(TcpConnectError.CertificateRefused, await ConnectAsync(tls, "sip.example.com"));
    }

    [Fact]
    public async Task SystemStore_IsTheDefault_AndKnowsNoAuthorityOfOurs()
    {
        await using TlsFixture tls = TlsFixture.Start();
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        var client = new TlsClient(new TlsClientOptions());
        Assert.Equal(TcpConnectError.CertificateRefused, (await connector.ConnectWithResultAsync(tls.Listener.LocalEndpoint, Loopback.Patience, tls: client, serverName: "sip.example.com")).Error);
        Assert.Equal(1, client.Statistics.Count(TlsHandshakeResult.CertificateRefused));
    }

    [Fact]
    public async Task OwnCertificate_IsShownToAPeerThatAsks()
    {
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions
        {
            Certificates = [f.Certificate("server", "sip.example.com")],
            ClientCertificates = TlsClientCertificates.Require,
            ClientAuthorities = f.Trusted,
        });
        var client = new TlsClient(new TlsClientOptions { Authorities = tls.Trusted, Certificate = tls.Certificate("us", "us.example.com") });
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        TcpConnectResult result = await connector.ConnectWithResultAsync(tls.Listener.LocalEndpoint, Loopback.Patience, tls: client, serverName: "sip.example.com");
        Assert.True(result.Connection!.TrySend("5\nhello"u8));
        Assert.Equal("5\nhello", await tls.Sink.NextFrameAsync());
        Assert.True((await tls.Sink.NextAcceptedAsync()).Peer!.Is("us.example.com", false));
    }

    [Fact]
    public async Task Peer_ThatSpeaksNoTls_OrNothing_FailsInTime()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener silent = TcpConnectionListener.Bind(Loopback.IPv4);
        silent.Start(sink, static () => new CountedFrameScanner());
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        var client = new TlsClient(new TlsClientOptions());

        // The framing of the other side takes a ClientHello for nonsense and hangs up.
        Assert.Equal(TcpConnectError.TlsFailed, (await connector.ConnectWithResultAsync(silent.LocalEndpoint, Loopback.Patience, tls: client, serverName: "a.example.com")).Error);
        using var mute = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        mute.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        mute.Listen();
        var address = MediaCore.Primitives.NetworkEndpoint.From((System.Net.IPEndPoint)mute.LocalEndPoint!);
        Assert.Equal(TcpConnectError.TimedOut, (await connector.ConnectWithResultAsync(address, TimeSpan.FromMilliseconds(300), tls: client, serverName: "a.example.com")).Error);
    }

    private static async Task AssertConnectsAsync(string[] certified, string name, TcpConnectError expected)
    {
        await using TlsFixture tls = TlsFixture.Start(f => new TlsServerOptions { Certificates = [f.Certificate("server", certified)] });
        var client = new TlsClient(new TlsClientOptions { Authorities = tls.Trusted });
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        TcpConnectResult result = await connector.ConnectWithResultAsync(tls.Listener.LocalEndpoint, Loopback.Patience, tls: client, serverName: name);
        Assert.Equal(expected, result.Error);
        Assert.Equal(expected == TcpConnectError.None, result.Connection?.Peer?.Is(name.TrimEnd('.'), false) ?? false);
        Assert.Equal(expected == TcpConnectError.None ? 1 : 0, connector.ConnectionCount);
    }

    private static async Task<TcpConnectError> ConnectAsync(TlsFixture tls, string name, bool wildcards = false, bool verify = true)
    {
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        var client = new TlsClient(new TlsClientOptions { Authorities = tls.Trusted, AllowWildcards = wildcards, Verify = verify });
        return (await connector.ConnectWithResultAsync(tls.Listener.LocalEndpoint, Loopback.Patience, tls: client, serverName: name)).Error;
    }
}
