using System.Text;
using System.Threading.Channels;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Identity;

public sealed class SipAccountsTests
{
    private const string Realm = "example.com";

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Account_IsUniqueOverTenants_AndKeepsNoPassword(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("other");
        var accounts = new SipAccounts(database.Store, Realm);
        Assert.True((await accounts.CreateAsync(one, "alice", "correct horse", "test")).IsDone);
        Assert.Equal(StoreStatus.Conflict, (await accounts.CreateAsync(other, "alice", "correct horse", "test")).Status);
        Assert.Equal(StoreStatus.NotFound, (await accounts.SetPasswordAsync(other, "alice", "another one", "test")).Status);
        Assert.Equal(StoreStatus.Invalid, (await accounts.CreateAsync(one, "bob", "short", "test")).Status);
        Account read = Assert.Single(await accounts.ReadAsync(default));
        Assert.Equal("alice", read.Name);
        Assert.DoesNotContain(await database.AuditAsync(), entry => entry.Changes.Contains(Encoding.ASCII.GetString(read.Secret.Md5Ha1Hex), StringComparison.Ordinal));
        await new Tenants(database.Store).SuspendAsync(one.TenantId, true, "test");
        Assert.Empty(await accounts.ReadAsync(default));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Directory_KnowsTenantsAccountsAndNumbers_AsSoonAsTheyAreThere(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        using TestStore files = await TestStore.OpenAsync();
        await using NumberService service = await NumberService.StartAsync(
            new NumberServiceOptions { Store = database.Store.Options, Realm = Realm, DataFolder = files.Folder, PromptFolder = files.Folder }, NullLoggerFactory.Instance);
        Channel<NumberSnapshot> swaps = Channel.CreateUnbounded<NumberSnapshot>();
        await using NumberDirectory directory = await NumberDirectory.StartAsync(files.Store, RouteTable.Empty, changed: snapshot => swaps.Writer.TryWrite(snapshot), service: service);
        Tenant tenant = (await new Tenants(service.Store).CreateAsync("acme", "test")).Value!;
        TenantScope scope = TenantScope.Of(tenant.Id);
        Assert.False(directory.TryGet("alice"u8, out _));
        await service.Accounts.CreateAsync(scope, "alice", "correct horse", "test");
        await WaitAsync(snapshot => snapshot.TryGetAccount("alice"u8, out _));
        await service.Accounts.RemoveAsync(scope, "alice", "test");
        await WaitAsync(snapshot => !snapshot.TryGetAccount("alice"u8, out _));
        Assert.False(directory.TryGet("alice"u8, out _));

        async Task WaitAsync(Predicate<NumberSnapshot> isSo)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (!isSo(await swaps.Reader.ReadAsync(patience.Token)))
            {
            }
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Number_OfATenant_IsOfferedToTheService_AndToNobodyWhenSuspended(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        using TestStore files = await TestStore.OpenAsync();
        await using NumberService service = await NumberService.StartAsync(
            new NumberServiceOptions { Store = database.Store.Options, Realm = Realm, DataFolder = files.Folder, PromptFolder = files.Folder }, NullLoggerFactory.Instance);
        await using NumberDirectory directory = await NumberDirectory.StartAsync(files.Store, RouteTable.Empty, service: service);
        TenantScope scope = await database.AddTenantAsync("acme");
        RoutingPlan plan = await database.AddPlanAsync(scope, "main");
        await database.AddNumbersAsync("+12025550123");
        var inventory = new NumberInventory(service.Store);
        await inventory.ReserveAsync(scope, "+12025550123", "t");
        await inventory.BuyAsync(scope, "+12025550123", "t");
        await service.RefreshAsync();
        Assert.Equal(480, Route().RejectStatus);
        await inventory.AssignAsync(scope, "+12025550123", NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "t");
        await service.RefreshAsync();
        Assert.Equal(CallDirector.Application, Assert.IsType<ControlStep>(Assert.Single(Route().Steps)).Application);
        Assert.Equal("+12025550123", Route().Number);
        Assert.Equal(CallerAdmission.Accept, directory.Admit(new RouteRequest { Called = "0012025550123"u8 }));
        await new Tenants(service.Store).SuspendAsync(scope.TenantId, true, "t");
        await service.RefreshAsync();
        Assert.Equal(403, Route().RejectStatus);

        RoutePlan Route() => directory.Route(new RouteRequest { Called = "12025550123"u8 });
    }
}
