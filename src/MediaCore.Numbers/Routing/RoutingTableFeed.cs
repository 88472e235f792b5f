using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// Keeps a <see cref="RoutingTable"/> up to date: told of changes by its own store at once, of another node's by PostgreSQL's NOTIFY, and by looking at the audit's
/// number at every interval for whatever neither tells (another process on a SQLite file, a notification lost with its connection, an assignment that begins by the clock).
/// A database that is down leaves the last table in force. Readers take <see cref="Current"/> and never wait.
/// </summary>
public sealed partial class RoutingTableFeed : IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly RoutingTableReader _reader;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Action<RoutingTable>? _swapped;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _reading = new(1, 1);

    // One signal that waits says all: what it is about is read from the database.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile RoutingTable _current = RoutingTable.Empty;
    private Task _loop = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private bool _failing;

    private RoutingTableFeed(ServiceStore store, TimeSpan interval, Action<RoutingTable>? swapped, ILoggerFactory? loggers)
    {
        _store = store;
        _reader = new RoutingTableReader(store);
        _interval = interval;
        _swapped = swapped;
        _time = store.Time;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<RoutingTableFeed>();
    }

    /// <summary>The table in force.</summary>
    public RoutingTable Current => _current;

    /// <summary>Reads everything and begins to follow changes.</summary>
    /// <param name="store">The database.</param>
    /// <param name="interval">How often it is looked whether something has changed that nobody told of; a second when null.</param>
    /// <param name="swapped">Told of every table that has come into force, on the thread that made it; must be quick and not throw.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="cancellationToken">Ends the first reading.</param>
    public static async Task<RoutingTableFeed> StartAsync(
        ServiceStore store, TimeSpan? interval = null, Action<RoutingTable>? swapped = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var feed = new RoutingTableFeed(store, interval ?? TimeSpan.FromSeconds(1), swapped, loggers);
        await feed.RefreshAsync(cancellationToken);
        store.Changed += feed.OnChanged;
        feed._loop = Task.Run(feed.FollowAsync, CancellationToken.None);
        feed._listening = store.Postgres is { } postgres ? Task.Run(() => feed.ListenAsync(postgres), CancellationToken.None) : Task.CompletedTask;
        return feed;
    }

    /// <summary>Reads what has changed now; afterwards calls are routed by what was committed before.</summary>
    /// <exception cref="DbException">The database cannot be read; the last table stays in force.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (await _reader.ReadAsync(cancellationToken) is { } table)
            {
                _current = table;
                NumberMetrics.Reloads.Add(1);
                LogInForce(table.Count, table.Version);
                _swapped?.Invoke(table);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Ends the following; the last table stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= OnChanged;
        await _stopping.CancelAsync();
        await _loop;
        await _listening;
        _reading.Dispose();
        _stopping.Dispose();
    }

    private void OnChanged(object? sender, EventArgs e) => Signal();

    private void Signal() => _signals.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        await using ITimer timer = _time.CreateTimer(static feed => ((RoutingTableFeed)feed!).Signal(), this, _interval, _interval);
        try
        {
            await foreach (bool _ in _signals.Reader.ReadAllAsync(_stopping.Token))
            {
                try
                {
                    await RefreshAsync(_stopping.Token);
                    _failing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
                {
                    NumberMetrics.ReloadFailures.Add(1);
                    if (!_failing)
                    {
                        LogFailed(e);
                    }

                    _failing = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task ListenAsync(NpgsqlDataSource postgres)
    {
        try
        {
            while (true)
            {
                try
                {
                    await using NpgsqlConnection connection = await postgres.OpenConnectionAsync(_stopping.Token);
                    connection.Notification += (_, _) => Signal();
                    await using (var listen = new NpgsqlCommand($"LISTEN {ServiceStore.ChangeChannel}", connection))
                    {
                        await listen.ExecuteNonQueryAsync(_stopping.Token);
                    }

                    // What was told while nobody listened.
                    Signal();
                    LogListening();
                    while (true)
                    {
                        await connection.WaitAsync(_stopping.Token);
                    }
                }
                catch (Exception e) when (e is DbException or IOException or TimeoutException or InvalidOperationException)
                {
                    LogNotListening(e.Message);
                    await Task.Delay(_interval, _time, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }
}
