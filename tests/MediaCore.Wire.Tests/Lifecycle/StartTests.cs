using System.Net;
using System.Net.Sockets;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>What a start that cannot work says, and with which code it ends.</summary>
public class StartTests
{
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task TakenPort_OneLine_AndExitCode1(string transport)
    {
        using ScratchFolder folder = new();
        using Socket holder = transport == "udp"
            ? new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
            : new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (transport == "tcp")
        {
            holder.Listen();
        }

        (int code, string[] errors) = await RunAsync(folder, $"--sip:listen={transport}://{holder.LocalEndPoint}", "--http:listen=http://127.0.0.1:0");
        Assert.Equal(1, code);
        string error = Assert.Single(errors, static l => !l.Contains(" info ", StringComparison.Ordinal));
        Assert.StartsWith("mediacore: ", error, StringComparison.Ordinal);
        Assert.Contains($"{holder.LocalEndPoint}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakenHttpPort_OneLine_AndExitCode1()
    {
        using ScratchFolder folder = new();
        using Socket holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        (int code, string[] errors) = await RunAsync(folder, "--sip:listen=udp://127.0.0.1:0", $"--http:listen=http://{holder.LocalEndPoint}");
        Assert.Equal(1, code);
        string error = Assert.Single(errors, static l => !l.Contains(" info ", StringComparison.Ordinal));
        Assert.StartsWith("mediacore: ", error, StringComparison.Ordinal);
        Assert.Contains($"{holder.LocalEndPoint}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationThatIsNoFile_OneLine_AndExitCode78()
    {
        using ScratchFolder folder = new();
        await using ChildProcess process = ChildProcess.Start("dotnet", [MediaCoreServer.Program, "run", "--config", folder.Path], folder.Path);
        Assert.Equal(78, await process.WaitForExitAsync());
        Assert.Contains(folder.Path, Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondServerOnTheSameData_OneLine_AndExitCode1()
    {
        await using MediaCoreServer first = await MediaCoreServer.StartAsync();
        using ScratchFolder folder = new();
        (int code, string[] errors) = await RunAsync(
            folder, "--sip:listen=udp://127.0.0.1:0", "--http:listen=http://127.0.0.1:0", $"--dataFolder={Path.Combine(first.Folder, "data")}");
        Assert.Equal(1, code);
        Assert.Single(errors, static l => !l.Contains(" info ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WrongConfiguration_EveryErrorWithItsPath_AndExitCode78()
    {
        using ScratchFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("wrong.json"), """{ "sip": { "listen": ["udp://nowhere"] }, "media": { "ports": "9-1" }, "numberz": {} }""");
        foreach (string verb in (string[])["run", "check"])
        {
            await using ChildProcess process = ChildProcess.Start("dotnet", [MediaCoreServer.Program, verb, "--config", folder.Combine("wrong.json")], folder.Path);
            Assert.Equal(78, await process.WaitForExitAsync());
            Assert.Contains("sip.listen", process.Output, StringComparison.Ordinal);
            Assert.Contains("media.ports", process.Output, StringComparison.Ordinal);
            Assert.Contains("numberz", process.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MissingConfiguration_ExitCode78()
    {
        using ScratchFolder folder = new();
        await using ChildProcess process = ChildProcess.Start("dotnet", [MediaCoreServer.Program, "run", "--config", folder.Combine("none.json")], folder.Path);
        Assert.Equal(78, await process.WaitForExitAsync());
        Assert.Contains("none.json", process.Output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string[] Lines)> RunAsync(ScratchFolder folder, params string[] arguments)
    {
        // A call for each shard, or the range is the mistake that is told.
        int count = 4 * Environment.ProcessorCount;
        int ports = FreePorts.NextRange(count);
        await using ChildProcess process = ChildProcess.Start("dotnet", [MediaCoreServer.Program, "run", $"--media:ports={ports}-{ports + count - 1}", .. arguments], folder.Path);
        int code = await process.WaitForExitAsync(TimeSpan.FromSeconds(60));
        return (code, process.Output.Split('\n'));
    }
}
