using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>SIPVicious, the tools that most attacks from the internet come from: <c>svmap</c> looks for servers, <c>svwar</c> for accounts, <c>svcrack</c> for passwords.</summary>
internal static class Sipvicious
{
    /// <summary>Where <c>svwar</c> and <c>svcrack</c> come from, whatever they are told (0.3.3).</summary>
    public static readonly IPAddress Home = IPAddress.Loopback;

    /// <summary>Asks the server once for each time; what it found.</summary>
    public static Task<string> MapAsync(IPEndPoint server, IPAddress from, int times = 1) =>
        RunAsync("svmap", ["-b", $"{from}", "-x", $"{from}", "-p", $"{server.Port}", "-P", $"{FreePorts.Next()}", .. Enumerable.Repeat($"{server.Address}", times)]);

    /// <summary>Looks which of some accounts there are; goes on when it is told that the server cannot be read.</summary>
    public static Task<string> WarAsync(IPEndPoint server, string accounts, string method) =>
        RunAsync("svwar", ["--force", "-m", method, "-e", accounts, "-p", $"{server.Port}", "-P", $"{FreePorts.Next()}", "--maximumtime", "2", $"{server.Address}"]);

    /// <summary>Tries passwords; gives up two seconds after the last answer, or when it is told to. What it found it says at once.</summary>
    public static async Task<string> CrackAsync(IPEndPoint server, string account, IEnumerable<string> passwords, Task? until = null)
    {
        using ScratchFolder folder = new();
        string file = folder.Combine("passwords");
        await File.WriteAllLinesAsync(file, passwords);
        return await RunAsync("svcrack", ["-v", "-u", account, "-d", file, "-p", $"{server.Port}", "-P", $"{FreePorts.Next()}", "--maximumtime", "2", $"{server.Address}"], until);
    }

    private static async Task<string> RunAsync(string tool, string[] arguments, Task? until = null)
    {
        using ScratchFolder folder = new();

        // They keep a session in the user's home.
        await using ChildProcess process = ChildProcess.Start("env", [$"HOME={folder.Path}", tool, .. arguments], folder.Path);
        if (until is not null)
        {
            await until;
            process.Signal(ChildProcess.Sigterm);
        }

        await process.WaitForExitAsync(TimeSpan.FromSeconds(120));
        return process.Output;
    }
}
