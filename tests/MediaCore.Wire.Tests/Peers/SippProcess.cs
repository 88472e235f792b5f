using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A SIPp process running a scenario: one of this project, or a file given by its path without the ending.</summary>
internal sealed class SippProcess : IAsyncDisposable
{
    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private SippProcess(ScratchFolder folder, ChildProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts SIPp at an address of its own within 127/8; a callee is waited for until its port is open.</summary>
    public static async Task<SippProcess> StartAsync(string scenario, IPEndPoint? remote, int calls, string address = "127.0.0.1", bool tcp = false, int port = 0, params string[] more)
    {
        ScratchFolder folder = new();
        port = port == 0 ? FreePorts.Next(IPAddress.Parse(address)) : port;
        ChildProcess process = ChildProcess.Start(
            "sipp",
            [
                .. remote is null ? Array.Empty<string>() : [remote.ToString()],
                "-sf", Path.Combine(AppContext.BaseDirectory, "Scenarios", scenario + ".xml"),
                "-i", address, "-p", $"{port}", "-t", tcp ? "t1" : "u1", "-m", $"{calls}",
                "-mp", $"{FreePorts.NextRange(4)}",
                "-nostdin", "-trace_msg", "-message_file", "messages.log", "-trace_err", "-error_file", "errors.log", "-trace_stat", "-stf", "statistics.csv", "-fd", "1",

                // Where it takes commands: at its own address, for at all of them it would stand in the way of every other peer's port of that number.
                "-ci", address, "-cp", $"{FreePorts.Next(IPAddress.Parse(address))}",
                .. more,
            ],
            folder.Path);
        SippProcess sipp = new(folder, process, port);
        if (remote is null)
        {
            await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Parse(address), port), tcp, process);
        }

        return sipp;
    }

    /// <summary>Waits for its end and fails unless every call went as the scenario says.</summary>
    public async Task ExpectSuccessAsync(TimeSpan? limit = null)
    {
        int code = await _process.WaitForExitAsync(limit ?? TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"sipp ended with {code}: {Errors}");
    }

    /// <summary>Its exit code.</summary>
    public Task<int> WaitForExitAsync(TimeSpan limit) => _process.WaitForExitAsync(limit);

    /// <summary>What it complained about, the last messages that it sent and received with their times, and the end of what it showed.</summary>
    public string Errors => $"{ReadIfThere("errors.log")}\n=== its last messages\n{End(ReadIfThere("messages.log"), 6_000)}\n=== its output\n{End(_process.Output, 3_000)}";

    /// <summary>A figure of its statistics, as <c>Retransmissions(C)</c>.</summary>
    public int ReadStatistic(string column)
    {
        string[] lines = File.ReadAllLines(_folder.Combine("statistics.csv"));
        int index = Array.IndexOf(lines[0].Split(';'), column);
        Assert.True(index >= 0, lines[0]);
        return int.Parse(lines[^1].Split(';')[index]);
    }

    /// <summary>Response times in ms by the scenario's timer; SIPp must have been started with <c>-trace_rtt</c>.</summary>
    public IReadOnlyList<double> ReadResponseTimes(string timer) =>
        [.. File.ReadAllLines(Directory.GetFiles(_folder.Path, "*_rtt.csv").Single()).Skip(1).Select(static l => l.Split(';')).Where(l => l[2].Trim() == timer).Select(static l => double.Parse(l[1]))];

    /// <summary>Every message that it received.</summary>
    public IReadOnlyList<string> ReadReceived() => ReadMessages(" message received ");

    /// <summary>Every message that it sent.</summary>
    public IReadOnlyList<string> ReadSent() => ReadMessages(" message sent ");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private List<string> ReadMessages(string kind) =>
        [.. ReadIfThere("messages.log").Split("-----------------------------------------------").Where(m => m.Split('\n').Take(3).Any(l => l.Contains(kind, StringComparison.Ordinal)))
            .Select(static m => m[(m.IndexOf("\n\n", StringComparison.Ordinal) + 2)..])];

    private static string End(string text, int length) => text.Length <= length ? text : "…" + text[^length..];

    private string ReadIfThere(string file) => File.Exists(_folder.Combine(file)) ? File.ReadAllText(_folder.Combine(file)) : "";
}
