using System.Net;
using System.Text.Json;
using MediaCore.Tests;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>
/// A phone in a web page, without the browser: JsSIP on Node.js over WebSocket, its peer connection scripted (<c>JsSip/phone.cjs</c>), its media an
/// <see cref="RtpEndpoint"/> of the test. Over <c>wss</c> it checks the server's certificate.
/// </summary>
internal sealed class JsSipPhone : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly ScratchFolder _folder;

    private JsSipPhone(ScratchFolder folder, ChildProcess process)
    {
        _folder = folder;
        _process = process;
    }

    public string Output => _process.Output;

    /// <summary>Opens the page: it connects, and does the rest when told.</summary>
    public static async Task<JsSipPhone> StartAsync(MediaCoreServer server, string scheme, string account, int rtpPort, TestAuthority authority, string? password = null)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "JsSip", "phone.cjs");
        ScratchFolder folder = new();
        password ??= await server.ReadPasswordAsync(account);

        // What it trusts is read from the environment before the script runs.
        ChildProcess process = ChildProcess.Start(
            "env", [$"NODE_EXTRA_CA_CERTS={authority.File}", "node", script, $"{scheme}://localhost:{server.More[scheme].Port}/", account, password, $"{rtpPort}"], folder.Path);
        JsSipPhone phone = new(folder, process);
        await phone.WaitForAsync("connected");
        return phone;
    }

    public Task RegisterAsync() => DoAsync("registered", new { @do = "register" });

    /// <summary>Waits for an event's first or later coming, as <c>ended remote</c>; its whole line.</summary>
    public async Task<string> WaitForAsync(string what, int time = 1)
    {
        await _process.WaitForLineAsync(l => Is(l, what), what);
        await Eventually.IsAsync(() => Count(what), n => n >= time, $"{what} for the {time}. time in\n{Output}");
        return Lines(what).ElementAt(time - 1);
    }

    /// <summary>How often an event has come so far.</summary>
    public int Count(string what) => Lines(what).Count();

    /// <summary>Where the latest description of the other side wants its media.</summary>
    public async Task<IPEndPoint> ReadRemoteMediaAsync()
    {
        await WaitForAsync("description");
        string[] sdp = JsonSerializer.Deserialize<string>(Lines("description").Last()["description ".Length..])!.Split("\r\n");
        string address = sdp.Last(static l => l.StartsWith("c=IN IP4 ", StringComparison.Ordinal))["c=IN IP4 ".Length..];
        return new IPEndPoint(IPAddress.Parse(address), int.Parse(sdp.First(static l => l.StartsWith("m=audio ", StringComparison.Ordinal)).Split(' ')[1]));
    }

    public Task TellAsync(object command) => _process.WriteLineAsync(JsonSerializer.Serialize(command));

    /// <summary>Gives a command and waits for an event that it leads to.</summary>
    public async Task<string> DoAsync(string then, object command)
    {
        await TellAsync(command);
        return await WaitForAsync(then);
    }

    /// <summary>The page is closed or loaded anew: its connection ends and nothing is said on it.</summary>
    public async Task VanishAsync()
    {
        _process.Signal(ChildProcess.Sigkill);
        await _process.WaitForExitAsync();
    }

    private static bool Is(string line, string what) => line.StartsWith(what, StringComparison.Ordinal) && (line.Length == what.Length || line[what.Length] is ' ' || char.IsAsciiDigit(what[^1]));

    private IEnumerable<string> Lines(string what) => Output.Split('\n').Where(l => Is(l, what));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
