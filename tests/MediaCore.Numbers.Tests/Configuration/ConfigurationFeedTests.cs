using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Configuration;

public sealed class ConfigurationFeedTests
{
    private const string Number = "+12025550123";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Configuration_FollowsItsTenant_AndNobodyElse(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope two = await database.AddTenantAsync("two");
        await using ConfigurationFeed feed = await ConfigurationFeed.StartAsync(database.Store, TimeSpan.FromDays(1));
        TenantConfiguration ofTwo = feed.Current[two.TenantId];
        TenantConfiguration before = feed.Current[one.TenantId];
        Assert.Empty(before.Schedules);

        await database.Store.ChangeAsync<bool>(one, new ChangeOrigin("t", "t"), context =>
        {
            context.Add(new Schedule { TenantId = one.TenantId, Name = "Office" });
            context.Add(new CallQueue { TenantId = one.TenantId, Name = "sales" });
            context.Add(new Prompt { TenantId = one.TenantId, Name = "hello", Language = "en", Text = "Hello" });
            context.Add(new Prompt { TenantId = one.TenantId, Name = "hello", Language = "de", Text = "Hallo" });
            return Task.FromResult<StoreResult<bool>>(true);
        });
        await feed.RefreshAsync();
        TenantConfiguration after = feed.Current[one.TenantId];
        Assert.True(after.Schedules.ContainsKey("office") && after.Queues.ContainsKey("SALES") && after.Prompts["hello"].Count == 2);
        Assert.Same(ofTwo, feed.Current[two.TenantId]);

        // A configuration never changes: a call that began with it keeps it.
        Assert.Empty(before.Schedules);

        RoutingPlan plan = await database.AddPlanAsync(one, "main");
        await feed.RefreshAsync();
        Assert.Equal(1, feed.Current[one.TenantId].Plans["main"].Revision.Number);
        RevisionStore<RoutingPlan, RoutingPlanRevision> plans = new(database.Store, "plan");
        await plans.SaveDraftAsync(one, plan.Id, """{ "v": 2 }""", "t");
        await feed.RefreshAsync();
        Assert.Equal(1, feed.Current[one.TenantId].Plans["main"].Revision.Number);
        await plans.PublishAsync(one, plan.Id, null, "t");
        await feed.RefreshAsync();
        Assert.Equal(2, feed.Current[one.TenantId].Plans["main"].Revision.Number);

        // What is deleted is gone.
        await database.Store.ChangeAsync<bool>(one, new ChangeOrigin("t", "t"), async context =>
        {
            context.Remove(await context.Schedules.SingleAsync());
            return true;
        });
        await feed.RefreshAsync();
        Assert.Empty(feed.Current[one.TenantId].Schedules);
        Assert.Same(ofTwo, feed.Current[two.TenantId]);
    }

    [Fact]
    public async Task Change_IsFollowed_WithoutBeingAskedFor()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        TenantScope one = await database.AddTenantAsync("one");
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ConfigurationFeed? feed = null;
        feed = await ConfigurationFeed.StartAsync(database.Store, TimeSpan.FromDays(1), () =>
        {
            if (feed?.Current[one.TenantId].Queues.Count == 1)
            {
                arrived.TrySetResult();
            }
        });
        await using ConfigurationFeed disposed = feed;
        await database.Store.ChangeAsync<bool>(one, new ChangeOrigin("t", "t"), context =>
        {
            context.Add(new CallQueue { TenantId = one.TenantId, Name = "sales" });
            return Task.FromResult<StoreResult<bool>>(true);
        });
        await arrived.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Call_BeginsWithWhatItsNumberLeadsTo()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        TenantScope one = await database.AddTenantAsync("one");
        RoutingPlan plan = await database.AddPlanAsync(one, "main");
        await database.AddNumbersAsync(Number, "+12025550124");
        NumberInventory inventory = new(database.Store);
        await inventory.BuyAsync(one, Number, "t");
        await using RoutingTableFeed numbers = await RoutingTableFeed.StartAsync(database.Store, TimeSpan.FromDays(1));
        await using ConfigurationFeed feed = await ConfigurationFeed.StartAsync(database.Store, TimeSpan.FromDays(1));
        NumberBeginnings beginnings = new(() => numbers.Current, () => feed.Current, database.Clock);
        await RefreshAsync();
        Assert.Equal("reject", beginnings.Begin(Offer(Number))!.Root.Kind);
        Assert.Null(beginnings.Begin(Offer("+12025550124")));

        await inventory.AssignAsync(one, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "t");
        await RefreshAsync();
        CallBeginning beginning = beginnings.Begin(Offer("12025550123") with { AssertedCaller = "2025550199", InboundTrunk = "carrier" })!;
        Assert.Equal(("plan", Number, "+12025550199", "carrier", one.TenantId), (beginning.Root.Kind, beginning.Facts.Number, beginning.Facts.Caller, beginning.Facts.InboundTrunk, beginning.Facts.TenantId));
        Assert.Equal("one", beginning.Configuration.Tenant.Name);
        Assert.True(beginnings.Begin(Offer(Number) with { Caller = "anonymous" })!.Facts.IsAnonymous);
        Assert.True(beginnings.Begin(Offer(Number) with { IsPrivate = true })!.Facts is { IsAnonymous: true, Caller: "" });
        Assert.Equal(Number, beginnings.BeginAt(Number, beginning.Facts, default, database.Clock.GetUtcNow())!.Facts.Number);
        Assert.True(beginnings.IsOurs(Number));
        Assert.False(beginnings.IsOurs("+12025550124"));

        // The simulator goes by the same.
        PlanSimulator simulator = new(() => numbers.Current, () => feed.Current, new CallServices { Control = null! });
        Assert.Equal("PlanAction", Assert.Single(simulator.Simulate(new SimulatedCall { Number = Number, At = database.Clock.GetUtcNow() })!.Steps, static step => step.Plan.Length == 0).Action!.GetType().Name);
        Assert.Null(simulator.Simulate(new SimulatedCall { Number = Number, At = database.Clock.GetUtcNow() }, Guid.CreateVersion7()));

        async Task RefreshAsync()
        {
            await numbers.RefreshAsync();
            await feed.RefreshAsync();
        }
    }

    private static CallOffered Offer(string called) => new() { CallId = "0-test", Application = CallDirector.Application, Called = called, Caller = "+12025550198" };
}
