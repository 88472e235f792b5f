using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Data.Common;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers;

/// <summary>
/// The number service of a server, put together: the database, what is kept of it in memory, and what drives calls. It is started before the engine, which routes by <see cref="Table"/> and publishes its events here, and gets the engine's calls when these are there (<see cref="Attach"/>).
/// </summary>
public sealed class NumberService : ICallEvents, IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly WebLookup _lookups;
    private RoutingTableFeed? _feed;
    private ConfigurationFeed? _configurations;
    private CallDirector? _director;
    private VoicemailRecordings? _voicemail;
    private CallTraceStore? _traces;
    private long _accountsSeq = -1;

    private NumberService(ServiceStore store, SipAccounts accounts, QueueDesks queues, NumberServiceOptions options, ILoggerFactory loggers)
    {
        Queues = queues;
        _lookups = new WebLookup(options.Lookups, store.Time);
        _loggers = loggers;
        Store = store;
        Accounts = accounts;
    }

    /// <summary>Raised when the accounts that may register are others than before; on any thread.</summary>
    public event EventHandler? AccountsChanged;

    /// <summary>The database.</summary>
    public ServiceStore Store { get; }

    /// <summary>Where calls to tenants' numbers go, as of now.</summary>
    public RoutingTable Table => _feed?.Current ?? RoutingTable.Empty;

    /// <summary>Queues and their agents.</summary>
    public QueueDesks Queues { get; }

    /// <summary>Credentials of tenants' phones.</summary>
    public SipAccounts Accounts { get; }

    /// <summary>Tenants' configurations, as of now.</summary>
    public FrozenDictionary<Guid, TenantConfiguration> Configurations => _configurations?.Current ?? FrozenDictionary<Guid, TenantConfiguration>.Empty;

    /// <inheritdoc/>
    public bool IsWanted => _director is { } director && Table.Count > 0 && director.IsWanted;

    /// <inheritdoc/>
    public bool WantsRegistrations => _director?.WantsRegistrations ?? false;

    /// <summary>Opens the database, brings its tables up to date and begins to follow changes.</summary>
    /// <param name="options">Where things are.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">The clock of all of it.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="DbException">The database cannot be used.</exception>
    public static async Task<NumberService> StartAsync(NumberServiceOptions options, ILoggerFactory loggers, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ServiceStore store = await ServiceStore.OpenAsync(options.Store, time, cancellationToken);
        try
        {
            // Tables are swapped when anything has changed, accounts among it.
            QueueDesks queues = await QueueDesks.StartAsync(store, NodeName.Of(options.DataFolder), loggers, cancellationToken);
            var service = new NumberService(store, new SipAccounts(store, options.Realm), queues, options, loggers);
            service._feed = await RoutingTableFeed.StartAsync(store, swapped: service.OnSwapped, loggers: loggers, cancellationToken: cancellationToken);
            service._configurations = await ConfigurationFeed.StartAsync(store, loggers: loggers, cancellationToken: cancellationToken);
            service._voicemail = options.RecordingFolder is { } recordings ? VoicemailRecordings.Start(store, options.DataFolder, recordings, loggers) : null;
            return service;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins to drive calls.</summary>
    /// <param name="control">The engine's calls.</param>
    /// <param name="peers">Who is registered.</param>
    public void Attach(ICallControl control, IPeerStates peers)
    {
        var beginnings = new NumberBeginnings(() => Table, () => Configurations, Store.Time);
        var services = new CallServices { Time = Store.Time, Control = control, Numbers = beginnings, Registrations = new EngineRegistrations(peers), AccountOwner = account => _configurations?.FindOwner(account), Lookups = _lookups, Queues = Queues, Voicemail = _voicemail };
        _traces = new CallTraceStore(Store, _loggers);
        _director = new CallDirector(services, beginnings, _traces.Add, _loggers);
    }

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        _director?.Publish(callEvent);
        _voicemail?.Publish(callEvent);
    }

    /// <summary>Gives its calls back to the rest of their plans and closes the database; the last table stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_director is not null)
        {
            await _director.DisposeAsync();
        }

        if (_traces is not null)
        {
            await _traces.DisposeAsync();
        }

        await Queues.DisposeAsync();
        _lookups.Dispose();
        if (_voicemail is not null)
        {
            await _voicemail.DisposeAsync();
        }

        if (_configurations is not null)
        {
            await _configurations.DisposeAsync();
        }

        if (_feed is not null)
        {
            await _feed.DisposeAsync();
        }

        await Store.DisposeAsync();
    }

    /// <summary>The accounts that may register.</summary>
    internal Task<ImmutableArray<Account>> ReadAccountsAsync(CancellationToken cancellationToken) => Accounts.ReadAsync(cancellationToken);

    private void OnSwapped(RoutingTable table)
    {
        // The table hears of other nodes' changes first.
        _configurations?.Signal();
        if (table.AccountsSeq != _accountsSeq)
        {
            _accountsSeq = table.AccountsSeq;
            AccountsChanged?.Invoke(this, EventArgs.Empty);
        }
    }
}
