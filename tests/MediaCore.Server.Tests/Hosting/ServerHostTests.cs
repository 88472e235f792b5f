using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;
using MediaCore.Server.Logging;
using MediaCore.Server.Tests.CommandLine;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Hosting;

/// <summary>The whole server on loopback, on ports that the system chooses.</summary>
public sealed partial class ServerHostTests : IDisposable
{
    // The media range lies below the ports that the system chooses from, or it would now and then hold the SIP port; taken ports in it are passed over.
    private static readonly string[] FreePorts = ["--media:ports=20000-20999", "--sip:listen=udp://127.0.0.1:0,tcp://127.0.0.1:0", "--http:listen=http://127.0.0.1:0", "--engine:shards=1", "--logging:level=critical", "--grpc:listen=null"];

    private readonly TemporaryFolder _folder = new();
    private readonly ServerLoggers _loggers = new(LogLevel.Critical);

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_IsReady_OnRealPorts_AndSeedsOnce()
    {
        await using (ServerHost host = await StartAsync())
        {
            Assert.Matches("^MediaCore ready sip=udp://127\\.0\\.0\\.1:[1-9][0-9]*,tcp://127\\.0\\.0\\.1:[1-9][0-9]* http=http://127\\.0\\.0\\.1:[1-9][0-9]* rtp=127\\.0\\.0\\.1:[0-9]+-[0-9]+$", host.ReadyLine);
            Assert.Equal(["1001", "1002"], host.FirstStart?.Accounts.Select(a => a.Name));
            Assert.All(host.FirstStart!.Accounts, a => Assert.Equal(20, a.Password.Length));
            using HttpClient client = new() { BaseAddress = new Uri($"http://{host.Http}") };
            Assert.Equal("ready\n", await client.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
            Assert.Equal("ok\n", await client.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
            Assert.Contains("mediacore_numbers_accounts 2\n", await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);

            host.BeginDrain();

            using HttpResponseMessage draining = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, draining.StatusCode);
            Assert.Equal("draining\n", await draining.Content.ReadAsStringAsync());
        }

        await using ServerHost again = await StartAsync();
        Assert.Null(again.FirstStart);
    }

    [Fact]
    public async Task Start_ThatFails_LeavesNothingBehind_AndMakesNoPasswords()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync($"--sip:listen=udp://{taken.LocalEndPoint}"));
        Assert.Contains("is in use", e.Message, StringComparison.Ordinal);

        await using ServerHost host = await StartAsync();
        Assert.NotNull(host.FirstStart);
    }

    [Fact]
    public async Task RecordingFolder_ThatCannotBeMade_IsNamed()
    {
        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync("--recording:directory=/proc/none"));
        Assert.StartsWith("recordings cannot be kept in '/proc/none' (", e.Message, StringComparison.Ordinal);
        Assert.Contains("recording.directory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_OfAnotherServer_IsRefused()
    {
        await using ServerHost first = await StartAsync();

        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync());
        Assert.Contains("in use by another server", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ChangesRoutesAndLevel_AndNothingThatNeedsARestart()
    {
        await using ServerHost host = await StartAsync("--numbers:enabled=false");
        ServerSettings wanted = Read("--numbers:enabled=false", "--drain:limitSeconds=7", "--logging:level=error", "--calls:maxCalls=1", "--trunks:0:name=a", "--trunks:0:from=192.0.2.0/24");

        await host.ReloadAsync(wanted);

        Assert.Equal("a", Assert.Single(host.Settings.Trunks).Name);
        Assert.Equal(TimeSpan.FromSeconds(7), host.Settings.DrainLimit);
        Assert.Equal(LogLevel.Error, _loggers.Level);
        Assert.NotEqual(1, host.Settings.Calls.MaxCalls);

        // Sessions of the ng protocol are bounded as calls are where nothing else is said, so that waits for a restart too.
        Assert.Equal(["calls.maxCalls", "ng.maxSessions"], SettingsDifference.Find(host.Settings, wanted));
    }

    [Fact]
    public async Task Metrics_ThatTheRunbookNames_AreThere_BeforeAnythingHappens()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "MediaCore.sln")))
        {
            root = root.Parent!;
        }

        // A carrier that takes what comes and says nothing, so that there is a trunk to measure.
        using Socket carrier = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        carrier.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using ServerHost host = await StartAsync(
            "--ng:listen=udp://127.0.0.1:0", "--grpc:listen=http://127.0.0.1:0", "--control:policy:target=http://127.0.0.1:1", "--trunks:0:name=carrier", $"--trunks:0:targets:0=sip:{carrier.LocalEndPoint}", "--trunks:0:credentials:user=line7", "--trunks:0:credentials:password=secret", "--trunks:0:registration:expiresSeconds=600");
        using HttpClient client = new() { BaseAddress = new Uri($"http://{host.Http}") };
        string metrics;
        long begun = Environment.TickCount64;
        do
        {
            // The trunk's shard begins with it in a turn of its own; nothing else is waited for.
            metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        }
        while (!metrics.Contains("mediacore_sip_trunk_registered{", StringComparison.Ordinal) && Environment.TickCount64 - begun < 60_000);

        string runbook = await File.ReadAllTextAsync(Path.Combine(root.FullName, "runbook.md"));
        string[] documented = [.. MetricName().Matches(runbook).Select(static m => m.Value).Distinct()];
        Assert.InRange(documented.Length, 40, 1_000);
        Assert.DoesNotContain(documented, name => !metrics.Contains($"# TYPE {name} ", StringComparison.Ordinal));
        Assert.Contains("\nmediacore_calls_records_held 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nmediacore_calls_records_dropped_total 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WaitsForNoNameServer()
    {
        // It takes every question and answers none.
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using ServerHost host = await StartAsync(
            "--numbers:enabled=false", $"--sip:dns:servers:0={silent.LocalEndPoint}", "--sip:dns:timeoutSeconds=30", "--sip:dns:tryTimeoutSeconds=10",
            "--trunks:0:name=carrier", "--trunks:0:targets:0=sip:carrier.example:5060");
        await silent.ReceiveAsync(new byte[512]).WaitAsync(TimeSpan.FromSeconds(20));
        using HttpClient client = new() { BaseAddress = new Uri($"http://{host.Http}") };
        Assert.Equal("ready\n", await client.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        Assert.Contains("\nmediacore_sip_dns_queries_total{result=\"failed\",type=\"A\"} 0\n", await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sbc_HasNoDatabase()
    {
        await using ServerHost host = await StartAsync("--numbers:enabled=false");

        Assert.Null(host.Numbers);
        Assert.Null(host.FirstStart);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "data", "mediacore.db")));
    }

    [Fact]
    public async Task Run_ShowsPasswordsOnce_AndEndsWithZero()
    {
        TestTerminal terminal = new(_folder.Path);
        Assert.Equal(0, await RunUntilReadyAsync(terminal));
        Assert.Matches("First start: account 1001 password [A-Za-z0-9]{20}\n", terminal.Out);
        Assert.DoesNotMatch("password [A-Za-z0-9]{20}", terminal.Error);

        TestTerminal second = new(_folder.Path);
        Assert.Equal(0, await RunUntilReadyAsync(second));
        Assert.StartsWith("MediaCore ready ", second.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnderAServiceManager_ShowsNoPasswords()
    {
        TestTerminal terminal = new(_folder.Path);
        terminal.Environment["JOURNAL_STREAM"] = "8:1";

        Assert.Equal(0, await RunUntilReadyAsync(terminal));
        Assert.DoesNotMatch("password [A-Za-z0-9]{20}", terminal.Out);
        Assert.Contains("mediacore accounts password 1001", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnATakenPort_IsOneLine()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        TestTerminal terminal = new(_folder.Path);

        Assert.Equal(1, await terminal.RunAsync(["run", .. FreePorts, $"--sip:listen=udp://{taken.LocalEndPoint}"]));
        Assert.Matches("^mediacore: udp 127\\.0\\.0\\.1:[0-9]+ is in use by another process[^\n]*\n$", terminal.Error);
        Assert.Empty(terminal.Out);
    }

    [GeneratedRegex("mediacore_[a-z0-9_]*[a-z0-9]", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MetricName();

    private static async Task<int> RunUntilReadyAsync(TestTerminal terminal)
    {
        using CancellationTokenSource stop = new();
        Task<int> run = terminal.RunAsync(stop.Token, ["run", .. FreePorts]);
        await Task.WhenAny(terminal.LineStartingWith("MediaCore ready "), run).WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        await stop.CancelAsync();
        return await run.WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
    }

    private Task<ServerHost> StartAsync(params string[] arguments) => ServerHost.StartAsync(Read(arguments), _loggers, CancellationToken.None);

    private ServerSettings Read(params string[] arguments)
    {
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(null, _folder.Path, FreePorts.Concat(arguments).Select(a => ConfigurationOverride.FromArgument(a)!), errors);
        Assert.Empty(errors.Items);
        return settings;
    }
}
