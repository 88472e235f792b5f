using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MediaCore.Tests;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tests.Tcp;
using MediaCore.Transport.Tls;

namespace MediaCore.Transport.Tests.Tls;

/// <summary>A TLS listener with certificates of an authority of its own, and plain SslStream peers that connect to it.</summary>
internal sealed class TlsFixture : IAsyncDisposable
{
    public TestAuthority Authority { get; } = new();

    public RecordingSink Sink { get; } = new();

    public TlsServer Server { get; private set; } = null!;

    public TcpConnectionListener Listener { get; private set; } = null!;

    public static TlsFixture Start(Func<TlsFixture, TlsServerOptions>? options = null, TcpOptions? tcp = null)
    {
        var fixture = new TlsFixture();
        fixture.Server = new TlsServer(options?.Invoke(fixture) ?? new TlsServerOptions { Certificates = [fixture.Certificate("server", "sip.example.com")] });
        fixture.Listener = TcpConnectionListener.Bind(Loopback.IPv4, tcp);
        fixture.Listener.Start(fixture.Sink, static () => new CountedFrameScanner(), fixture.Server);
        return fixture;
    }

    public TlsCertificate Certificate(string file, params string[] names)
    {
        (string certificate, string key) = Authority.Issue(file, names);
        return TlsCertificate.Load(certificate, key);
    }

    public X509Certificate2Collection Trusted => TlsCertificate.LoadAuthorities(Authority.File);

    public async Task<Socket> ConnectPlainAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Listener.LocalEndpoint.ToIPEndPoint());
        return socket;
    }

    /// <summary>Connects as a peer that believes anything; throws when the server does not want it.</summary>
    public async Task<SslStream> ConnectAsync(string name = "", SslProtocols protocols = SslProtocols.None, TlsCertificate? own = null)
    {
        Socket socket = await ConnectPlainAsync();
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = protocols,
            ClientCertificateContext = own?.Context,
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        }).WaitAsync(Loopback.Patience);
        return stream;
    }

    public static async Task SendAsync(Stream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    public static async Task<string> ReceiveAsync(Stream stream, int bytes)
    {
        byte[] buffer = new byte[bytes];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Loopback.Patience);
        return Encoding.Latin1.GetString(buffer);
    }

    /// <summary>The common name of the certificate that the server showed.</summary>
    public static string Shown(SslStream stream) => ((X509Certificate2)stream.RemoteCertificate!).GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        Server.Dispose();
        Authority.Dispose();
    }
}
