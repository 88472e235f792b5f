using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MediaCore.Tests;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tests.Tcp;
using MediaCore.Transport.Tls;

namespace MediaCore.Transport.Tests.Tls;

public sealed class TlsServerTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Messages_GoBothWays_AndTheEndIsAnnounced(SslProtocols version)
    {
        await using TlsFixture tls = TlsFixture.Start();
        await using SslStream peer = await tls.ConnectAsync(protocols: version);
        Assert.Equal(version, peer.SslProtocol);
        TcpConnection connection = await tls.Sink.NextAcceptedAsync();
        Assert.False(connection.Peer!.IsVerified);
        await TlsFixture.SendAsync(peer, "5\nfirst6\nsecond");
        Assert.Equal("5\nfirst", await tls.Sink.NextFrameAsync());
        Assert.Equal("6\nsecond", await tls.Sink.NextFrameAsync());
        string large = new('x', 60_000);
        Assert.True(connection.TrySend(System.Text.Encoding.Latin1.GetBytes(large)));
        Assert.True(connection.TrySend("end"u8));
        connection.Close();
        Assert.Equal(large + "end", await TlsFixture.ReceiveAsync(peer, large.Length + 3));

        // close_notify, not a cut: SslStream gives 0 only for that.
        Assert.Equal(0, await peer.ReadAsync(new byte[1]).AsTask().WaitAsync(Loopback.Patience));
        Assert.Equal(1, tls.Server.Statistics.Count(TlsHandshakeResult.Completed));
        peer.Close();
        Assert.Equal(ConnectionCloseReason.LocalClose, (await tls.Sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task KeepAlive_IsAnswered_InsideTls()
    {
        await using TlsFixture tls = TlsFixture.Start();
        await using SslStream peer = await tls.ConnectAsync();
        await TlsFixture.SendAsync(peer, "\r\n\r\n");
        Assert.Equal("\r\n", await TlsFixture.ReceiveAsync(peer, 2));
    }

    [Theory]
    [InlineData("a.example.com", "a")]
    [InlineData("B.EXAMPLE.COM", "b")]
    [InlineData("example.org", "b")]
    [InlineData("x.wild.example.com", "wild")]
    [InlineData("exact.wild.example.com", "exact")]
    [InlineData("x.y.wild.example.com", "a")]
    [InlineData("unknown.example.net", "a")]
    [InlineData("", "a")]
    public async Task Certificate_IsChosenByTheNameAskedFor(string name, string expected)
    {
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions
        {
            Certificates =
            [
                f.Certificate("a", "a.example.com"), f.Certificate("b", "b.example.com", "sip:example.org"),
                f.Certificate("wild", "*.wild.example.com"), f.Certificate("exact", "exact.wild.example.com"),
            ],
        });
        await using SslStream peer = await tls.ConnectAsync(name);
        Assert.Equal(expected, TlsFixture.Shown(peer));
    }

    [Theory]
    [InlineData(TlsVersion.Tls13, SslProtocols.Tls12)]
#pragma warning disable SYSLIB0039, CA5397 // The versions that must not be spoken.
    [InlineData(TlsVersion.Tls12, SslProtocols.Tls11)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task Version_BelowTheFloor_IsRefused(TlsVersion floor, SslProtocols version)
    {
        await using TlsFixture tls = TlsFixture.Start(f => new TlsServerOptions { Certificates = [f.Certificate("server", "a.example.com")], MinimumVersion = floor });
        await Assert.ThrowsAnyAsync<Exception>(() => tls.ConnectAsync(protocols: version));
        await using SslStream good = await tls.ConnectAsync(protocols: SslProtocols.Tls13);
        Assert.Equal(SslProtocols.Tls13, good.SslProtocol);
    }

    [Fact]
    public async Task Update_GivesNewHandshakesTheNewCertificate_AndLeavesOpenConnections()
    {
        await using TlsFixture tls = TlsFixture.Start();
        await using SslStream before = await tls.ConnectAsync();
        tls.Server.Update(new TlsServerOptions { Certificates = [tls.Certificate("renewed", "sip.example.com")] });
        await using SslStream after = await tls.ConnectAsync();
        Assert.Equal(("server", "renewed"), (TlsFixture.Shown(before), TlsFixture.Shown(after)));
        await TlsFixture.SendAsync(before, "5\nstill");
        Assert.Equal("5\nstill", await tls.Sink.NextFrameAsync());
    }

    [Fact]
    public async Task ClientCertificate_Required_FailsClosed()
    {
        using var stranger = new TestAuthority(name: "somebody else");
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions
        {
            Certificates = [f.Certificate("server", "sip.example.com")],
            ClientCertificates = TlsClientCertificates.Require,
            ClientAuthorities = f.Trusted,
        });
        TlsCertificate[] bad =
        [
            Load(stranger.Issue("foreign", ["peer.example.com"])),
            Load(tls.Authority.Issue("expired", ["peer.example.com"], isExpired: true)),
            Load(tls.Authority.Issue("for-servers-only", ["peer.example.com"], isClient: false)),
        ];
        foreach (TlsCertificate? own in (TlsCertificate?[])[null, .. bad])
        {
            await AssertRefusedAsync(tls, own);
        }

        await Loopback.UntilAsync(() => tls.Server.Statistics.Count(TlsHandshakeResult.CertificateRefused) == bad.Length + 1);
        await using SslStream good = await tls.ConnectAsync(own: tls.Certificate("peer", "peer.example.com", "sip:example.org"));
        TcpConnection connection = await tls.Sink.NextAcceptedAsync();
        Assert.True(connection.Peer!.IsVerified);
        Assert.True(connection.Peer.Is("example.org", false));
        Assert.False(connection.Peer.Is("sip.example.com", false));
        Assert.Equal(1, tls.Listener.ConnectionCount);
    }

    [Fact]
    public async Task ClientCertificate_Accepted_MayBeMissing_ButNotBad()
    {
        using var stranger = new TestAuthority(name: "somebody else");
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions
        {
            Certificates = [f.Certificate("server", "sip.example.com")],
            ClientCertificates = TlsClientCertificates.Accept,
            ClientAuthorities = f.Trusted,
        });
        await using SslStream without = await tls.ConnectAsync();
        Assert.False((await tls.Sink.NextAcceptedAsync()).Peer!.IsVerified);
        await AssertRefusedAsync(tls, Load(stranger.Issue("foreign", ["peer.example.com"])));
        await using SslStream with = await tls.ConnectAsync(own: tls.Certificate("peer", "peer.example.com"));
        Assert.True((await tls.Sink.NextAcceptedAsync()).Peer!.IsVerified);
    }

    /// <summary>AC-21: half handshakes. One source holds no more than its share, and time ends them.</summary>
    [Fact]
    public async Task HalfHandshakes_OfOneSource_AreBounded_AndTimedOut()
    {
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions
        {
            Certificates = [f.Certificate("server", "sip.example.com")],
            MaxHandshakesPerSource = 3,
            HandshakeTimeout = TimeSpan.FromSeconds(2),
        });
        var idle = new List<Socket>();
        for (int i = 0; i < 3; i++)
        {
            idle.Add(await tls.ConnectPlainAsync());
        }

        await Loopback.UntilAsync(() => tls.Server.Handshakes == 3);
        using Socket refused = await tls.ConnectPlainAsync();
        Assert.Equal(0, await ReadToEndAsync(refused));
        Assert.Equal(1, tls.Server.Statistics.Count(TlsHandshakeResult.LimitReached));
        await idle[0].SendAsync(new byte[] { 0x16, 0x03, 0x01 });
        foreach (Socket socket in idle)
        {
            await ReadToEndAsync(socket);
            socket.Dispose();
        }

        await Loopback.UntilAsync(() => tls.Listener.ConnectionCount == 0);
        Assert.Equal(3, tls.Server.Statistics.Count(TlsHandshakeResult.TimedOut));
        Assert.Equal(3, tls.Listener.Statistics.Closed(ConnectionCloseReason.HandshakeTimeout));
        await using SslStream good = await tls.ConnectAsync();
        await Loopback.UntilAsync(() => tls.Server.Handshakes == 0);
    }

    /// <summary>AC-21: what is no TLS, and what is cut off in the middle, ends that connection alone.</summary>
    [Fact]
    public async Task Garbage_InAndAfterTheHandshake_EndsOnlyItsConnection()
    {
        await using TlsFixture tls = TlsFixture.Start();
        using (Socket plain = await tls.ConnectPlainAsync())
        {
            await plain.SendAsync("OPTIONS sip:a SIP/2.0\r\n\r\n"u8.ToArray());
            await ReadToEndAsync(plain);
        }

        using (Socket raw = await tls.ConnectPlainAsync())
        {
            var stream = new SslStream(new NetworkStream(raw), leaveInnerStreamOpen: true, static (_, _, _, _) => true);
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "a" });
            await raw.SendAsync(new byte[] { 0x17, 0x03, 0x03, 0x00, 0x20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 });
            Assert.Equal(ConnectionCloseReason.PeerReset, (await tls.Sink.NextClosedAsync()).Reason);
        }

        await using SslStream good = await tls.ConnectAsync();
        await TlsFixture.SendAsync(good, "4\ngood");
        Assert.Equal("4\ngood", await tls.Sink.NextFrameAsync());
        Assert.Equal(0, tls.Listener.Statistics.Faults);
    }

    /// <summary>AC-20: a burst of messages and an abrupt end, while answers are being written.</summary>
    [Fact]
    public async Task FloodAndAbruptClose_WhileAnswersAreWritten_FaultsNothing()
    {
        var sink = new RecordingSink { FrameAction = static (connection, _) => connection.TrySend(new byte[500]) };
        using var authority = new TestAuthority();
        (string certificate, string key) = authority.Issue("server", ["sip.example.com"]);
        using var server = new TlsServer(new TlsServerOptions { Certificates = [TlsCertificate.Load(certificate, key)] });
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4);
        listener.Start(sink, static () => new CountedFrameScanner(), server);
        string burst = string.Concat(Enumerable.Repeat("4\nping", 200));
        for (int round = 0; round < 10; round++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(listener.LocalEndpoint.ToIPEndPoint());
            await using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: true, static (_, _, _, _) => true);
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "a" });
            await TlsFixture.SendAsync(stream, burst);
            await TlsFixture.ReceiveAsync(stream, 1);
            socket.Close();
            await sink.NextClosedAsync();
        }

        await Loopback.UntilAsync(() => listener.ConnectionCount == 0);
        Assert.Equal(0, listener.Statistics.Faults);
        Assert.All(sink.ClosedTimes.Values, static times => Assert.Equal(1, times));
    }

    /// <summary>With one turn, 24 handshakes that come at once all end: none keeps its turn while it waits for its peer, and none loses it.</summary>
    [Fact]
    public async Task ManyAtOnce_WithOneTurnToCompute_AllComplete()
    {
        await using TlsFixture tls = TlsFixture.Start(static f => new TlsServerOptions { Certificates = [f.Certificate("server", "sip.example.com")], MaxComputing = 1, HandshakeTimeout = Loopback.Patience });

        // Peers that open and say nothing would hold the only turn if a read did.
        Socket[] silent = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => tls.ConnectPlainAsync()));
        SslStream[] peers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => tls.ConnectAsync()));

        // A handshake is counted as completed a moment before it gives its place back.
        await Loopback.UntilAsync(() => tls.Server.Statistics.Count(TlsHandshakeResult.Completed) == 24 && tls.Server.Handshakes == silent.Length);
        foreach (SslStream peer in peers)
        {
            await peer.DisposeAsync();
        }

        Array.ForEach(silent, static s => s.Dispose());
        await Loopback.UntilAsync(() => tls.Server.Handshakes == 0);
    }

    private static TlsCertificate Load((string Certificate, string Key) files) => TlsCertificate.Load(files.Certificate, files.Key);

    private static async Task AssertRefusedAsync(TlsFixture tls, TlsCertificate? own)
    {
        // With TLS 1.3 the peer thinks that it is in until it reads: the server looks at its certificate last.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using SslStream peer = await tls.ConnectAsync(own: own);
            await TlsFixture.SendAsync(peer, "3\nbad");
            if (await peer.ReadAsync(new byte[1]).AsTask().WaitAsync(Loopback.Patience) == 0)
            {
                throw new IOException("closed");
            }
        });
        Assert.False(tls.Sink.HasFrame);
    }

    private static async Task<int> ReadToEndAsync(Socket socket)
    {
        int total = 0;
        byte[] buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Loopback.Patience) is int read and > 0)
            {
                total += read;
            }
        }
        catch (SocketException)
        {
            // A reset is an end as well.
            return total;
        }

        return total;
    }
}
