using System.Data;
using System.Data.Common;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// The number service's database, in SQLite or in PostgreSQL (docs/adr/0031-number-store.md). Reading goes by <see cref="Open"/>; every change of the
/// configuration by <see cref="ChangeAsync"/>, which gives changes their turn, one after the other, on all nodes: what a change looks at stays as it is
/// until it is written, and the audit's numbers follow the order of the commits. Calls never come by here: they read the routing snapshot.
/// Faults of the database come as <see cref="DbException"/> or <see cref="DbUpdateException"/>. Thread-safe.
/// </summary>
public sealed partial class ServiceStore : IAsyncDisposable
{
    /// <summary>The channel of PostgreSQL's NOTIFY that tells of every change; the text is the audit's highest number.</summary>
    public const string ChangeChannel = "mediacore_changes";

    /// <summary>The advisory lock that changes hold: "MCNumber" in ASCII, so that it is nobody else's by accident.</summary>
    private const long ChangeLock = 0x4D43_4E75_6D62_6572;

    private readonly Func<TenantScope, ServiceContext> _open;
    private readonly NpgsqlDataSource? _postgres;

    // One writer of a node at the database at a time: waiting here costs neither a connection nor SQLite's polling of its lock.
    private readonly SemaphoreSlim _turn = new(1, 1);

    private ServiceStore(ServiceStoreOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        var interceptor = new AuditInterceptor(time);
        if (options.Provider == StoreProvider.Postgres)
        {
            // The provider's own strategy does not retry either, but hides a database that is down behind an InvalidOperationException.
            _postgres = NpgsqlDataSource.Create(options.Connection);
            DbContextOptions<PostgresServiceContext> contexts = new DbContextOptionsBuilder<PostgresServiceContext>()
                .UseNpgsql(_postgres, static npgsql => npgsql.MigrationsHistoryTable(MigrationsTable).ExecutionStrategy(static parts => new NonRetryingExecutionStrategy(parts)))
                .AddInterceptors(interceptor).Options;
            _open = scope => new PostgresServiceContext(contexts, scope);
        }
        else
        {
            DbContextOptions<SqliteServiceContext> contexts = new DbContextOptionsBuilder<SqliteServiceContext>()
                .UseSqlite(options.Connection, static sqlite => sqlite.MigrationsHistoryTable(MigrationsTable)).AddInterceptors(interceptor).Options;
            _open = scope => new SqliteServiceContext(contexts, scope);
        }
    }

    /// <summary>Told after every change that this node has committed; must be quick and not throw.</summary>
    public event EventHandler? Changed;

    /// <summary>Where the database is.</summary>
    public ServiceStoreOptions Options { get; }

    internal const string MigrationsTable = "service_migrations";

    internal TimeProvider Time { get; }

    /// <summary>The idempotency key under which the calls that follow from here make their changes; each change notes with itself that it was made. Null for none.</summary>
    internal AsyncLocal<ApiAnswer?> AnswerOfChanges { get; } = new();

    internal NpgsqlDataSource? Postgres => _postgres;

    /// <summary>The time by the database's clock, milliseconds of Unix time.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the database, making it or bringing its tables up to date.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">Clock of reservations, quarantine and audit.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArgumentException">The connection string is not one of the provider.</exception>
    /// <exception cref="DbException">The database cannot be reached, or is none.</exception>
    public static async Task<ServiceStore> OpenAsync(ServiceStoreOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var store = new ServiceStore(options, time ?? TimeProvider.System);
        try
        {
            await using ServiceContext context = store.Open(TenantScope.Platform);
            await context.Database.MigrateAsync(cancellationToken);
            if (options.Provider == StoreProvider.Sqlite)
            {
                // Kept in the file, so it is set once; setting it again is a no-op.
                await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
            }

            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The database as <paramref name="scope"/> sees it: for reading, and for records (<see cref="IRecordRow"/>). To be disposed.</summary>
    public ServiceContext Open(TenantScope scope) => _open(scope);

    /// <summary>Makes a change with its audit entries, all of it or nothing; what it refuses is rolled back.</summary>
    /// <typeparam name="T">What the change gives.</typeparam>
    /// <param name="scope">On whose behalf.</param>
    /// <param name="origin">Who changes, and what it is called; stands in the audit.</param>
    /// <param name="change">Reads and changes rows of the context it gets; saving is done here. It must not wait for anything but this database: all other changes wait for it.</param>
    /// <param name="cancellationToken">Ends the waiting for the turn and the work.</param>
    /// <returns>The change's own result; <see cref="StoreStatus.Conflict"/> when a name is taken.</returns>
    public async Task<StoreResult<T>> ChangeAsync<T>(
        TenantScope scope, ChangeOrigin origin, Func<ServiceContext, Task<StoreResult<T>>> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        StoreResult<T> result;
        long? seq;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using ServiceContext context = Open(scope);
            context.Origin = origin;

            // SQLite: BEGIN IMMEDIATE, so that the write lock is held from the start.
            await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(
                _postgres is null ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted, cancellationToken);
            if (_postgres is not null)
            {
                await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({ChangeLock})", cancellationToken);
            }

            result = await change(context);
            if (!result.IsDone)
            {
                return result;
            }

            await context.SaveChangesAsync(cancellationToken);
            if (AnswerOfChanges.Value is { } answer)
            {
                await ApiAnswers.NoteChangeAsync(context, answer, cancellationToken);
            }

            seq = context.State.Local.FirstOrDefault()?.Seq;
            if (seq is { } newest && _postgres is not null)
            {
                string text = newest.ToString();
                await context.Database.ExecuteSqlAsync($"SELECT pg_notify({ChangeChannel}, {text})", cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (IsDuplicate(e.InnerException))
        {
            return StoreResult.Conflict("There is one like it already: names are unique.");
        }
        finally
        {
            _turn.Release();
        }

        if (seq is not null)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return result;
    }

    /// <summary>The audit's highest number: whoever remembers it can tell whether anything has changed.</summary>
    public async Task<long> ReadSeqAsync(CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = Open(TenantScope.Platform);
        return await context.State.AsNoTracking().Select(static row => row.Seq).SingleAsync(cancellationToken);
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _turn.Dispose();
    }

    internal static bool IsDuplicate(Exception? fault) => fault switch
    {
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,

        // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 2067 or 1555,
        _ => false,
    };
}
