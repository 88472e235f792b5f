using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Routing;

public sealed class RoutingTableFeedTests
{
    private const string Number = "+12025550123";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Table_FollowsANumberThroughItsLife(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        RoutingPlan plan = await database.AddPlanAsync(tenant, "first");
        RoutingPlan second = await database.AddPlanAsync(tenant, "second");
        await database.AddNumbersAsync(Number, "+12025550124");
        NumberInventory inventory = new(database.Store);
        await using RoutingTableFeed feed = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromDays(1));
        Assert.False(feed.Current.TryFind(Number, out _));
        Assert.Equal(0, feed.Current.Count);

        await inventory.ReserveAsync(tenant, Number, "t");
        Assert.Null(await FindAsync(feed, Number));
        await inventory.BuyAsync(tenant, Number, "t");
        Assert.Equal(new NumberRoute(tenant.TenantId, null, Guid.Empty, null, false), await FindAsync(feed, Number));
        await inventory.AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "t");
        NumberRoute route = (await FindAsync(feed, Number))!;
        Assert.Equal((AssignmentTarget.RoutingPlan, plan.Id), (route.Target, route.TargetId));
        RoutingTable kept = feed.Current;

        RevisionStore<RoutingPlan, RoutingPlanRevision> plans = new(database.Store, "plan");
        await plans.SaveDraftAsync(tenant, plan.Id, """{"v":2}""", "t");
        Assert.Equal(route.RevisionId, (await FindAsync(feed, Number))!.RevisionId);
        Guid published = (await plans.PublishAsync(tenant, plan.Id, null, "t")).Value!.Id;
        Assert.Equal(published, (await FindAsync(feed, Number))!.RevisionId);
        Assert.NotEqual(published, route.RevisionId);

        // A table never changes: a call that looked at it keeps what it saw.
        Assert.True(kept.TryFind(Number, out NumberRoute? before));
        Assert.Equal(route, before);

        // By the clock alone.
        await inventory.AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, second.Id, "t", database.Clock.GetUtcNow().AddHours(1), database.Clock.GetUtcNow().AddHours(2));
        Assert.Equal(plan.Id, (await FindAsync(feed, Number))!.TargetId);
        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(second.Id, (await FindAsync(feed, Number))!.TargetId);
        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null((await FindAsync(feed, Number))!.Target);

        await new Tenants(database.Store).SuspendAsync(tenant.TenantId, true, "t");
        Assert.True((await FindAsync(feed, Number))!.Suspended);
        Assert.Equal(1, feed.Current.Count);
        await inventory.ReleaseAsync(tenant, Number, "t");
        Assert.Null(await FindAsync(feed, Number));
        Assert.Equal(0, feed.Current.Count);
    }

    [Fact]
    public async Task Change_OfAnotherNode_IsToldByPostgres_WithoutAnyClock()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Postgres);
        TenantScope tenant = await database.AddTenantAsync("one");
        await database.AddNumbersAsync(Number);
        ServiceStore other = await database.OpenNodeAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RoutingTableFeed feed = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromDays(1), table =>
        {
            if (table.TryFind(Number, out _))
            {
                arrived.TrySetResult();
            }
        });

        Assert.True((await new NumberInventory(other).BuyAsync(tenant, Number, "t")).IsDone);

        await arrived.Task.WaitAsync(Patience);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Change_OfAnotherNode_IsNoticedByTheInterval(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await database.AddNumbersAsync(Number);
        ServiceStore other = await database.OpenNodeAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RoutingTableFeed feed = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromSeconds(1), table =>
        {
            if (table.TryFind(Number, out _))
            {
                arrived.TrySetResult();
            }
        });
        Assert.True((await new NumberInventory(other).BuyAsync(tenant, Number, "t")).IsDone);

        database.Clock.Advance(TimeSpan.FromSeconds(1));

        await arrived.Task.WaitAsync(Patience);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Change_OfThisNode_ArrivesAtOnce_WithoutAnyClock(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await database.AddNumbersAsync(Number);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RoutingTableFeed feed = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromDays(1), table =>
        {
            if (table.TryFind(Number, out _))
            {
                arrived.TrySetResult();
            }
        });

        Assert.True((await new NumberInventory(database.Store).BuyAsync(tenant, Number, "t")).IsDone);

        await arrived.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task DatabaseThatGoesAway_LeavesTheTable_AndItsReturnIsNoticed()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Postgres, cluster);
        TenantScope tenant = await database.AddTenantAsync("one");
        await database.AddNumbersAsync(Number, "+12025550124");
        NumberInventory inventory = new(database.Store);
        Assert.True((await inventory.BuyAsync(tenant, Number, "t")).IsDone);
        await using RoutingTableFeed feed = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromDays(1));

        await cluster.StopAsync();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => feed.RefreshAsync());
        Assert.True(feed.Current.TryFind(Number, out _));
        await cluster.ResumeAsync();

        // The pool's broken connections are found out by their first use.
        Assert.True((await RetryAsync(() => inventory.BuyAsync(tenant, "+12025550124", "t"))).IsDone);
        await feed.RefreshAsync();
        Assert.True(feed.Current.TryFind("+12025550124", out _));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task RandomChanges_GiveTheSameTableAsReadingEverything(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        var random = new Random(11);
        TenantScope[] tenants = [await database.AddTenantAsync("one"), await database.AddTenantAsync("two")];
        RoutingPlan[] plans = [await database.AddPlanAsync(tenants[0], "p"), await database.AddPlanAsync(tenants[1], "p")];
        string[] numbers = [.. Enumerable.Range(100, 8).Select(static i => $"+12025550{i}")];
        await database.AddNumbersAsync(numbers);
        NumberInventory inventory = new(database.Store, quarantine: TimeSpan.FromMinutes(5));
        await using RoutingTableFeed feed = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromDays(1));
        for (int step = 0; step < 120; step++)
        {
            int who = random.Next(2);
            string number = numbers[random.Next(numbers.Length)];
            DateTimeOffset now = database.Clock.GetUtcNow();
            switch (random.Next(8))
            {
                case 0: await inventory.ReserveAsync(tenants[who], number, "t"); break;
                case 1 or 2: await inventory.BuyAsync(tenants[who], number, "t"); break;
                case 3 or 4: await inventory.AssignAsync(tenants[who], number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plans[who].Id, "t", now.AddMinutes(random.Next(3)), random.Next(2) == 0 ? null : now.AddMinutes(4)); break;
                case 5: await inventory.UnassignAsync(tenants[who], number, NumberChannel.Voice, "t"); break;
                case 6: await inventory.ReleaseAsync(tenants[who], number, "t"); break;
                default:
                    database.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 4)));
                    await inventory.SweepAsync();
                    break;
            }

            if (step % 6 != 5)
            {
                continue;
            }

            await feed.RefreshAsync();
            RoutingTable fresh = (await new RoutingTableReader(database.Store).ReadAsync(CancellationToken.None))!;
            Assert.Equal(fresh.Count, feed.Current.Count);
            foreach (string one in numbers)
            {
                Assert.Equal(fresh.TryFind(one, out NumberRoute? expected), feed.Current.TryFind(one, out NumberRoute? found));
                Assert.Equal(expected, found);
            }
        }
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> action)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await action();
            }
            catch (System.Data.Common.DbException) when (i < 20)
            {
            }
            catch (DbUpdateException) when (i < 20)
            {
            }
        }
    }

    private static async Task<NumberRoute?> FindAsync(RoutingTableFeed feed, string number)
    {
        await feed.RefreshAsync();
        return feed.Current.TryFind(number, out NumberRoute? route) ? route : null;
    }
}
