using System.Diagnostics;
using System.Globalization;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>Both ends of other calls, SIPp's caller and callee, are killed (SIGKILL) in the middle of these: nobody hangs up, no BYE is answered. The server has to end the calls by itself, for want of media.</summary>
internal sealed class PeerKill : IDisturbance
{
    public const string Kind = "kill-peer";
    private const string Caller = "127.0.0.5";
    private const string Callee = "127.0.0.4";
    private const int CalleePort = 15090;
    private const int CallsPerSecond = 2;

    /// <summary>SIPp sends no media: its calls have to be over before the server ends those without.</summary>
    private const int CallSeconds = 5;
    private const int MediaTimeoutSeconds = 10;

    private readonly List<Process> _peers = [];
    private ServerProcess? _server;
    private CallGenerator? _generator;
    private int _kills;
    private long _callsUp;

    public string Name => Kind;

    public Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (!folders.Any(static folder => File.Exists(Path.Combine(folder, "sipp"))))
        {
            throw new CannotMeasureException($"--chaos {Kind} needs SIPp: apt-get install sip-tester");
        }

        configuration["media"] = new { address = "127.0.0.1", ports = "10000-29999", timeoutSeconds = MediaTimeoutSeconds };
        configuration["trunks"] = ((object[])configuration["trunks"]).Concat(
        [
            new { name = "victim-callers", targets = new[] { $"sip:{Caller}:9;transport=udp" }, from = new[] { $"{Caller}/32" } },
            new { name = "victims", targets = new[] { $"sip:{Callee}:{CalleePort};transport=udp" }, from = new[] { $"{Callee}/32" } },
        ]).ToArray();
        configuration["routes"] = ((object[])configuration["routes"]).Append(new { name = "victims", match = new { to = "+17*" }, trunks = new[] { "victims" } }).ToArray();
        return Task.CompletedTask;
    }

    public Task BeginAsync(ServerProcess server, CallGenerator generator)
    {
        (_server, _generator) = (server, generator);
        return EaseAsync();
    }

    public async Task StrikeAsync()
    {
        double up = (await _server!.GetFiguresAsync()).Total("mediacore_calls_active");
        await _generator!.LookAsync(() => _callsUp += Math.Max(0, (long)up - _generator.Up));
        _kills++;
        await KillAsync();
    }

    public Task EaseAsync()
    {
        _peers.Add(Start("-sn", "uas", "-i", Callee, "-p", CalleePort.ToString(CultureInfo.InvariantCulture)));
        _peers.Add(Start(
            "-sn", "uac", "-s", "+17005550100", "-i", Caller, "-r", CallsPerSecond.ToString(CultureInfo.InvariantCulture), "-d", (1000 * CallSeconds).ToString(CultureInfo.InvariantCulture), "-l", "100",
            $"127.0.0.1:{_server!.SipPort}"));
        return Task.CompletedTask;
    }

    public Finding Check() => new("peers were killed in the middle of their calls", _kills > 0 && _callsUp > 0, $"{_kills} times, {_callsUp} calls in all");

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task KillAsync()
    {
        foreach (Process peer in _peers)
        {
            if (!peer.HasExited)
            {
                peer.Kill();
            }

            await peer.WaitForExitAsync();
            peer.Dispose();
        }

        _peers.Clear();
    }

    // Its screen is nothing to us, and its keys are not ours.
    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec sipp \"$@\" -nostdin >/dev/null 2>&1", "sipp", .. arguments]) { WorkingDirectory = Path.GetTempPath() })
        ?? throw new InvalidOperationException("A shell was not started.");
}
