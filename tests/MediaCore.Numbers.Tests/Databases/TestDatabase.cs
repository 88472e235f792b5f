using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Databases;

/// <summary>An empty database of the number service on SQLite or PostgreSQL, with a clock that stands still until it is moved; gone after the test.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>Both databases: what every test of the store runs on.</summary>
    public static TheoryData<StoreProvider> Both { get; } = [StoreProvider.Sqlite, StoreProvider.Postgres];

    private readonly List<ServiceStore> _stores = [];
    private readonly string? _folder;

    // A file that was migrated once; each test gets a copy.
    private static readonly Lock MigratedLock = new();
    private static Task<byte[]>? _migrated;

    private TestDatabase(ServiceStoreOptions options, string? folder)
    {
        Options = options;
        _folder = folder;
    }

    public ServiceStoreOptions Options { get; }

    public TestClock Clock { get; } = new();

    public ServiceStore Store { get; private set; } = null!;

    public static async Task<TestDatabase> CreateAsync(StoreProvider provider, PostgresCluster? cluster = null)
    {
        TestDatabase database;
        if (provider == StoreProvider.Postgres)
        {
            cluster ??= await PostgresCluster.Shared;
            database = new TestDatabase(new ServiceStoreOptions { Provider = provider, Connection = await cluster.CreateDatabaseAsync() }, null);
        }
        else
        {
            string folder = Directory.CreateTempSubdirectory("mediacore-test-").FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "mediacore.db"), await MigratedAsync());
            database = new TestDatabase(new ServiceStoreOptions { Connection = $"Data Source={Path.Combine(folder, "mediacore.db")}" }, folder);
        }

        database.Store = await database.OpenNodeAsync();
        return database;
    }

    /// <summary>Another node on the same database.</summary>
    public async Task<ServiceStore> OpenNodeAsync()
    {
        ServiceStore store = await ServiceStore.OpenAsync(Options, Clock);
        _stores.Add(store);
        return store;
    }

    public async Task<TenantScope> AddTenantAsync(string name)
        => TenantScope.Of((await new Tenants(Store).CreateAsync(name, "test")).Value!.Id);

    /// <summary>Puts numbers on the shelf.</summary>
    public async Task AddNumbersAsync(params string[] numbers)
    {
        StoreResult<Job> job = await new NumberImport(Store).RunAsync([.. numbers.Select(static number => new NumberImportLine(number))], TenantScope.Platform, "test");
        Assert.Equal((JobState.Finished, ""), (job.Value!.State, job.Value.Problems));
    }

    /// <summary>A routing plan with a revision in force.</summary>
    public async Task<RoutingPlan> AddPlanAsync(TenantScope tenant, string name)
    {
        RevisionStore<RoutingPlan, RoutingPlanRevision> plans = new(Store, "plan");
        RoutingPlan plan = (await plans.CreateAsync(tenant, name, "test")).Value!;
        Assert.True((await plans.SaveDraftAsync(tenant, plan.Id, "{}", "test")).IsDone);
        Assert.True((await plans.PublishAsync(tenant, plan.Id, null, "test")).IsDone);
        return plan;
    }

    public async Task<List<AuditEvent>> AuditAsync()
    {
        await using ServiceContext context = Store.Open(TenantScope.Platform);
        return await context.Audit.AsNoTracking().OrderBy(row => row.Seq).ToListAsync();
    }

    private static Task<byte[]> MigratedAsync()
    {
        lock (MigratedLock)
        {
            return _migrated ??= MakeAsync();
        }

        static async Task<byte[]> MakeAsync()
        {
            string folder = Directory.CreateTempSubdirectory("mediacore-test-").FullName;
            string file = Path.Combine(folder, "model.db");
            await (await ServiceStore.OpenAsync(new ServiceStoreOptions { Connection = $"Data Source={file};Pooling=false" })).DisposeAsync();
            byte[] bytes = await File.ReadAllBytesAsync(file);
            Directory.Delete(folder, recursive: true);
            return bytes;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceStore store in _stores)
        {
            await store.DisposeAsync();
        }

        if (_folder is not null)
        {
            using (var connection = new SqliteConnection(Options.Connection))
            {
                SqliteConnection.ClearPool(connection);
            }

            Directory.Delete(_folder, recursive: true);
        }
    }
}
