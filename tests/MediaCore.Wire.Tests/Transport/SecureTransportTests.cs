using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MediaCore.Tests;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Transport;

/// <summary>The real server over TLS and WebSocket.</summary>
public sealed class SecureTransportTests
{
    private const string Listeners = "\"tls://127.0.0.1:0\", \"ws://127.0.0.1:0\", \"wss://127.0.0.1:0\"";
    private const int Sighup = 1;

    [Fact]
    public async Task Requests_OverTls_Ws_AndWss_AreAnsweredOnTheirConnection()
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        await using MediaCoreServer server = await StartAsync(authority, folder);
        await using SslStream tls = await ConnectAsync(server.More["tls"]);
        await tls.WriteAsync(Options("TLS"));
        AssertAnswer(await ReadHeadAsync(tls), "TLS");
        foreach (string scheme in (string[])["ws", "wss"])
        {
            using ClientWebSocket socket = new();
            socket.Options.AddSubProtocol("sip");
            socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            await socket.ConnectAsync(new Uri($"{scheme}://{server.More[scheme]}/"), default).WaitAsync(Eventually.Patience);
            await socket.SendAsync(Options(scheme.ToUpperInvariant()), WebSocketMessageType.Text, true, default);
            byte[] buffer = new byte[4096];
            ValueWebSocketReceiveResult got = await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().WaitAsync(Eventually.Patience);
            AssertAnswer(Encoding.UTF8.GetString(buffer, 0, got.Count), scheme.ToUpperInvariant());
        }

        Assert.Equal(2, await server.ReadMetricAsync("mediacore_sip_tls_handshakes_total{result=\"Completed\",role=\"server\"}"));
        Assert.Equal(2, await server.ReadMetricAsync("mediacore_sip_websocket_requests_total{result=\"Accepted\"}"));
    }

    [Fact]
    public async Task Reload_ShowsTheNewCertificate_AndLeavesOpenConnections()
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        await using MediaCoreServer server = await StartAsync(authority, folder);
        await using SslStream before = await ConnectAsync(server.More["tls"]);
        string serial = before.RemoteCertificate!.GetSerialNumberString();
        authority.Issue("server", ["localhost"]);
        server.Process.Signal(Sighup);
        await Eventually.IsAsync(
            async () =>
            {
                await using SslStream after = await ConnectAsync(server.More["tls"]);
                return after.RemoteCertificate!.GetSerialNumberString();
            },
            shown => shown != serial,
            "the new certificate");
        await before.WriteAsync(Options("TLS"));
        AssertAnswer(await ReadHeadAsync(before), "TLS");

        // A key that does not fit changes nothing.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "server.key"), "no key");
        server.Process.Signal(Sighup);
        await Eventually.IsAsync(() => server.Process.Output, static o => o.Contains("no private key that belongs to", StringComparison.Ordinal), "the refused reload in the log");
        await using SslStream later = await ConnectAsync(server.More["tls"]);
        await later.WriteAsync(Options("TLS"));
        AssertAnswer(await ReadHeadAsync(later), "TLS");
    }

    [Fact]
    public async Task ClientCertificate_Required_LetsOnlyItsOwnIn()
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        using TestAuthority stranger = new(name: "somebody else");
        await using MediaCoreServer server = await StartAsync(authority, folder, $", \"clientCertificates\": \"require\", \"clientAuthorities\": \"{authority.File}\"");
        foreach ((string Certificate, string Key)? shown in ((string, string)?[])[null, stranger.Issue("foreign", ["localhost"])])
        {
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await using SslStream stream = await ConnectAsync(server.More["tls"], shown);
                await stream.WriteAsync(Options("TLS"));
                await ReadHeadAsync(stream);
            });
        }

        await using SslStream good = await ConnectAsync(server.More["tls"], authority.Issue("peer", ["peer.example.com"]));
        await good.WriteAsync(Options("TLS"));
        AssertAnswer(await ReadHeadAsync(good), "TLS");
    }

    /// <summary>RFC 5922: a trunk whose certificate is for another name than the one dialled gets nothing.</summary>
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("elsewhere.example.com", false)]
    public async Task Call_ToATlsTrunk_GoesThereOnlyIfTheCertificateIsItsOwn(string name, bool isItsOwn)
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        (string certificate, string key) = authority.Issue("carrier", [name]);
        using TcpListener carrier = new(IPAddress.Loopback, 0);
        carrier.Start();
        int port = ((IPEndPoint)carrier.LocalEndpoint).Port;
        (string own, string ownKey) = authority.Issue("server", ["localhost"]);
        await using MediaCoreServer server = await MediaCoreServer.StartSbcAsync(
            [$"sip:localhost:{port};transport=tls"], Tls(own, ownKey, $", \"client\": {{ \"authorities\": \"{authority.File}\" }}"), folder: folder.Path, listen: Listeners);
        using Socket caller = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        caller.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await caller.SendToAsync(Invite(((IPEndPoint)caller.LocalEndPoint!).Port), server.Udp);
        using TcpClient accepted = await carrier.AcceptTcpClientAsync().WaitAsync(Eventually.Patience);
        await using SslStream stream = new(accepted.GetStream());
        SslServerAuthenticationOptions options = new() { ServerCertificate = LoadOwn(certificate, key) };
        if (isItsOwn)
        {
            await stream.AuthenticateAsServerAsync(options).WaitAsync(Eventually.Patience);
            string invite = await ReadHeadAsync(stream);
            Assert.StartsWith($"INVITE sip:+12025550100@localhost:{port};transport=tls SIP/2.0\r\n", invite, StringComparison.Ordinal);
            Assert.Contains($"\r\nVia: SIP/2.0/TLS 127.0.0.1:{server.More["tls"].Port};", invite, StringComparison.Ordinal);
            Assert.Matches($"\r\nContact: <sip:mediacore-[0-9a-f]{{2}}@127\\.0\\.0\\.1:{server.More["tls"].Port};transport=tls>", invite);
            return;
        }

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsServerAsync(options).WaitAsync(Eventually.Patience);
            await ReadHeadAsync(stream);
        });
        await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_sip_tls_handshakes_total{result=\"CertificateRefused\",role=\"client\"}"), static n => n >= 1, "a refused certificate");
        Assert.Matches("^SIP/2.0 5", await ReadFinalAsync(caller));
    }

    private static Task<MediaCoreServer> StartAsync(TestAuthority authority, ScratchFolder folder, string tls = "")
    {
        (string certificate, string key) = authority.Issue("server", ["localhost"]);
        return MediaCoreServer.StartAsync("\"numbers\": { \"enabled\": false }", folder.Path, Tls(certificate, key, tls), listen: Listeners);
    }

    private static string Tls(string certificate, string key, string more) =>
        $"\"tls\": {{ \"certificates\": [{{ \"certificate\": \"{certificate}\", \"key\": \"{key}\" }}]{more} }}";

    private static byte[] Options(string transport) => Encoding.ASCII.GetBytes(
        $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} df7jal23ls0d.invalid;branch=z9hG4bKsecure\r\nMax-Forwards: 70\r\n"
        + "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: secure\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");

    private static byte[] Invite(int port)
    {
        const string sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n";
        return Encoding.ASCII.GetBytes(
            $"INVITE sip:+12025550100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};rport;branch=z9hG4bKcall\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:+12025550101@127.0.0.1>;tag=1\r\nTo: <sip:+12025550100@127.0.0.1>\r\nCall-ID: tls-trunk\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:{port}>\r\n"
            + $"Content-Type: application/sdp\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}");
    }

    private static void AssertAnswer(string answer, string transport)
    {
        Assert.StartsWith("SIP/2.0 200 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nVia: SIP/2.0/{transport} df7jal23ls0d.invalid;branch=z9hG4bKsecure;received=127.0.0.1\r\n", answer, StringComparison.Ordinal);
    }

    private static X509Certificate2 LoadOwn(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<SslStream> ConnectAsync(IPEndPoint server, (string Certificate, string Key)? own = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server).WaitAsync(Eventually.Patience);
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };
        if (own is { } files)
        {
            options.ClientCertificates = [LoadOwn(files.Certificate, files.Key)];
        }

        await stream.AuthenticateAsClientAsync(options).WaitAsync(Eventually.Patience);
        return stream;
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one).AsTask().WaitAsync(Eventually.Patience);
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    private static async Task<string> ReadFinalAsync(Socket caller)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            int length = await caller.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20));
            string text = Encoding.ASCII.GetString(buffer, 0, length);
            if (!text.StartsWith("SIP/2.0 1", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
