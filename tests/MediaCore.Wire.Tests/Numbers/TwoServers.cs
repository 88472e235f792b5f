using System.Globalization;
using System.Net;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Wire.Tests.Processes;
using Npgsql;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>
/// Two servers with one PostgreSQL and one folder of recordings and prompts, as the runbook sets them up: each has the other as a trunk. They stand on addresses of their own, and what is neither of them on a third (<see cref="Elsewhere"/>).
/// </summary>
internal sealed class TwoServers : IAsyncDisposable
{
    /// <summary>What each server calls the other.</summary>
    public const string Trunk = "other-server";

    private static readonly string[] s_addresses = ["127.0.0.1", "127.0.0.2"];
    private readonly ScratchFolder _folder = new();
    private readonly int[] _ports = [FreePorts.Next(IPAddress.Parse(s_addresses[0])), FreePorts.Next(IPAddress.Parse(s_addresses[1]))];
    private readonly MediaCoreServer?[] _servers = new MediaCoreServer?[2];
    private readonly string _connection;
    private readonly string _settings;
    private readonly NpgsqlDataSource _source;

    private TwoServers(string connection, string settings)
    {
        _connection = connection;
        _settings = settings;
        _source = NpgsqlDataSource.Create(connection);
    }

    /// <summary>Where phones and callers are: the servers know each other by their addresses.</summary>
    public static IPAddress Elsewhere { get; } = IPAddress.Parse("127.0.0.3");

    public MediaCoreServer A => _servers[0]!;

    public MediaCoreServer B => _servers[1]!;

    /// <param name="settings">Further members of both configurations.</param>
    public static async Task<TwoServers> StartAsync(string settings)
    {
        PostgresCluster cluster = await PostgresCluster.Shared;
        TwoServers servers = new(await cluster.CreateDatabaseAsync(), settings);
        try
        {
            await Task.WhenAll(servers.StartAsync(0), servers.StartAsync(1));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a server as a crash does.</summary>
    public async Task KillAsync(MediaCoreServer server)
    {
        server.Process.Signal(ChildProcess.Sigkill);
        await server.Process.WaitForExitAsync();
        int at = Array.IndexOf(_servers, server);
        await server.DisposeAsync();
        _servers[at] = null;
    }

    /// <summary>Starts a server that was killed again, with its data.</summary>
    public async Task RestartAsync() => await StartAsync(Array.IndexOf(_servers, null));

    /// <summary>One number of the shared database.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using NpgsqlCommand command = _source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Changes the shared database, as the passing of time does; gives how many rows.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = _source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MediaCoreServer? server in _servers)
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        await _source.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(int at) => _servers[at] = await MediaCoreServer.StartAsync(
        $$"""
        "storage": { "provider": "postgres", "connection": "{{_connection}}" },
        "recording": { "format": "wav", "directory": "{{_folder.Combine("recordings")}}" },
        "prompts": { "folder": "{{_folder.Combine("prompts")}}" },
        "trunks": [ { "name": "{{Trunk}}", "targets": ["sip:{{s_addresses[1 - at]}}:{{_ports[1 - at]}}"], "from": ["{{s_addresses[1 - at]}}/32"], "forTenants": true } ],
        {{_settings}}
        """,
        folder: Directory.CreateDirectory(_folder.Combine(at == 0 ? "a" : "b")).FullName,
        udpPort: _ports[at],
        address: s_addresses[at]);
}
