using System.Text.Json;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Storage;

public sealed class AuditTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Migrations_MakeTheModelOfToday(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.Equal(Tenant.PlatformId, (await context.Tenants.SingleAsync()).Id);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Change_IsAudited_WithBeforeAndAfter_AndWithoutSecrets(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await database.AddNumbersAsync("+12025550123");
        NewApiKey key = (await new ApiKeys(database.Store).CreateAsync(tenant, "ci", ["numbers:read"], "alice")).Value!;
        Assert.True((await new NumberInventory(database.Store).BuyAsync(tenant, "+12025550123", "alice")).IsDone);

        List<AuditEvent> audit = await database.AuditAsync();

        Assert.Equal(Enumerable.Range(1, audit.Count).Select(static i => (long)i), audit.Select(static item => item.Seq));
        AuditEvent buy = audit[^1];
        Assert.Equal(("alice", "number.buy", nameof(VirtualNumber), tenant.TenantId), (buy.Actor, buy.Action, buy.Entity, buy.TenantId));
        using JsonDocument changes = JsonDocument.Parse(buy.Changes);
        Assert.Equal("Available", changes.RootElement.GetProperty("state")[0].GetString());
        Assert.Equal("Owned", changes.RootElement.GetProperty("state")[1].GetString());
        Assert.False(changes.RootElement.TryGetProperty("national", out _));
        AuditEvent made = audit.Single(static item => item.Entity == nameof(ApiKey));
        Assert.Contains("\"hash\":[null,\"***\"]", made.Changes, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Row.Hash, made.Changes, StringComparison.Ordinal);
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        Assert.Null(await AuditChain.FindBreakAsync(context));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Change_ThatIsCutOff_LeavesNeitherItselfNorItsAudit(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        int before = (await database.AuditAsync()).Count;

        await Assert.ThrowsAnyAsync<Exception>(() => database.Store.ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), async context =>
        {
            context.Schedules.Add(new Schedule { TenantId = tenant.TenantId, Name = "lost" });
            await context.SaveChangesAsync();
            Assert.Equal(1, await context.Audit.CountAsync(item => item.Entity == nameof(Schedule)));
            if (provider == StoreProvider.Postgres)
            {
                // As if the database had been killed between the writing and the commit.
                int process = await context.Database.SqlQuery<int>($"SELECT pg_backend_pid() AS \"Value\"").SingleAsync();
                await using ServiceContext killer = database.Store.Open(TenantScope.Platform);
                await killer.Database.ExecuteSqlAsync($"SELECT pg_terminate_backend({process})");
                return true;
            }

            throw new InvalidOperationException("The node is gone.");
        }));

        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        Assert.Empty(await context.Schedules.ToListAsync());
        Assert.Equal(before, (await database.AuditAsync()).Count);
        Assert.True((await database.Store.ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), one =>
        {
            one.Schedules.Add(new Schedule { TenantId = tenant.TenantId, Name = "kept" });
            return Task.FromResult<StoreResult<bool>>(true);
        })).IsDone);
        Assert.Equal(before + 1, (await database.AuditAsync()).Count);
        Assert.Null(await AuditChain.FindBreakAsync(context));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Chain_ShowsWhatWasAltered_OrTakenOut(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync("+12025550123", "+12025550124");
        long last = (await database.AuditAsync())[^1].Seq;
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);

        await context.Database.ExecuteSqlAsync($"UPDATE audit SET actor = 'nobody' WHERE seq = 2");
        Assert.Equal(2, await AuditChain.FindBreakAsync(context));
        await context.Database.ExecuteSqlAsync($"UPDATE audit SET actor = 'test' WHERE seq = 2");
        Assert.Null(await AuditChain.FindBreakAsync(context));
        await context.Database.ExecuteSqlAsync($"DELETE FROM audit WHERE seq = {last}");
        Assert.Equal(last, await AuditChain.FindBreakAsync(context));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Configuration_WrittenPastTheAudit_IsRefused(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await using ServiceContext context = database.Store.Open(tenant);
        context.Schedules.Add(new Schedule { TenantId = tenant.TenantId, Name = "hours" });
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync());
        Assert.Throws<NotSupportedException>(() => context.SaveChanges());

        await using ServiceContext platform = database.Store.Open(TenantScope.Platform);
        (await platform.Audit.OrderBy(row => row.Seq).FirstAsync()).Actor = "nobody";
        await Assert.ThrowsAsync<InvalidOperationException>(() => platform.SaveChangesAsync());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Changes_OfManyNodesAtOnce_AreNumberedWithoutGap(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        ServiceStore[] nodes = [database.Store, await database.OpenNodeAsync(), await database.OpenNodeAsync()];
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => nodes[i % 3].ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), context =>
        {
            context.Schedules.Add(new Schedule { TenantId = tenant.TenantId, Name = $"s{i}" });
            return Task.FromResult<StoreResult<bool>>(true);
        }))));

        await using ServiceContext all = database.Store.Open(TenantScope.Platform);
        Assert.Equal(30, await all.Schedules.CountAsync());
        Assert.Null(await AuditChain.FindBreakAsync(all));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Name_ThatIsTaken_IsAConflict(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddTenantAsync("one");

        Assert.Equal(StoreStatus.Conflict, (await new Tenants(database.Store).CreateAsync("one", "test")).Status);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Records_NeedNoTurn_AndAreNotAudited(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        int before = (await database.AuditAsync()).Count;
        await using ServiceContext context = database.Store.Open(tenant);
        context.Messages.Add(new TextMessage { TenantId = tenant.TenantId, Number = "+12025550123", Peer = "+12025550124", Text = "Hi" });
        await context.SaveChangesAsync();

        Assert.Equal(before, (await database.AuditAsync()).Count);
        await using ServiceContext first = database.Store.Open(tenant);
        await using ServiceContext second = database.Store.Open(tenant);
        (await first.Messages.SingleAsync()).State = MessageState.Sent;
        (await second.Messages.SingleAsync()).State = MessageState.Failed;
        await first.SaveChangesAsync();
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync());
    }
}
