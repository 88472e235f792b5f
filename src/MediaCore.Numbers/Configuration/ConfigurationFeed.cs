using System.Collections.Frozen;
using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Configuration;

/// <summary>
/// Keeps the <see cref="TenantConfiguration"/> of each tenant up to date: told of changes by its own store at once, of another node's by whoever calls <see cref="Signal"/> (the routing table's feed, which listens to PostgreSQL), and by looking at
/// the audit's number at every interval. A database that is down leaves what was read last in force. Readers never wait.
/// </summary>
public sealed partial class ConfigurationFeed : IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly ConfigurationReader _reader;
    private readonly TimeSpan _interval;
    private readonly Action? _swapped;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _reading = new(1, 1);

    // One signal that waits says all: what it is about is read from the database.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile FrozenDictionary<Guid, TenantConfiguration> _current = FrozenDictionary<Guid, TenantConfiguration>.Empty;
    private volatile FrozenDictionary<string, Guid> _owners = FrozenDictionary<string, Guid>.Empty;
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    private ConfigurationFeed(ServiceStore store, TimeSpan interval, Action? swapped, ILoggerFactory? loggers)
    {
        _store = store;
        _reader = new ConfigurationReader(store);
        _interval = interval;
        _swapped = swapped;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<ConfigurationFeed>();
    }

    /// <summary>Whose an account is; null for one that is no tenant's.</summary>
    public Guid? FindOwner(string account) => _owners.TryGetValue(account, out Guid tenant) ? tenant : null;

    /// <summary>Which lengths extensions have: bit n for n digits.</summary>
    public uint ExtensionLengths { get; private set; }

    /// <summary>Whether any tenant has people with phones.</summary>
    public bool HasPhones { get; private set; }

    /// <summary>The configurations in force, by tenant.</summary>
    public FrozenDictionary<Guid, TenantConfiguration> Current => _current;

    /// <summary>Reads everything and begins to follow changes.</summary>
    /// <param name="store">The database.</param>
    /// <param name="interval">How often it is looked whether something has changed that nobody told of; a second when null.</param>
    /// <param name="swapped">Told whenever other configurations have come into force; must be quick and not throw.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="cancellationToken">Ends the first reading.</param>
    public static async Task<ConfigurationFeed> StartAsync(
        ServiceStore store, TimeSpan? interval = null, Action? swapped = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var feed = new ConfigurationFeed(store, interval ?? TimeSpan.FromSeconds(1), swapped, loggers);
        await feed.RefreshAsync(cancellationToken);
        store.Changed += feed.OnChanged;
        feed._loop = Task.Run(feed.FollowAsync, CancellationToken.None);
        return feed;
    }

    /// <summary>Somebody knows of a change; it is read soon. From any thread.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Reads what has changed now; calls that begin afterwards go by what was committed before.</summary>
    /// <exception cref="DbException">The database cannot be read; what was read last stays in force.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (await _reader.ReadAsync(cancellationToken) is { } configurations)
            {
                User[] people = [.. configurations.Values.SelectMany(static one => one.Users.Values).Where(static user => user is { Disabled: false, Account: not null })];
                HasPhones = people.Length > 0;
                ExtensionLengths = people.Aggregate(0u, static (mask, user) => user.Extension is { Length: < 32 } extension ? mask | (1u << extension.Length) : mask);
                _owners = configurations.Values.SelectMany(static one => one.Accounts.Select(account => KeyValuePair.Create(account, one.Tenant.Id))).ToFrozenDictionary(StringComparer.Ordinal);
                _current = configurations;
                LogInForce(configurations.Count);
                _swapped?.Invoke();
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Ends the following; what was read last stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= OnChanged;
        await _stopping.CancelAsync();
        await _loop;
        _reading.Dispose();
        _stopping.Dispose();
    }

    private void OnChanged(object? sender, EventArgs e) => Signal();

    private async Task FollowAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static feed => ((ConfigurationFeed)feed!).Signal(), this, _interval, _interval);
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
}
