using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MediaCore.LoadTests.Server;

/// <summary>A server of our own to put the load on, with a folder of its own that goes with it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>The lowest port that <c>media.ports</c> may have.</summary>
    public const int FirstMediaPort = 2000;

    private const int FirstSipPort = 1100;
    private const int MostLogCharacters = 4000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly string _folder;
    private readonly int _httpPort;

    private ServerProcess(Process process, string folder, int sipPort, int httpPort, int grpcPort)
    {
        _process = process;
        _folder = folder;
        _httpPort = httpPort;
        SipPort = sipPort;
        GrpcPort = grpcPort;
    }

    public int SipPort { get; }

    /// <summary>Of the control interface.</summary>
    public int GrpcPort { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has said.</summary>
    public string LogFile => Path.Combine(_folder, "server.log");

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="program">Path of <c>mediacore.dll</c>.</param>
    /// <param name="configuration">Its configuration without <c>sip.listen</c>, <c>http</c> and <c>grpc</c>; a section <c>sip</c> is a dictionary.</param>
    /// <param name="prepare">Fills its folder before it starts; null: nothing is there.</param>
    /// <param name="environment">What its environment has beside ours.</param>
    public static async Task<ServerProcess> StartAsync(
        string program, Dictionary<string, object> configuration, Func<string, Task>? prepare = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        string folder = Directory.CreateTempSubdirectory("mediacore-load-").FullName;
        if (prepare is not null)
        {
            await prepare(folder);
        }

        int sipPort = FreeSipPort();
        int httpPort = FreePort();
        int grpcPort = FreePort();
        configuration["dataFolder"] = folder;
        configuration["grpc"] = new { listen = $"http://127.0.0.1:{grpcPort}" };
        Dictionary<string, object> sip = configuration.TryGetValue("sip", out object? given) ? (Dictionary<string, object>)given : [];
        sip["listen"] = new[] { $"udp://127.0.0.1:{sipPort}" };
        configuration["sip"] = sip;
        configuration["http"] = new { listen = $"http://127.0.0.1:{httpPort}" };
        string file = Path.Combine(folder, "mediacore.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(configuration));
        ProcessStartInfo start = new("/bin/sh", ["-c", $"exec dotnet \"{program}\" run --config \"{file}\" >\"{Path.Combine(folder, "server.log")}\" 2>&1"]) { WorkingDirectory = folder };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        ServerProcess server = new(Process.Start(start) ?? throw new InvalidOperationException("The server was not started."), folder, sipPort, httpPort, grpcPort);
        using CancellationTokenSource patience = new(s_patience);
        while (!await server.IsReadyAsync())
        {
            if (server.HasExited || patience.IsCancellationRequested)
            {
                string log = await server.ReadLogEndAsync();
                await server.DisposeAsync();
                throw new CannotMeasureException($"the server did not start:\n{log}");
            }

            await Task.Delay(50, CancellationToken.None);
        }

        return server;
    }

    /// <summary>Its metrics: name with labels → value.</summary>
    /// <exception cref="ServerFailedException">It has ended, or does not answer.</exception>
    public async Task<ServerFigures> GetFiguresAsync()
    {
        try
        {
            return await ReadFiguresAsync();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or FormatException or OperationCanceledException)
        {
            // What is killed is still there for a moment, with nothing to read.
            using CancellationTokenSource moment = new(s_moment);
            await _process.WaitForExitAsync(moment.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new ServerFailedException(
                $"{(HasExited ? "the server ended in the middle of the run" : $"the server does not answer at its metrics' page: {exception.Message}")}; the end of its log:\n{await ReadLogEndAsync()}", exception);
        }
    }

    /// <summary>The last that it has said.</summary>
    public async Task<string> ReadLogEndAsync()
    {
        string log = await File.ReadAllTextAsync(LogFile, CancellationToken.None);
        return log[Math.Max(0, log.Length - MostLogCharacters)..];
    }

    private async Task<ServerFigures> ReadFiguresAsync()
    {
        IReadOnlyDictionary<string, double> values = await MetricsPage.GetAsync(_http, new Uri($"http://127.0.0.1:{_httpPort}/metrics"));
        string rollup = await File.ReadAllTextAsync($"/proc/{ProcessId}/smaps_rollup");
        long resident = long.Parse(ResidentLine().Match(rollup).Groups["kib"].Value, CultureInfo.InvariantCulture) * 1024;
        int descriptors = Directory.GetFileSystemEntries($"/proc/{ProcessId}/fd").Length;
        return new ServerFigures(values, resident, descriptors);
    }

    /// <summary>Bytes of its managed objects after a collection of the whole heap. The collection stops the server for some tens of milliseconds.</summary>
    public async Task<double> GetLiveHeapBytesAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        await DiagnosticPort.CollectAsync(ProcessId, patience.Token);
        ServerFigures figures = await GetFiguresAsync();
        return figures.Total(ServerFigures.Heap) - figures.Total("dotnet_gc_last_collection_heap_fragmentation_size_bytes");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("/bin/kill", ["-TERM", ProcessId.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using CancellationTokenSource patience = new(s_patience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri($"http://127.0.0.1:{_httpPort}/readyz"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Below all media ports: no range of these may hold it.</summary>
    private static int FreeSipPort()
    {
        for (int tries = 0; ; tries++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            int port = Random.Shared.Next(FirstSipPort, FirstMediaPort);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < FirstMediaPort - FirstSipPort)
            {
                // Another one.
            }
        }
    }

    [GeneratedRegex(@"^Pss:\s+(?<kib>\d+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ResidentLine();
}
