using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A Kamailio that is the proxy of a carrier: it redirects, refuses, forks or passes on, by the number called.</summary>
internal sealed class KamailioProxy : IAsyncDisposable
{
    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private KamailioProxy(ScratchFolder folder, ChildProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Local = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint Local { get; }

    /// <summary>Initial INVITEs that it was asked; one that a busy machine had sent again counts once, as its Call-ID and Via are the same.</summary>
    public int Asked => _process.Output.Split('\n').Select(static l => l.IndexOf("asked for ", StringComparison.Ordinal) is var at and >= 0 ? l[at..] : "").Where(static l => l.Length > 0).Distinct(StringComparer.Ordinal).Count();

    /// <param name="first">Where it sends calls.</param>
    /// <param name="second">The second branch of its forks and redirections.</param>
    public static async Task<KamailioProxy> StartAsync(IPEndPoint first, IPEndPoint second)
    {
        ScratchFolder folder = new();
        int port = FreePorts.Next();
        string file = folder.Combine("proxy.cfg");
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Scenarios", "kamailio-proxy.cfg"));
        await File.WriteAllTextAsync(
            file,
            text.Replace("@LISTEN@", $"{port}", StringComparison.Ordinal).Replace("@FIRST@", $"{first}", StringComparison.Ordinal).Replace("@SECOND@", $"{second}", StringComparison.Ordinal));
        KamailioProxy proxy = new(folder, ChildProcess.Start("kamailio", ["-f", file, "-DD", "-E", "-m", "32", "-M", "8", "-Y", folder.Path, "-P", folder.Combine("kamailio.pid")], folder.Path), port);
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Loopback, port), tcp: false, proxy._process);
        return proxy;
    }

    /// <summary>Ends it and its workers.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Signal(ChildProcess.Sigterm);
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
