using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>rtpengine as its package has it, in userspace: the relay that ours is compared with.</summary>
internal sealed class RtpengineRelay : IAsyncDisposable
{
    private const int MediaPorts = 200;
    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private RtpengineRelay(ScratchFolder folder, ChildProcess process, int ngPort)
    {
        _folder = folder;
        _process = process;
        NgPort = ngPort;
    }

    public int NgPort { get; }

    public static async Task<RtpengineRelay> StartAsync()
    {
        ScratchFolder folder = new();
        int ngPort = FreePorts.Next();
        int first = FreePorts.NextRange(MediaPorts);
        RtpengineRelay relay = new(folder, ChildProcess.Start(
            "rtpengine",
            ["--foreground", "--log-stderr", "--log-level=4", $"--listen-ng=127.0.0.1:{ngPort}", "--interface=127.0.0.1", $"--port-min={first}", $"--port-max={first + MediaPorts - 1}", "--table=-1", "--delete-delay=0", $"--pidfile={folder.Combine("pid")}"],
            folder.Path), ngPort);
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Loopback, ngPort), tcp: false, relay._process);
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Signal(ChildProcess.Sigterm);
        await _process.TryWaitForExitAsync(Eventually.Patience);
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
