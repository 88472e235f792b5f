using System.Collections.Immutable;
using System.Data.Common;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers;

/// <summary>
/// The number service of a server, put together: the database, what is kept of it in memory, and what drives calls. It is started before the engine, which routes by <see cref="Table"/>.
/// </summary>
public sealed class NumberService : IAsyncDisposable
{
    private RoutingTableFeed? _feed;
    private long _accountsSeq = -1;

    private NumberService(ServiceStore store, SipAccounts accounts)
    {
        Store = store;
        Accounts = accounts;
    }

    /// <summary>Raised when the accounts that may register are others than before; on any thread.</summary>
    public event EventHandler? AccountsChanged;

    /// <summary>The database.</summary>
    public ServiceStore Store { get; }

    /// <summary>Where calls to tenants' numbers go, as of now.</summary>
    public RoutingTable Table => _feed?.Current ?? RoutingTable.Empty;

    /// <summary>Credentials of tenants' phones.</summary>
    public SipAccounts Accounts { get; }

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
            var service = new NumberService(store, new SipAccounts(store, options.Realm));
            service._feed = await RoutingTableFeed.StartAsync(store, swapped: service.OnSwapped, loggers: loggers, cancellationToken: cancellationToken);
            return service;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the database; the last table stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
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
        if (table.AccountsSeq != _accountsSeq)
        {
            _accountsSeq = table.AccountsSeq;
            AccountsChanged?.Invoke(this, EventArgs.Empty);
        }
    }
}
