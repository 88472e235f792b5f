using System.Text;
using MediaCore.Numbers.Inventory;
using MediaCore.Sip.Authentication;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// The number service's database: accounts, numbers, call records and the audit of changes, in SQLite. Every change is validated, made and
/// audited in one transaction; a refusal says why and changes nothing. Readers do not wait for writers (write-ahead log), so the command
/// line may administer a running server. Faults of the database (disk, lock held too long) come as <see cref="SqliteException"/> or
/// <see cref="DbUpdateException"/>. Thread-safe: each operation has a connection of its own, from a pool.
/// </summary>
public sealed partial class NumberStore : ICallRecordStore
{
    private readonly DbContextOptions<NumbersDbContext> _contexts;
    private readonly NumberStoreOptions _options;
    private readonly TimeProvider _time;

    private NumberStore(NumberStoreOptions options, TimeProvider time, string path)
    {
        _options = options;
        _time = time;
        DatabasePath = path;
        _contexts = new DbContextOptionsBuilder<NumbersDbContext>().UseSqlite(options.ConnectionString).Options;
    }

    /// <summary>Full path of the database file.</summary>
    public string DatabasePath { get; }

    /// <summary>Digest realm of the accounts.</summary>
    public string Realm => _options.Realm;

    internal string ConnectionString => _options.ConnectionString;

    /// <summary>Opens the database, making it or bringing its tables up to date.</summary>
    /// <exception cref="ArgumentException">The connection string is not one of SQLite, or names no file.</exception>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public static async Task<NumberStore> OpenAsync(NumberStoreOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var connection = new SqliteConnectionStringBuilder(options.ConnectionString);
        if (string.IsNullOrEmpty(connection.DataSource) || connection.DataSource == ":memory:" || connection.Mode == SqliteOpenMode.Memory)
        {
            throw new ArgumentException("The connection string names no database file: write Data Source=data/mediacore.db.", nameof(options));
        }

        string path = Path.GetFullPath(connection.DataSource);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var store = new NumberStore(options, time ?? TimeProvider.System, path);
        await using NumbersDbContext context = store.CreateContext();
        await context.Database.MigrateAsync(cancellationToken);

        // Kept in the file, so it is set once; setting it again is a no-op.
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
        return store;
    }

    /// <summary>All accounts by name.</summary>
    public async Task<IReadOnlyList<AccountInfo>> ListAccountsAsync(CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        List<AccountRow> rows = await context.Accounts.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new AccountInfo(row.Name, row.Realm, row.Enabled, FromMs(row.CreatedAtMs)))];
    }

    /// <summary>Adds an account. The password itself is not kept, only its digests for <see cref="Realm"/>.</summary>
    public Task<StoreResult> AddAccountAsync(string name, string password, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, "account.add", name, "", async context =>
        {
            if ((InventoryRules.CheckAccountName(name) ?? InventoryRules.CheckPassword(password)) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            if (await context.Accounts.AnyAsync(row => row.Name == name, cancellationToken))
            {
                return StoreResult.Conflict($"There is an account '{name}' already.");
            }

            context.Accounts.Add(MakeAccount(name, password));
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Sets another password, for the realm of now.</summary>
    public Task<StoreResult> SetPasswordAsync(string name, string password, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, "account.password", name, "", async context =>
        {
            if (InventoryRules.CheckPassword(password) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            if (await context.Accounts.SingleOrDefaultAsync(row => row.Name == name, cancellationToken) is not { } account)
            {
                return NoAccount(name);
            }

            AccountRow fresh = MakeAccount(name, password);
            account.Realm = fresh.Realm;
            account.Ha1Md5 = fresh.Ha1Md5;
            account.Ha1Sha256 = fresh.Ha1Sha256;
            account.Ha1Sha512256 = fresh.Ha1Sha512256;
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Enables or disables an account.</summary>
    public Task<StoreResult> SetAccountEnabledAsync(string name, bool enabled, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, enabled ? "account.enable" : "account.disable", name, "", async context =>
        {
            if (await context.Accounts.SingleOrDefaultAsync(row => row.Name == name, cancellationToken) is not { } account)
            {
                return NoAccount(name);
            }

            account.Enabled = enabled;
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Removes an account that no number rings.</summary>
    public Task<StoreResult> RemoveAccountAsync(string name, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, "account.remove", name, "", async context =>
        {
            if (await context.Accounts.SingleOrDefaultAsync(row => row.Name == name, cancellationToken) is not { } account)
            {
                return NoAccount(name);
            }

            List<string> users = await context.Numbers
                .Where(number => number.Targets.Any(target => target.Kind == TargetKinds.Account && target.Value == name))
                .OrderBy(number => number.E164).Select(number => number.E164).Take(5).ToListAsync(cancellationToken);
            if (users.Count > 0)
            {
                return StoreResult.Conflict($"The account '{name}' is rung by {string.Join(", ", users)}: give those numbers other targets first.");
            }

            context.Accounts.Remove(account);
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>The latest changes, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAuditAsync(int limit, CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        List<AuditRow> rows = await context.Audit.AsNoTracking().OrderByDescending(row => row.Id)
            .Take(Math.Clamp(limit, 1, InventoryLimits.MaxListed)).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new AuditEntry(row.Id, FromMs(row.AtMs), row.Actor, row.Action, row.Subject, row.Detail))];
    }

    internal NumbersDbContext CreateContext() => new(_contexts);

    internal AccountRow MakeAccount(string name, string password)
    {
        DigestSecret secret = DigestSecret.Create(name, _options.Realm, password);
        return new AccountRow
        {
            Name = name,
            Realm = _options.Realm,
            Ha1Md5 = Encoding.ASCII.GetString(secret.Md5Ha1Hex),
            Ha1Sha256 = Encoding.ASCII.GetString(secret.Sha256Ha1Hex),
            Ha1Sha512256 = Encoding.ASCII.GetString(secret.Sha512256Ha1Hex),
            Enabled = true,
            CreatedAtMs = NowMs(),
        };
    }

    /// <summary>Makes a change and its audit entry in one transaction; what the change refuses is rolled back.</summary>
    internal async Task<StoreResult> ChangeAsync(
        string actor, string action, string subject, string detail, Func<NumbersDbContext, Task<StoreResult>> change, CancellationToken cancellationToken)
    {
        await using NumbersDbContext context = CreateContext();

        // SQLite: BEGIN IMMEDIATE, so that what the change looks at cannot be changed by another process before it is written.
        await using var transaction = await context.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancellationToken);
        StoreResult result = await change(context);
        if (!result.IsDone)
        {
            return result;
        }

        context.Audit.Add(new AuditRow { AtMs = NowMs(), Actor = actor, Action = action, Subject = subject, Detail = detail });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    internal static DateTimeOffset FromMs(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    internal static DateTimeOffset? FromMs(long? ms) => ms is { } value ? FromMs(value) : null;

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static StoreResult NoAccount(string name) => StoreResult.NotFound($"There is no account '{name}'.");
}
