using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A Kamailio whose media goes through a relay that it controls with its rtpengine module; all calls go to one peer.</summary>
internal sealed class KamailioRelayUser : IAsyncDisposable
{
    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private KamailioRelayUser(ScratchFolder folder, ChildProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Local = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint Local { get; }

    public ChildProcess Process => _process;

    /// <param name="ngPort">The relay's control port.</param>
    /// <param name="peer">Where calls go.</param>
    public static async Task<KamailioRelayUser> StartAsync(int ngPort, IPEndPoint peer)
    {
        ScratchFolder folder = new();
        int port = FreePorts.Next();
        string file = folder.Combine("relay.cfg");
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Scenarios", "kamailio-relay.cfg"));
        await File.WriteAllTextAsync(
            file,
            text.Replace("@LISTEN@", $"{port}", StringComparison.Ordinal).Replace("@NG@", $"{ngPort}", StringComparison.Ordinal).Replace("@PEER@", $"{peer}", StringComparison.Ordinal));
        KamailioRelayUser kamailio = new(folder, ChildProcess.Start("kamailio", ["-f", file, "-DD", "-E", "-m", "32", "-M", "8", "-Y", folder.Path, "-P", folder.Combine("kamailio.pid")], folder.Path), port);
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Loopback, port), tcp: false, kamailio._process);
        return kamailio;
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
