using MediaCore.Wire.Tests;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>One run of a peer's client through all cases, and what it said of each.</summary>
internal sealed class PeerRun
{
    private readonly Dictionary<string, string> _results = new(StringComparer.Ordinal);

    public string ResultOf(string name) => _results.GetValueOrDefault(name, "was not run");

    public static async Task<PeerRun> RunAsync(string program, params string[] arguments)
    {
        using ScratchFolder folder = new();
        await using ChildProcess process = ChildProcess.Start(program, arguments, folder.Path);
        await process.WaitForLineAsync(static line => line == "done", "end of the cases", Eventually.Patience * 3);
        PeerRun run = new();
        foreach (string line in process.Output.Split('\n'))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && InteropCases.All.ContainsKey(line[..space]))
            {
                run._results[line[..space]] = line[(space + 1)..];
            }
        }

        return run;
    }
}
