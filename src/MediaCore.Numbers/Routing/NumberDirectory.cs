using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers.Storage;
using MediaCore.Primitives;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// The number service as the engine sees it: routing, admission and accounts out of one immutable <see cref="NumberSnapshot"/>, which is
/// replaced whole when the inventory or the routes change. Shards read one reference and never wait.
/// <list type="bullet">
/// <item>A number of ours is public: anyone may call it (<see cref="NumbersOptions.AcceptFrom"/> narrows that).</item>
/// <item>Phones of a tenant call its people by their extensions (<see cref="Dialling.InsideDialling"/>), and no other tenant's.</item>
/// <item>An account is called by authenticated accounts only; for others it is as unknown (404, cause 1) as a name that does not exist.</item>
/// <item>Everything else goes to the outbound routes, for authenticated accounts and trunks only.</item>
/// </list>
/// A change by another process is noticed by <c>PRAGMA data_version</c> on one connection kept for it, at most
/// <see cref="NumbersOptions.PollInterval"/> later; a database that fails leaves the last snapshot in force.
/// </summary>
public sealed partial class NumberDirectory : ICallPolicy, IAccountDirectory, IAsyncDisposable
{
    /// <summary>Under which name the peers of numbers are given to <see cref="SipPeerResolver.Watch"/>.</summary>
    public const string ResolverOwner = "numbers";

    private readonly NumberStore _store;
    private readonly NumbersOptions _options;
    private readonly SipPeerResolver? _resolver;
    private readonly Action<NumberSnapshot>? _changed;
    private readonly NumberService? _service;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PeerCache _peers = new();
    private readonly SemaphoreSlim _building = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private RouteTable _routes;
    private volatile NumberSnapshot _snapshot;
    private readonly Channel<bool> _accountsChanged = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _watch = Task.CompletedTask;
    private Task _following = Task.CompletedTask;

    private NumberDirectory(NumberStore store, RouteTable routes, NumbersOptions options, SipPeerResolver? resolver, Action<NumberSnapshot>? changed, NumberService? service, ILoggerFactory? loggers, TimeProvider? time)
    {
        NumberMetrics.Publish();
        _store = store;
        _routes = routes;
        _options = options;
        _resolver = resolver;
        _changed = changed;
        _service = service;
        _time = time ?? TimeProvider.System;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<NumberDirectory>();
        _snapshot = NumberSnapshot.Build(new InventoryView(0, [], 0, []), routes, options, _peers);
    }

    /// <summary>The snapshot in force.</summary>
    public NumberSnapshot Snapshot => _snapshot;

    /// <summary>Reads the inventory and begins to watch it.</summary>
    /// <param name="store">The database.</param>
    /// <param name="routes">Trunks and outbound routes of the configuration.</param>
    /// <param name="options">How calls are let in.</param>
    /// <param name="resolver">Resolves hosts of URI targets; null leaves names unresolved.</param>
    /// <param name="changed">Told of every snapshot that has come into force, the first too, on the thread that built it; must be quick. The server loads prompts ahead here.</param>
    /// <param name="service">Tenants' numbers and accounts, which are looked at beside those of <paramref name="store"/>; null for none.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">Clock of the poll.</param>
    /// <param name="cancellationToken">Ends the first reading.</param>
    public static async Task<NumberDirectory> StartAsync(
        NumberStore store,
        RouteTable routes,
        NumbersOptions? options = null,
        SipPeerResolver? resolver = null,
        Action<NumberSnapshot>? changed = null,
        NumberService? service = null,
        ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        var directory = new NumberDirectory(store, routes, options ?? new NumbersOptions(), resolver, changed, service, loggers, time);
        await directory.ReloadAsync(cancellationToken);
        directory._watch = Task.Run(directory.WatchAsync, CancellationToken.None);
        if (service is not null)
        {
            service.AccountsChanged += directory.OnAccountsChanged;
            directory._following = Task.Run(directory.FollowAccountsAsync, CancellationToken.None);
        }

        return directory;
    }

    /// <summary>Reads the inventory now and puts it in force; afterwards calls are routed by what was committed before.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken = default)
    {
        await _building.WaitAsync(cancellationToken);
        try
        {
            InventoryView inventory = await ReadInventoryAsync(cancellationToken);
            Swap(NumberSnapshot.Build(inventory, _routes, _options, _peers));
        }
        finally
        {
            _building.Release();
        }
    }

    /// <summary>Puts other trunks and routes in force, with the inventory as it is now.</summary>
    public async Task UpdateRoutesAsync(RouteTable routes, CancellationToken cancellationToken = default)
    {
        await _building.WaitAsync(cancellationToken);
        try
        {
            InventoryView inventory = await ReadInventoryAsync(cancellationToken);
            _routes = routes;
            Swap(NumberSnapshot.Build(inventory, routes, _options, _peers));
        }
        finally
        {
            _building.Release();
        }
    }

    /// <inheritdoc/>
    public Trunk? FindTrunk(in NetworkEndpoint source) => _snapshot.Routes.FindTrunk(source);

    /// <inheritdoc/>
    public Trunk? FindTrunkByHost(string host) => _snapshot.Routes.FindTrunkByHost(host);

    /// <inheritdoc/>
    public CallerAdmission Admit(in RouteRequest request) => _snapshot.Admit(request, _service?.Table, _service?.Inside);

    /// <inheritdoc/>
    public RoutePlan Route(in RouteRequest request) => _snapshot.Route(request, _service?.Table, _service?.Inside);

    /// <inheritdoc/>
    public Trunk? FindTrunkByName(string name) => _snapshot.Routes.FindTrunkByName(name);

    /// <inheritdoc/>
    public RoutePlan? FindRoute(string name, in RouteRequest request) => _snapshot.Routes.FindRoute(name, request);

    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Account? account) => _snapshot.TryGetAccount(name, out account);

    /// <summary>Ends the watching; the last snapshot stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            _service.AccountsChanged -= OnAccountsChanged;
        }

        await _stopping.CancelAsync();
        await _watch;
        await _following;
    }

    private async Task<InventoryView> ReadInventoryAsync(CancellationToken cancellationToken)
    {
        InventoryView inventory = await _store.ReadInventoryAsync(cancellationToken);
        return _service is null ? inventory : inventory.With(await _service.ReadAccountsAsync(cancellationToken));
    }

    private void Swap(NumberSnapshot snapshot)
    {
        _resolver?.Watch(ResolverOwner, snapshot.Peers);
        _snapshot = snapshot;
        NumberMetrics.Reloads.Add(1);
        NumberMetrics.SetInventory(snapshot.NumberCount, snapshot.AccountCount);
        LogReloaded(snapshot.NumberCount, snapshot.AccountCount, snapshot.Version);
        if (snapshot.AccountsOfOtherRealms > 0)
        {
            LogOtherRealms(snapshot.AccountsOfOtherRealms, _store.Realm);
        }

        foreach (PlanFault fault in snapshot.Faults)
        {
            LogTargetUnusable(fault.Position, TargetKinds.Of(fault.Kind), snapshot.Version);
        }

        _changed?.Invoke(snapshot);
    }

    private void OnAccountsChanged(object? sender, EventArgs e) => _accountsChanged.Writer.TryWrite(true);

    private async Task FollowAccountsAsync()
    {
        try
        {
            await foreach (bool _ in _accountsChanged.Reader.ReadAllAsync(_stopping.Token))
            {
                try
                {
                    await ReloadAsync(_stopping.Token);
                }
                catch (Exception e) when (e is DbException or DbUpdateException or InvalidDataException or IOException or TimeoutException)
                {
                    NumberMetrics.ReloadFailures.Add(1);
                    LogReloadFailed(e);

                    // What has changed is told once: it is looked at again until it was read.
                    await Task.Delay(_options.PollInterval, _time, _stopping.Token);
                    OnAccountsChanged(this, EventArgs.Empty);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_options.PollInterval, _time);
        var version = new DatabaseVersion(_store.ConnectionString);
        bool failing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    // Imports of call records change the database too; only what was audited changes the inventory.
                    if (await version.ReadAuditIfChangedAsync(_stopping.Token) is { } audited && audited != _snapshot.Version)
                    {
                        await ReloadAsync(_stopping.Token);
                    }

                    failing = false;
                }
                catch (Exception e) when (e is SqliteException or DbUpdateException or InvalidDataException or IOException)
                {
                    version.Reset();
                    NumberMetrics.ReloadFailures.Add(1);
                    if (!failing)
                    {
                        LogReloadFailed(e);
                    }

                    failing = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
        finally
        {
            version.Reset();
        }
    }
}
