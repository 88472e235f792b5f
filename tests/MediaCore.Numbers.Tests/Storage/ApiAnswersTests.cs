using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Storage;

/// <summary>Idempotency keys of calls whose server dies.</summary>
public sealed class ApiAnswersTests
{
    private static readonly TimeSpan s_memory = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_pending = TimeSpan.FromMinutes(2);

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Call_ThatIsLostWithItsServer_MayComeAgain_UnlessItWasCarriedOut(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("acme");
        ApiAnswers before = new(database.Store, "n1");
        Assert.True((await BeginAsync(before, "lost")).IsNew);
        (ApiAnswer row, _) = await BeginAsync(before, "done");
        await MakeAsync(before, row);
        (ApiAnswer elsewhere, _) = await BeginAsync(new ApiAnswers(database.Store, "n2"), "elsewhere");

        // While the server is there, both go on.
        Assert.False((await BeginAsync(before, "lost")).IsNew);
        Assert.True(before.IsOpen((await BeginAsync(before, "done")).Row, s_pending));

        // The same server again: what was not carried out comes again at once, what was says so, and another server's calls are its own.
        ApiAnswers after = new(database.Store, "n1");
        Assert.True((await BeginAsync(after, "lost")).IsNew);
        (ApiAnswer done, bool isNew) = await BeginAsync(after, "done");
        Assert.Equal((false, false, ApiAnswers.CarriedOut), (isNew, after.IsOpen(done, s_pending), Assert.Single(done.Answer!)));
        (ApiAnswer others, isNew) = await BeginAsync(after, "elsewhere");
        Assert.Equal((false, true, elsewhere.Id), (isNew, after.IsOpen(others, s_pending), others.Id));

        // One that does not come back.
        database.Clock.Advance(s_pending);
        Assert.True((await BeginAsync(after, "elsewhere")).IsNew);

        Task<(ApiAnswer Row, bool IsNew)> BeginAsync(ApiAnswers answers, string key) => answers.BeginAsync(tenant, key, "hash", s_memory, s_pending);

        async Task MakeAsync(ApiAnswers answers, ApiAnswer under)
        {
            answers.Enter(under);
            await database.Store.ChangeAsync<CallQueue>(tenant, new ChangeOrigin("test", "queue.create"), context =>
            {
                var queue = new CallQueue { TenantId = tenant.TenantId, Name = "sales" };
                context.Add(queue);
                return Task.FromResult<StoreResult<CallQueue>>(queue);
            });
        }
    }

    [Fact]
    public async Task Answer_IsNotTouchedByWhatIsChangedAfterIt()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        TenantScope tenant = await database.AddTenantAsync("acme");
        ApiAnswers answers = new(database.Store, "n1");
        (ApiAnswer row, _) = await answers.BeginAsync(tenant, "k", "hash", s_memory, s_pending);
        answers.Enter(row);
        await answers.CompleteAsync(tenant, row.Id, [1, 7]);
        await database.AddPlanAsync(tenant, "later");
        (ApiAnswer known, _) = await answers.BeginAsync(tenant, "k", "hash", s_memory, s_pending);
        Assert.True(known.Answer is [1, 7]);
    }

    [Fact]
    public async Task Server_WithoutAName_IsRefused_AsItsCallsWouldLookLost()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        Assert.Throws<ArgumentException>(() => new ApiAnswers(database.Store, ""));
    }
}
