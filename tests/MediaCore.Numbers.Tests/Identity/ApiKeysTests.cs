using System.Net;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Identity;

public sealed class ApiKeysTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Key_IsKnownByItsHash_AndAllowsItsScopes(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        ApiKeys keys = new(database.Store);
        NewApiKey made = (await keys.CreateAsync(tenant, "ci", ["numbers:read", "plans:write"], "t")).Value!;

        ApiKeyIdentity identity = (await keys.VerifyAsync(made.Key))!;

        Assert.Equal((tenant, made.Row.Id), (identity.Scope, identity.KeyId));
        Assert.True(identity.Allows("numbers:read"));
        Assert.True(identity.Allows("plans:read"));
        Assert.False(identity.Allows("numbers:write"));
        Assert.Null(await keys.VerifyAsync(made.Key[..^1] + (made.Key[^1] == 'A' ? 'B' : 'A')));
        Assert.Null(await keys.VerifyAsync(""));
        Assert.Null(await keys.VerifyAsync("mck_" + new string('A', 57)));
        Assert.DoesNotContain(made.Key, made.ToString(), StringComparison.Ordinal);
        await using ServiceContext context = database.Store.Open(tenant);
        ApiKey row = await context.ApiKeys.SingleAsync();
        Assert.DoesNotContain(made.Key[17..], row.Hash, StringComparison.Ordinal);
        Assert.Equal(database.Clock.GetUtcNow().ToUnixTimeMilliseconds(), row.LastUsedAtMs);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Key_ThatIsRotated_WorksBesideTheNewOne_UntilTheOverlapEnds(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        ApiKeys keys = new(database.Store);
        NewApiKey old = (await keys.CreateAsync(tenant, "ci", ["*:*"], "t")).Value!;

        NewApiKey fresh = (await keys.RotateAsync(tenant, old.Row.Id, TimeSpan.FromHours(1), "t")).Value!;

        Assert.Equal(old.Row.Id, fresh.Row.RotatedFromId);
        Assert.NotNull(await keys.VerifyAsync(old.Key));
        Assert.NotNull(await keys.VerifyAsync(fresh.Key));
        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await keys.VerifyAsync(old.Key));
        Assert.NotNull(await keys.VerifyAsync(fresh.Key));
        Assert.Equal(StoreStatus.NotFound, (await keys.RotateAsync(tenant, old.Row.Id, TimeSpan.Zero, "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await keys.RotateAsync(tenant, fresh.Row.Id, TimeSpan.FromDays(31), "t")).Status);
        Assert.True((await keys.RevokeAsync(tenant, fresh.Row.Id, "t")).IsDone);
        Assert.Null(await keys.VerifyAsync(fresh.Key));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Key_OfAPerson_ADistantNetwork_ASuspendedTenant(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        Tenants tenants = new(database.Store);
        User user = (await tenants.CreateUserAsync(tenant, "alice", "Alice", ["analyst", "agent"], "t")).Value!;
        ApiKeys keys = new(database.Store);
        NewApiKey made = (await keys.CreateAsync(tenant, "mine", ["*:*"], "t", ["192.0.2.0/24", "2001:db8::/32"], userId: user.Id)).Value!;

        Assert.Null(await keys.VerifyAsync(made.Key));
        Assert.Null(await keys.VerifyAsync(made.Key, IPAddress.Parse("198.51.100.1")));
        ApiKeyIdentity identity = (await keys.VerifyAsync(made.Key, IPAddress.Parse("::ffff:192.0.2.7")))!;
        Assert.True(identity.Allows("records:read"));
        Assert.True(identity.Allows("messages:write"));
        Assert.False(identity.Allows("numbers:write"));
        Assert.True((await tenants.SuspendAsync(tenant.TenantId, true, "t")).IsDone);
        Assert.Null(await keys.VerifyAsync(made.Key, IPAddress.Parse("192.0.2.7")));
        Assert.Equal(StoreStatus.NotFound, (await tenants.CreateUserAsync(tenant, "bob", "Bob", ["king"], "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await keys.CreateAsync(tenant, "x", ["numbers"], "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await keys.CreateAsync(tenant, "x", ["*:*"], "t", ["here"])).Status);
    }

    [Theory]
    [InlineData("numbers:read", "numbers:read", true)]
    [InlineData("numbers:write", "numbers:read", true)]
    [InlineData("numbers:read", "numbers:write", false)]
    [InlineData("*:read", "numbers:read", true)]
    [InlineData("*:read", "numbers:write", false)]
    [InlineData("plans:write\nnumbers:read", "numbers:read", true)]
    [InlineData("number:read", "numbers:read", false)]
    [InlineData("", "numbers:read", false)]
    [InlineData("*:*", "audit:read", true)]
    public void Permission_IsAllowed_ByWhatIsHeld(string held, string wanted, bool allowed) => Assert.Equal(allowed, Permissions.Allow(held, wanted));

    [Fact]
    public void Presets_ArePermissions() => Assert.All(Permissions.Presets.Values, static preset => Assert.Null(Permissions.Check(preset)));
}
