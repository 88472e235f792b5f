using System.Runtime.CompilerServices;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary>Starts the worked examples and programs out of the documentation as their readers would.</summary>
internal static class ExampleProgram
{
    /// <summary>Debian's own: its packages are not seen by any other Python that a machine may have.</summary>
    private const string Python = "/usr/bin/python3";

    /// <summary>The project's root.</summary>
    public static string Root { get; } = FindRoot();

    private static string BotFolder => Path.Combine(Root, "examples", "answering-bot");

    /// <summary>Makes the Python modules of the proto files by the example's own script.</summary>
    public static async Task GenerateAsync()
    {
        await using ChildProcess generate = ChildProcess.Start(Path.Combine(BotFolder, "generate.sh"), [], Root);
        int code = await generate.WaitForExitAsync();
        Assert.True(code == 0, generate.Output);
    }

    /// <summary>The answering bot; the state of its session is kept in the folder.</summary>
    public static async Task<ChildProcess> StartBotAsync(MediaCoreServer server, string folder, params string[] options)
    {
        ChildProcess bot = ChildProcess.Start(Python, [Path.Combine(BotFolder, "bot.py"), "--server", server.Grpc.Authority, .. options], folder);
        await bot.WaitForLineAsync(static l => l.StartsWith("opened ", StringComparison.Ordinal), "session");
        return bot;
    }

    /// <summary>A Python program of a document.</summary>
    public static ChildProcess StartPython(string program, string folder) =>
        ChildProcess.Start("env", [$"PYTHONPATH={Path.Combine(BotFolder, "generated")}", Python, "-u", program], folder);

    /// <summary>Click to call, on a port of the system's choice; its address.</summary>
    public static async Task<(ChildProcess Process, Uri Address)> StartClickToCallAsync(MediaCoreServer server, string folder)
    {
        string modules = Path.Combine(Root, "tests", "MediaCore.Wire.Tests", "node_modules");
        ChildProcess process = ChildProcess.Start(
            "env", [$"NODE_PATH={modules}", "PORT=0", $"MEDIACORE_SERVER={server.Grpc.Authority}", "node", Path.Combine(Root, "examples", "click-to-call", "server.js")], folder);
        string line = await process.WaitForLineAsync(static l => l.StartsWith("click-to-call on ", StringComparison.Ordinal), "address");
        return (process, new Uri(line["click-to-call on ".Length..]));
    }

    /// <summary>Runs <c>mcctl</c> to its end; its exit code and output.</summary>
    public static async Task<(int Code, string Output)> RunMcctlAsync(MediaCoreServer server, params string[] arguments)
    {
        await using ChildProcess mcctl = ChildProcess.Start("dotnet", [FindMcctl(), .. arguments, "--server", server.Grpc.GetLeftPart(UriPartial.Authority)], server.Folder);
        int code = await mcctl.WaitForExitAsync();
        return (code, mcctl.Output);
    }

    /// <summary>Built beside the server, in the same configuration.</summary>
    private static string FindMcctl()
    {
        string configuration = new DirectoryInfo(Path.GetDirectoryName(MediaCoreServer.Program)!).Parent!.Name;
        return Path.Combine(Root, "tools", "MediaCore.Cli", "bin", configuration, "net10.0", "mcctl.dll");
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        for (DirectoryInfo? folder = new(File.Exists(thisFile) ? Path.GetDirectoryName(thisFile)! : AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MediaCore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The project's root was not found above the tests.");
    }
}
