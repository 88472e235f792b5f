using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Menus;

public sealed class MenuStoreTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Menu_ComesIntoForce_WhenAllThatItNamesIsThere(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        var menus = new MenuStore(database.Store);
        Guid main = (await menus.Revisions.CreateAsync(tenant, "main", "t")).Value!.Id;
        Guid sub = (await menus.Revisions.CreateAsync(tenant, "sub", "t")).Value!.Id;
        const string Document = """{ "start": "s", "nodes": { "s": { "type": "schedule", "schedule": "Office", "open": "m", "closed": { "do": "hangup" } }, "m": { "type": "menu", "menu": "sub", "next": "end" } } }""";
        await menus.Revisions.SaveDraftAsync(tenant, main, Document, "t");
        StoreResult<MenuRevision> refused = await menus.Revisions.PublishAsync(tenant, main, null, "t");
        Assert.Equal((StoreStatus.Invalid, "$.nodes.s.schedule: there is no schedule \"Office\""), (refused.Status, refused.Message));
        Assert.Equal("$.nodes.s.schedule", Assert.Single(await menus.ValidateAsync(tenant, Document)).Path);
        await AddAsync(new Schedule { TenantId = tenant.TenantId, Name = "office" });
        Assert.True((await menus.Revisions.PublishAsync(tenant, main, null, "t")).IsDone);

        // Two menus that lead to each other: the second one names the first, which is in force, and the first the second, which is there.
        await menus.Revisions.SaveDraftAsync(tenant, sub, """{ "start": "m", "nodes": { "m": { "type": "menu", "menu": "main", "next": "end" } } }""", "t");
        Assert.True((await menus.Revisions.PublishAsync(tenant, sub, null, "t")).IsDone);

        // What another tenant has is not there.
        TenantScope other = await database.AddTenantAsync("other");
        Assert.NotEmpty(await menus.ValidateAsync(other, Document));

        async Task AddAsync(TenantRow row) => Assert.True((await database.Store.ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), context =>
        {
            context.Add(row);
            return Task.FromResult<StoreResult<bool>>(true);
        })).IsDone);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Extension_IsOnePersonsWithinATenant(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope two = await database.AddTenantAsync("two");
        Assert.True(await AddAsync(one, "alice", "201"));
        Assert.True(await AddAsync(one, "bob", null));
        Assert.True(await AddAsync(one, "carol", null));
        Assert.True(await AddAsync(two, "alice", "201"));
        Assert.False(await AddAsync(one, "dave", "201"));

        async Task<bool> AddAsync(TenantScope tenant, string name, string? extension) => (await database.Store.ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), context =>
        {
            context.Add(new User { TenantId = tenant.TenantId, Name = name, Extension = extension });
            return Task.FromResult<StoreResult<bool>>(true);
        })).IsDone;
    }
}
