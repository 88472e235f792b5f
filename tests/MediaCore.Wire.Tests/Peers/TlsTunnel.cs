using System.Net;
using MediaCore.Tests;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>TLS for a peer that has none, as Debian's SIPp: <c>socat</c> with OpenSSL between its TCP and the server's TLS.</summary>
internal sealed class TlsTunnel : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ChildProcess _process;

    private TlsTunnel(int port, string listener, string target)
    {
        Port = port;
        _process = ChildProcess.Start("socat", [listener, target], _folder.Path);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Takes TCP and goes on by TLS; the server's certificate must be for <c>localhost</c> and of the authority.</summary>
    public static Task<TlsTunnel> ToServerAsync(IPEndPoint server, TestAuthority authority)
    {
        int port = FreePorts.Next();
        return StartAsync(port, $"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", $"OPENSSL:{server},cafile={authority.File},verify=1,commonname=localhost");
    }

    /// <summary>Takes TLS with a certificate for <c>localhost</c> and goes on by TCP.</summary>
    public static Task<TlsTunnel> ToPeerAsync(int peerPort, TestAuthority authority)
    {
        int port = FreePorts.Next();
        (string certificate, string key) = authority.Issue($"peer{port}", ["localhost"]);
        return StartAsync(port, $"OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,cert={certificate},key={key},verify=0", $"TCP:127.0.0.1:{peerPort}");
    }

    public async ValueTask DisposeAsync()
    {
        // Its children, one for each connection, end with their connections.
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<TlsTunnel> StartAsync(int port, string listener, string target)
    {
        TlsTunnel tunnel = new(port, listener, target);
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Loopback, port), tcp: true, tunnel._process);
        return tunnel;
    }
}
