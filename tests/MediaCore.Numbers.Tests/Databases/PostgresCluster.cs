using System.Diagnostics;
using System.Globalization;
using MediaCore.Numbers.Storage;
using Npgsql;

namespace MediaCore.Numbers.Tests.Databases;

/// <summary>
/// A PostgreSQL cluster of its own in a temporary folder, run by a user that is not root, reached by a Unix socket only (no port to collide on). It ends with
/// the test process however that ends: its shell waits for the end of its standard input.
/// </summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lock SharedLock = new();
    private static Task<PostgresCluster>? _shared;
    private readonly string _folder;
    private readonly string _binaries;
    private readonly string? _user;
    private readonly SemaphoreSlim _creating = new(1, 1);
    private Process? _server;
    private int _databases;

    private PostgresCluster(string folder, string binaries, string? user)
    {
        _folder = folder;
        _binaries = binaries;
        _user = user;
    }

    /// <summary>One for the tests that leave it running.</summary>
    public static Task<PostgresCluster> Shared
    {
        get
        {
            lock (SharedLock)
            {
                return _shared ??= StartSharedAsync();
            }
        }
    }

    private string Data => Path.Combine(_folder, "data");

    public static async Task<PostgresCluster> StartAsync()
    {
        string binaries = Directory.EnumerateDirectories("/usr/lib/postgresql").OrderByDescending(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).Select(static path => Path.Combine(path, "bin")).First();
        string folder = Directory.CreateTempSubdirectory("mediacore-pg-").FullName;
        string? user = Environment.UserName == "root" ? "postgres" : null;
        var cluster = new PostgresCluster(folder, binaries, user);
        if (user is not null)
        {
            Run("chown", user, folder);
        }

        await cluster.ShellAsync($"'{binaries}/initdb' -D '{cluster.Data}' -U mediacore -A trust -E UTF8 --locale=C --no-sync");
        await cluster.ResumeAsync();
        return cluster;
    }

    /// <summary>Stops the server as a crash does; its data stay.</summary>
    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            server.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            await server.WaitForExitAsync(patience.Token);
            server.Dispose();
        }
    }

    public async Task ResumeAsync()
    {
        // fsync is what a test of crashes of the machine would need, not of the process.
        _server = StartShell(
            $"'{_binaries}/postgres' -D '{Data}' -k '{_folder}' -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100 "
            + $"-c shared_buffers=32MB >>'{_folder}/log' 2>&1 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid");
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionTo("postgres") + ";Pooling=false");
                await connection.OpenAsync(patience.Token);
                return;
            }
            catch (NpgsqlException) when (!_server.HasExited)
            {
                // Not listening yet: there is nothing to wait on but another try.
                await Task.Delay(20, patience.Token);
            }
        }
    }

    /// <summary>A new database, and how to reach it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await _creating.WaitAsync();
        try
        {
            await using NpgsqlDataSource source = NpgsqlDataSource.Create(ConnectionTo("postgres"));
            if (_databases == 0)
            {
                // Migrated once; each test gets a copy.
                await CreateAsync(source, "model");
                await (await ServiceStore.OpenAsync(new ServiceStoreOptions { Provider = StoreProvider.Postgres, Connection = ConnectionTo("model") + ";Pooling=false" })).DisposeAsync();
            }

            string name = $"t{++_databases}";
            await CreateAsync(source, $"{name} TEMPLATE model");
            return ConnectionTo(name);
        }
        finally
        {
            _creating.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Run("rm", "-rf", _folder);
    }

    private static async Task<PostgresCluster> StartSharedAsync()
    {
        PostgresCluster cluster = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return cluster;
    }

    private static async Task CreateAsync(NpgsqlDataSource source, string what)
    {
#pragma warning disable CA2100 // Names that stand above.
        await using NpgsqlCommand command = source.CreateCommand($"CREATE DATABASE {what}");
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private string ConnectionTo(string database) => $"Host={_folder};Username=mediacore;Database={database};Maximum Pool Size=20";

    private async Task ShellAsync(string command)
    {
        using Process process = StartShell(command + $" >>'{_folder}/log' 2>&1");
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{command}: {(File.Exists(_folder + "/log") ? await File.ReadAllTextAsync(_folder + "/log", patience.Token) : "")}");
    }

    private Process StartShell(string command)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        if (_user is not null)
        {
            start.FileName = "setpriv";
            foreach (string argument in (ReadOnlySpan<string>)[$"--reuid={_user}", $"--regid={_user}", "--init-groups", "sh", "-c", command])
            {
                start.ArgumentList.Add(argument);
            }
        }
        else
        {
            start.FileName = "sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(command);
        }

        return Process.Start(start)!;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
    }
}
