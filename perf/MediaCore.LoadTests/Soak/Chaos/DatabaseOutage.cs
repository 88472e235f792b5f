using System.Diagnostics;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>
/// The server keeps tenants, numbers and call records on a PostgreSQL of the run's own, which stops as in a crash and comes back. Calls have to go on. The database is reached by a Unix socket, and ends with this process
/// however that ends: its shell waits for the end of its standard input.
/// </summary>
internal sealed class DatabaseOutage : IDisturbance
{
    public const string Kind = "database";

    /// <summary>Most connections of the server's pool. What was asked during an outage is asked at once afterwards, and the connections that this took stay open for minutes.</summary>
    private const int PoolConnections = 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-soak-pg-").FullName;
    private readonly bool _isRoot = Environment.UserName == "root";
    private Process? _database;
    private string _binaries = "";
    private int _outages;

    public string Name => Kind;

    public int SpareDescriptors => PoolConnections;

    public async Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment)
    {
        _binaries = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateFiles("/usr/lib/postgresql", "initdb", SearchOption.AllDirectories).Select(static path => Path.GetDirectoryName(path)!).Order().LastOrDefault("") : "";
        if (_binaries.Length == 0)
        {
            throw new CannotMeasureException($"--chaos {Kind} needs PostgreSQL: apt-get install postgresql");
        }

        if (_isRoot)
        {
            await RunAsync("chown", "postgres", _folder);
        }

        using Process make = Shell($"'{_binaries}/initdb' -D '{_folder}/data' -U mediacore -A trust -E UTF8 --locale=C --no-sync >'{_folder}/log' 2>&1");
        await EndAsync(make);
        await ResumeAsync();
        configuration["numbers"] = new { enabled = true };
        configuration["storage"] = new { provider = "postgres", connection = $"Host={_folder};Username=mediacore;Database=postgres;Maximum Pool Size={PoolConnections}" };
    }

    public Task BeginAsync(ServerProcess server, CallGenerator generator) => Task.CompletedTask;

    public async Task StrikeAsync()
    {
        _outages++;
        await StopAsync();
    }

    public Task EaseAsync() => ResumeAsync();

    public Finding Check() => new("the database was stopped and came back", _outages > 0, $"{_outages} times");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await RunAsync("rm", "-rf", _folder);
    }

    private async Task StopAsync()
    {
        if (_database is { } database)
        {
            _database = null;
            database.StandardInput.Close();
            await database.WaitForExitAsync();
            database.Dispose();
        }
    }

    private async Task ResumeAsync()
    {
        _database = Shell($"'{_binaries}/postgres' -D '{_folder}/data' -k '{_folder}' -c listen_addresses= -c fsync=off >>'{_folder}/log' 2>&1 & pid=$!; cat >/dev/null; kill -QUIT $pid; wait $pid");
        Stopwatch watch = Stopwatch.StartNew();
        while (await RunAsync($"{_binaries}/pg_isready", "-q", "-h", _folder) != 0)
        {
            if (_database.HasExited || watch.Elapsed > s_patience)
            {
                throw new CannotMeasureException($"PostgreSQL did not start:\n{await File.ReadAllTextAsync($"{_folder}/log")}");
            }

            await Task.Delay(50);
        }
    }

    // PostgreSQL refuses to run as root.
    private Process Shell(string command) =>
        Process.Start(new ProcessStartInfo(_isRoot ? "setpriv" : "sh", [.. _isRoot ? ["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"] : Array.Empty<string>(), "-c", command]) { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" })
        ?? throw new InvalidOperationException("A shell was not started.");

    private async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new CannotMeasureException($"initdb failed:\n{await File.ReadAllTextAsync($"{_folder}/log")}");
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
