using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Storage;

public sealed class RevisionStoreTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Revision_IsDrafted_Published_AndRolledBackTo(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        RevisionStore<RoutingPlan, RoutingPlanRevision> plans = new(database.Store, "plan", static document => document.TryGetProperty("bad", out _) ? ["bad is bad"] : []);
        Guid plan = (await plans.CreateAsync(tenant, "sales", "t")).Value!.Id;

        Assert.Equal(StoreStatus.NotFound, (await plans.PublishAsync(tenant, plan, null, "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await plans.SaveDraftAsync(tenant, plan, "[]", "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await plans.SaveDraftAsync(tenant, plan, "{", "t")).Status);
        Assert.Equal(1, (await plans.SaveDraftAsync(tenant, plan, """{"bad":1}""", "t")).Value!.Number);
        StoreResult<RoutingPlanRevision> refused = await plans.PublishAsync(tenant, plan, null, "t");
        Assert.Equal((StoreStatus.Invalid, "bad is bad"), (refused.Status, refused.Message));
        Assert.Equal(1, (await plans.SaveDraftAsync(tenant, plan, """{"v":1}""", "t")).Value!.Number);
        Assert.True((await plans.PublishAsync(tenant, plan, null, "t")).IsDone);
        Assert.Equal(2, (await plans.SaveDraftAsync(tenant, plan, """{"v":2}""", "t")).Value!.Number);
        Assert.Equal(["1 Published", "2 Draft"], await StatesAsync());
        Assert.True((await plans.PublishAsync(tenant, plan, null, "t")).IsDone);
        Assert.Equal(["1 Archived", "2 Published"], await StatesAsync());
        RoutingPlanRevision back = (await plans.PublishAsync(tenant, plan, 1, "t")).Value!;
        Assert.Equal(["1 Published", "2 Archived"], await StatesAsync());
        await using ServiceContext context = database.Store.Open(tenant);
        Assert.Equal(back.Id, (await context.RoutingPlans.SingleAsync()).PublishedId);

        async Task<string[]> StatesAsync()
        {
            await using ServiceContext open = database.Store.Open(tenant);
            return [.. (await open.RoutingPlanRevisions.OrderBy(row => row.Number).ToListAsync()).Select(static row => $"{row.Number} {row.State}")];
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Revision_ThatWasPublished_NeverChanges(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await database.AddPlanAsync(tenant, "plan");

        foreach (Action<RoutingPlanRevision> change in (Action<RoutingPlanRevision>[])[row => row.Document = """{"v":2}""", row => row.State = RevisionState.Draft])
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => database.Store.ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), async context =>
            {
                change(await context.RoutingPlanRevisions.SingleAsync());
                return true;
            }));
        }
    }
}
