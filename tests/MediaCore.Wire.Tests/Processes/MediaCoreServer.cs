using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace MediaCore.Wire.Tests.Processes;

/// <summary>The real server in a process of its own, on ports and a data folder of its own.</summary>
internal sealed partial class MediaCoreServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private readonly ScratchFolder? _ownFolder;

    private MediaCoreServer(ChildProcess process, string folder, ScratchFolder? ownFolder)
    {
        Process = process;
        Folder = folder;
        _ownFolder = ownFolder;
    }

    /// <summary>mediacore.dll as this build made it.</summary>
    public static string Program { get; } = FindProgram();

    public ChildProcess Process { get; }

    /// <summary>Where it runs; its data is in <c>data</c> below.</summary>
    public string Folder { get; }

    public IPEndPoint Udp { get; private set; } = new(IPAddress.Any, 0);

    public IPEndPoint Tcp { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>Listeners beside those two, by their scheme.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> More { get; private set; } = new Dictionary<string, IPEndPoint>(StringComparer.Ordinal);

    public Uri HttpRoot { get; private set; } = new("http://invalid");

    /// <summary>The control interface.</summary>
    public Uri Grpc { get; private set; } = new("http://invalid");

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    /// <param name="settings">Members of the configuration beside the listeners, as <c>"numbers": {…}</c>; without any it is number mode with all its defaults.</param>
    /// <param name="folder">An earlier run's folder, to go on with its data.</param>
    /// <param name="sip">Further members of section <c>sip</c>.</param>
    /// <param name="media">Further members of section <c>media</c>.</param>
    /// <param name="listen">Further listeners, as <c>"tls://127.0.0.1:0"</c>.</param>
    /// <param name="mediaPorts">Four for each call of the last two seconds, since ports rest after use.</param>
    /// <param name="maxFileKilobytes">From which length on the system refuses to make a file longer; that needs no rights, as a full disk of one's own would.</param>
    /// <param name="firstMediaPort">For a test that needs to know them before; otherwise some that are free.</param>
    /// <param name="udpPort">For a server that must be found again after its restart.</param>
    /// <param name="libraries">A folder where it looks for shared libraries first.</param>
    /// <param name="clock">What it goes by in place of the machine's.</param>
    /// <param name="address">Where it listens: one of this machine's own, for servers that tell each other apart.</param>
    public static async Task<MediaCoreServer> StartAsync(string settings = "", string? folder = null, string sip = "", string media = "", int mediaPorts = 400, string listen = "", int udpPort = 0, int firstMediaPort = 0, int maxFileKilobytes = 0,
        string? libraries = null, MovedClock? clock = null, string address = "127.0.0.1")
    {
        ScratchFolder? own = folder is null ? new ScratchFolder() : null;
        folder ??= own!.Path;
        int ports = firstMediaPort == 0 ? FreePorts.NextRange(mediaPorts) : firstMediaPort;
        string file = Path.Combine(folder, "wire.json");

        // All peers of a test share one address and send more than a stranger may; and how busy the tests' machine is must not decide what is refused.
        sip += sip.Contains("\"defence\"", StringComparison.Ordinal) ? "" : (sip.Length == 0 ? "" : ", ") + "\"defence\": { \"trusted\": [\"127.0.0.0/8\"], \"overload\": { \"enabled\": false } }";
        await File.WriteAllTextAsync(file, $$"""
            {
              "sip": { "listen": ["udp://{{address}}:{{udpPort}}", "tcp://{{address}}:0"{{Member(listen)}}]{{Member(sip)}} },
              "http": { "listen": "http://127.0.0.1:0" },
              "grpc": { "listen": "http://127.0.0.1:0" },
              "media": { "ports": "{{ports}}-{{ports + mediaPorts - 1}}"{{Member(media)}} }{{Member(settings)}}
            }
            """);
        ChildProcess process = clock is not null ? clock.Start("dotnet", [Program, "run", "--config", file], folder)
            : maxFileKilobytes == 0
            ? ChildProcess.Start("dotnet", [Program, "run", "--config", file], folder, libraries)
            : ChildProcess.Start("bash", ["-c", $"trap '' XFSZ; ulimit -f {maxFileKilobytes}; DOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"", "bash", Program, "run", "--config", file], folder);
        MediaCoreServer server = new(process, folder, own);
        try
        {
            server.ReadReadyLine(await server.Process.WaitForLineAsync(static l => l.StartsWith("MediaCore ready", StringComparison.Ordinal), "ready line", TimeSpan.FromSeconds(60)));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>An SBC whose calls to +1… go to the given targets, as <c>sip:127.0.0.1:5090</c>.</summary>
    public static Task<MediaCoreServer> StartSbcAsync(IEnumerable<string> targets, string sip = "", string media = "", string more = "", string? folder = null, int mediaPorts = 400, string listen = "", string trunk = "", int firstMediaPort = 0, int maxFileKilobytes = 0)
    {
        string list = string.Join(", ", targets.Select(static t => $"\"{t}\""));
        return StartAsync(
            $$"""
            "trunks": [ { "name": "carrier-a", "targets": [{{list}}], "from": ["127.0.0.0/8"]{{Member(trunk)}} } ],
            "routes": [ { "name": "all", "match": { "to": "+1*" }, "trunks": ["carrier-a"] } ],
            "numbers": { "enabled": false }{{Member(more)}}
            """,
            folder,
            sip,
            media,
            mediaPorts,
            listen,
            firstMediaPort: firstMediaPort,
            maxFileKilobytes: maxFileKilobytes);
    }

    /// <summary>The password shown at the first start.</summary>
    public async Task<string> ReadPasswordAsync(string account)
    {
        string prefix = $"First start: account {account} password ";
        string line = await Process.WaitForLineAsync(l => l.StartsWith(prefix, StringComparison.Ordinal), "password");
        return line[prefix.Length..];
    }

    /// <summary>Runs another verb of the command line on the same configuration; gives its exit code and output.</summary>
    public async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using ChildProcess command = ChildProcess.Start("dotnet", [Program, .. arguments, "--config", Path.Combine(Folder, "wire.json")], Folder);
        int code = await command.WaitForExitAsync(TimeSpan.FromSeconds(60));
        return (code, command.Output);
    }

    /// <summary>The records of SBC mode: every line of every journal file.</summary>
    public IReadOnlyList<JsonElement> ReadJournal()
    {
        string records = Path.Combine(Folder, "data", "records");
        return [.. Directory.EnumerateFiles(records, "cdr-*.jsonl").Order(StringComparer.Ordinal).SelectMany(ReadSharedLines).Select(static l => JsonDocument.Parse(l).RootElement)];
    }

    /// <summary>Rows of the database of number mode, read past the program.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> QueryAsync(string sql)
    {
        SqliteConnectionStringBuilder connection = new() { DataSource = Path.Combine(Folder, "data", "mediacore.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        await using SqliteConnection database = new(connection.ConnectionString);
        await database.OpenAsync();
        await using SqliteCommand command = database.CreateCommand();
        command.CommandText = sql;
        await using SqliteDataReader reader = await command.ExecuteReaderAsync();
        List<IReadOnlyDictionary<string, object?>> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.Ordinal));
        }

        return rows;
    }

    /// <summary>The one call record of number mode, as soon as it is in the database.</summary>
    public async Task<IReadOnlyDictionary<string, object?>> WaitForOnlyCallAsync()
    {
        var rows = await Eventually.IsAsync(() => QueryAsync("select * from call_records"), static r => r.Count > 0, "a call record in the database");
        return Assert.Single(rows);
    }

    public Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> ReadLegsAsync() => QueryAsync("select * from call_legs order by position");

    /// <summary>Sum over all labels of a metric.</summary>
    public async Task<double> ReadMetricAsync(string name)
    {
        string text = await Http.GetStringAsync(new Uri(HttpRoot, "/metrics"));
        return text.Split('\n')
            .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is ' ' or '{')
            .Sum(static l => double.Parse(l.AsSpan(l.LastIndexOf(' ') + 1)));
    }

    /// <summary>Waits until as many accounts may register. A phone that tries before, and again and again, is taken for a guesser and locked out for a minute.</summary>
    public Task AccountsAsync(int count) =>
        Eventually.IsAsync(() => ReadMetricAsync("mediacore_numbers_accounts"), accounts => accounts >= count, $"{count} accounts in force");

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _ownFolder?.Dispose();
    }

    private static string Member(string text) => text.Length == 0 ? "" : ", " + text;

    private static string[] ReadSharedLines(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string FindProgram([CallerFilePath] string thisFile = "")
    {
#if RELEASE_SERVER
        const string configuration = "Release";
#else
        const string configuration = "Debug";
#endif

        // A deterministic build may have mapped the path of the source; the folder of the tests' own build then leads to the root.
        for (DirectoryInfo? folder = new(File.Exists(thisFile) ? Path.GetDirectoryName(thisFile)! : AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MediaCore.sln")))
            {
                return Path.Combine(folder.FullName, "src", "MediaCore.Server", "bin", configuration, "net10.0", "mediacore.dll");
            }
        }

        throw new FileNotFoundException("The project's root was not found above the tests.");
    }

    private void ReadReadyLine(string line)
    {
        Match match = Ready().Match(line);
        Assert.True(match.Success, line);
        Udp = IPEndPoint.Parse(match.Groups["udp"].Value);
        Tcp = IPEndPoint.Parse(match.Groups["tcp"].Value);
        More = match.Groups["more"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split("://")).ToDictionary(static l => l[0], static l => IPEndPoint.Parse(l[1]), StringComparer.Ordinal);
        HttpRoot = new Uri(match.Groups["http"].Value);
        Grpc = new Uri(match.Groups["grpc"].Value);
    }

    [GeneratedRegex(@"sip=udp://(?<udp>[\d.:]+),tcp://(?<tcp>[\d.:]+)(?<more>\S*) http=(?<http>http://[\d.:]+) (?:.* )?grpc=(?<grpc>http://[\d.:]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Ready();
}
