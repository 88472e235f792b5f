using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Inventory;

public sealed class NumberInventoryTests
{
    private const string Number = "+12025550123";

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Number_RacedForByFifty_IsOnes(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync(Number);
        NumberInventory[] nodes = [new(database.Store), new(await database.OpenNodeAsync()), new(await database.OpenNodeAsync())];
        TenantScope[] tenants = new TenantScope[10];
        for (int i = 0; i < tenants.Length; i++)
        {
            tenants[i] = await database.AddTenantAsync($"buyer-{i}");
        }

        using var start = new ManualResetEventSlim();
        Task<StoreResult<VirtualNumber>>[] buyers = [.. Enumerable.Range(0, 50).Select(i => Task.Run(() =>
        {
            start.Wait();
            return nodes[i % nodes.Length].BuyAsync(tenants[i % tenants.Length], Number, $"buyer-{i}");
        }))];
        start.Set();
        StoreResult<VirtualNumber>[] results = await Task.WhenAll(buyers);

        int winner = Array.FindIndex(results, static result => result.IsDone);
        Assert.Single(results, static result => result.IsDone);
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        VirtualNumber row = await context.Numbers.SingleAsync();
        Assert.Equal((NumberState.Owned, tenants[winner % tenants.Length].TenantId), (row.State, row.TenantId));
        Assert.Single(await database.AuditAsync(), static item => item.Action == "number.buy");
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Reservation_KeepsOthersOff_UntilItLapses(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync(Number);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope two = await database.AddTenantAsync("two");
        NumberInventory inventory = new(database.Store);

        Assert.True((await inventory.ReserveAsync(one, Number, "t")).IsDone);
        Assert.Equal(StoreStatus.NotFound, (await inventory.ReserveAsync(two, Number, "t")).Status);
        Assert.Equal(StoreStatus.NotFound, (await inventory.BuyAsync(two, Number, "t")).Status);
        Assert.Empty((await inventory.SearchAsync(two, new NumberSearch())).Value!);

        database.Clock.Advance(NumberLife.DefaultReservation - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await inventory.SweepAsync());
        Assert.Equal(StoreStatus.NotFound, (await inventory.BuyAsync(two, Number, "t")).Status);
        database.Clock.Advance(TimeSpan.FromMilliseconds(1));

        // Held nobody off before anything swept it.
        Assert.True((await inventory.ReserveAsync(two, Number, "t")).IsDone);
        Assert.Equal(StoreStatus.NotFound, (await inventory.BuyAsync(one, Number, "t")).Status);
        Assert.True((await inventory.CancelReservationAsync(two, Number, "t")).IsDone);
        Assert.True((await inventory.ReserveAsync(one, Number, "t")).IsDone);
        database.Clock.Advance(NumberLife.DefaultReservation);
        Assert.Equal(1, await inventory.SweepAsync());
        Assert.Equal(Number, (await inventory.SearchAsync(two, new NumberSearch())).Value!.Single().Number);
        Assert.True((await inventory.BuyAsync(two, Number, "t")).IsDone);
        Assert.Equal(StoreStatus.Conflict, (await inventory.BuyAsync(two, Number, "t")).Status);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Number_GivenBack_Rests_BeforeItIsAnybodys(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync(Number);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope two = await database.AddTenantAsync("two");
        RoutingPlan plan = await database.AddPlanAsync(one, "plan");
        NumberInventory inventory = new(database.Store);
        Assert.True((await inventory.BuyAsync(one, Number, "t")).IsDone);
        Assert.True((await inventory.AssignAsync(one, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "t")).IsDone);
        Assert.Equal(StoreStatus.NotFound, (await inventory.ReleaseAsync(two, Number, "t")).Status);

        VirtualNumber released = (await inventory.ReleaseAsync(one, Number, "t")).Value!;

        Assert.Equal((NumberState.Released, null), (released.State, released.TenantId));
        Assert.Equal(StoreStatus.NotFound, (await inventory.BuyAsync(one, Number, "t")).Status);
        Assert.Equal(1, await inventory.SweepAsync());
        Assert.Equal(0, await inventory.SweepAsync());
        database.Clock.Advance(NumberLife.DefaultQuarantine - TimeSpan.FromSeconds(1));
        Assert.Equal(StoreStatus.NotFound, (await inventory.BuyAsync(two, Number, "t")).Status);
        Assert.Empty((await inventory.SearchAsync(two, new NumberSearch())).Value!);
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await inventory.SweepAsync());
        Assert.True((await inventory.BuyAsync(two, Number, "t")).IsDone);
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        Assert.Equal(one.TenantId, (await context.Assignments.SingleAsync()).TenantId);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Assignments_FollowEachOther_AndNeverOverlap(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync(Number);
        TenantScope tenant = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("other");
        RoutingPlan first = await database.AddPlanAsync(tenant, "first");
        RoutingPlan second = await database.AddPlanAsync(tenant, "second");
        RoutingPlan foreign = await database.AddPlanAsync(other, "foreign");
        NumberInventory inventory = new(database.Store);
        Assert.True((await inventory.BuyAsync(tenant, Number, "t")).IsDone);
        DateTimeOffset now = database.Clock.GetUtcNow();

        Assert.Equal(StoreStatus.NotFound, (await AssignAsync(foreign)).Status);
        Assert.Equal(StoreStatus.Invalid, (await AssignAsync(first, now, now)).Status);
        Assert.True((await AssignAsync(first)).IsDone);
        Assert.True((await AssignAsync(second, now.AddHours(1))).IsDone);
        Assert.Equal(StoreStatus.Conflict, (await AssignAsync(first, now.AddMinutes(30))).Status);
        Assert.True((await AssignAsync(second, now.AddMinutes(30), now.AddMinutes(40))).IsDone);

        // The same moment again: in its place.
        Assert.True((await AssignAsync(second, now, now.AddMinutes(10))).IsDone);
        await using (ServiceContext context = database.Store.Open(tenant))
        {
            List<NumberAssignment> spans = await context.Assignments.OrderBy(row => row.FromMs).ToListAsync();
            Assert.Equal(3, spans.Count);
            Assert.All(spans.Zip(spans.Skip(1)), static pair => Assert.True(pair.First.UntilMs <= pair.Second.FromMs));
        }

        VirtualNumber unassigned = (await inventory.UnassignAsync(tenant, Number, NumberChannel.Voice, "t")).Value!;
        Assert.Equal(NumberState.Owned, unassigned.State);
        Assert.Equal(StoreStatus.NotFound, (await inventory.UnassignAsync(tenant, Number, NumberChannel.Voice, "t")).Status);
        Assert.True((await AssignAsync(first)).IsDone);

        Task<StoreResult<VirtualNumber>> AssignAsync(RoutingPlan plan, DateTimeOffset? from = null, DateTimeOffset? until = null)
            => inventory.AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "t", from, until);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Search_ByAreaCode_Pattern_Letters_Type_AndPage(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync("+12025550123", "+12025550124", "+13105550199", "+18003569377", "+442079460000", "+447400123456", "+34912345678");
        TenantScope tenant = await database.AddTenantAsync("one");
        NumberInventory inventory = new(database.Store);
        Assert.True((await inventory.BuyAsync(tenant, "+12025550124", "t")).IsDone);

        Assert.Equal(["+12025550123"], await FindAsync(new NumberSearch { Country = "US", AreaCode = "202" }));
        Assert.Equal(["+18003569377"], await FindAsync(new NumberSearch { Pattern = "*FLOWERS" }));
        Assert.Equal(["+18003569377"], await FindAsync(new NumberSearch { Type = NumberType.TollFree }));
        Assert.Equal(["+12025550123", "+13105550199"], await FindAsync(new NumberSearch { Pattern = "???55501*" }));
        Assert.Equal(["+447400123456"], await FindAsync(new NumberSearch { Country = "GB", Type = NumberType.Mobile }));
        Assert.Equal(["+12025550124"], await FindAsync(new NumberSearch { Own = true }));
        Assert.Empty(await FindAsync(new NumberSearch { Capabilities = NumberCapabilities.Sms }));
        string[] all = await FindAsync(new NumberSearch());
        Assert.Equal(6, all.Length);
        Assert.Equal(all.Skip(2).Take(2), await FindAsync(new NumberSearch { After = all[1], Limit = 2 }));
        Assert.Equal(StoreStatus.Invalid, (await inventory.SearchAsync(tenant, new NumberSearch { Pattern = "%" })).Status);
        Assert.Equal(StoreStatus.Invalid, (await inventory.SearchAsync(tenant, new NumberSearch { Pattern = "**" })).Status);
        Assert.Equal(StoreStatus.Invalid, (await inventory.SearchAsync(tenant, new NumberSearch { AreaCode = "2'" })).Status);

        async Task<string[]> FindAsync(NumberSearch search) => [.. (await inventory.SearchAsync(tenant, search)).Value!.Select(static row => row.Number)];
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task SuspendedTenant_BuysNothing(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync(Number);
        TenantScope tenant = await database.AddTenantAsync("one");
        Tenants tenants = new(database.Store);
        NumberInventory inventory = new(database.Store);
        Assert.True((await tenants.SuspendAsync(tenant.TenantId, true, "t")).IsDone);
        Assert.Equal(StoreStatus.Conflict, (await inventory.BuyAsync(tenant, Number, "t")).Status);
        Assert.True((await tenants.SuspendAsync(tenant.TenantId, false, "t")).IsDone);
        Assert.True((await inventory.BuyAsync(tenant, Number, "t")).IsDone);
        Assert.True((await inventory.DescribeAsync(tenant, Number, "Sales", "en", "Europe/Berlin", "t")).IsDone);
        Assert.Equal(StoreStatus.Invalid, (await inventory.DescribeAsync(tenant, Number, "Sales", "en", "Europe/Atlantis", "t")).Status);
    }

    [Fact]
    public void Life_HasTheWaysOfItsTable()
    {
        string[] ways =
        [
            "Available Reserved", "Available Owned", "Reserved Reserved", "Reserved Owned", "Reserved Available", "Owned Assigned", "Owned Released",
            "Assigned Assigned", "Assigned Owned", "Assigned Released", "Released Quarantined", "Quarantined Available",
        ];
        foreach (NumberState from in Enum.GetValues<NumberState>())
        {
            foreach (NumberState to in Enum.GetValues<NumberState>())
            {
                Assert.Equal(ways.Contains($"{from} {to}"), NumberLife.CanMove(from, to));
            }
        }
    }
}
