using System.Text.Json;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>A script with the npm package <c>smpp</c>: what it says comes as a word and an object.</summary>
internal sealed class NodePeer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private NodePeer(ChildProcess process) => _process = process;

    public static NodePeer Start(string script, params string[] arguments) =>
        new(ChildProcess.Start("node", [Path.Combine(AppContext.BaseDirectory, "Messaging", "Smpp", script), Modules(), .. arguments], AppContext.BaseDirectory));

    /// <summary>The n-th time that it says a word, from 1.</summary>
    public async Task<JsonElement> WaitForAsync(string word, int time = 1)
    {
        int seen = 0;
        string? counted = null;
        await _process.WaitForLineAsync(_ => (counted = Nth(word, time, ref seen)) is not null, $"{word} for the {time}. time");
        return JsonElement.Parse(counted![(word.Length + 1)..]);
    }

    public Task TellAsync(object command) => _process.WriteLineAsync(JsonSerializer.Serialize(command));

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private string? Nth(string word, int time, ref int seen)
    {
        string[] lines = [.. _process.Output.Split('\n').Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))];
        seen = lines.Length;
        return seen >= time ? lines[time - 1] : null;
    }

    /// <summary>Where tools/test.sh has installed the packages.</summary>
    private static string Modules()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string modules = Path.Combine(folder.FullName, "tests", "MediaCore.Wire.Tests", "node_modules");
            if (Directory.Exists(Path.Combine(modules, "smpp")))
            {
                return modules;
            }
        }

        throw new InvalidOperationException("The npm package smpp is not installed: run tools/test.sh, or npm ci in tests/MediaCore.Wire.Tests.");
    }
}
