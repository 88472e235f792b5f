using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Tests.Routing;

public sealed class NumberDirectoryTests
{
    private static readonly NumbersOptions Slow = new() { PollInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Change_IsInForceWhenReloadReturns()
    {
        using TestStore test = await TestStore.OpenAsync();
        await using NumberDirectory directory = await NumberDirectory.StartAsync(test.Store, RouteTable.Empty, Slow);
        Assert.Same(RoutePlan.UnknownNumber, Route(directory, "+12025550100"));

        await test.WithAccountsAsync("alice");
        await test.Store.AddNumberAsync(new NumberDefinition("+12025550100") { Targets = [new NumberTarget(NumberTargetKind.Account, "alice")] }, "t");
        await directory.ReloadAsync();

        Assert.Equal("+12025550100", Route(directory, "+12025550100").Number);
        Assert.True(directory.TryGet("alice"u8, out Account? account));
        Assert.Equal("alice", account.Name);

        await test.Store.SetNumberEnabledAsync("+12025550100", false, "t");
        await test.Store.SetAccountEnabledAsync("alice", false, "t");
        await directory.ReloadAsync();

        Assert.Same(RoutePlan.UnknownNumber, Route(directory, "+12025550100"));
        Assert.False(directory.TryGet("alice"u8, out _));
    }

    [Fact]
    public async Task Change_ByAnotherProcess_IsNoticed()
    {
        using TestStore test = await TestStore.OpenAsync();
        NumberStore commandLine = await test.OpenAnotherAsync();
        var noticed = new TaskCompletionSource<NumberSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NumberDirectory directory = await NumberDirectory.StartAsync(
            test.Store,
            RouteTable.Empty,
            new NumbersOptions { PollInterval = TimeSpan.FromMilliseconds(5) },
            changed: snapshot =>
            {
                if (snapshot.NumberCount == 1)
                {
                    noticed.TrySetResult(snapshot);
                }
            });

        await commandLine.AddNumberAsync(new NumberDefinition("+12025550100") { Targets = [new NumberTarget(NumberTargetKind.AnnouncementText, "Hi")] }, "cli");
        NumberSnapshot seen = await noticed.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Single(seen.Prompts);
        Assert.Equal("+12025550100", Route(directory, "+12025550100").Number);
    }

    [Fact]
    public async Task Version_MovesWithTheInventoryAndNotWithCallRecords()
    {
        using TestStore test = await TestStore.OpenAsync();
        var version = new DatabaseVersion(test.ConnectionString);
        Assert.Equal(0, await version.ReadAuditIfChangedAsync(CancellationToken.None));
        Assert.Null(await version.ReadAuditIfChangedAsync(CancellationToken.None));

        await test.Store.ImportCallsAsync([new Engine.CallRecords.CallRecord { CallId = "c" }]);
        Assert.Equal(0, await version.ReadAuditIfChangedAsync(CancellationToken.None));

        await test.WithAccountsAsync("alice");
        Assert.Equal(1, await version.ReadAuditIfChangedAsync(CancellationToken.None));
        version.Reset();
    }

    [Fact]
    public async Task Snapshot_ThatCannotBeRead_LeavesTheLastInForce()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice");
        await using NumberDirectory directory = await NumberDirectory.StartAsync(test.Store, RouteTable.Empty, Slow);
        await using (NumbersDbContext context = test.Store.CreateContext())
        {
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(context.Database, "DROP TABLE accounts");
        }

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => directory.ReloadAsync());

        Assert.True(directory.TryGet("alice"u8, out _));
    }

    [Fact]
    public async Task Routes_Replaced_AreInForce()
    {
        using TestStore test = await TestStore.OpenAsync();
        await using NumberDirectory directory = await NumberDirectory.StartAsync(test.Store, RouteTable.Empty, Slow);
        var trunk = new Engine.Trunks.Trunk { Name = "carrier" };

        await directory.UpdateRoutesAsync(new RouteTable([trunk], [new RouteRule { Name = "all", Trunks = [trunk] }]));

        Assert.Equal("all", directory.Route(new RouteRequest { Called = "+13035550100"u8, InboundTrunk = trunk }).Route);
    }

    [Fact]
    public async Task Readers_DuringManySwaps_SeeOneStateOrTheOther()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice", "bob");
        var number = new NumberDefinition("+12025550100") { Targets = [new NumberTarget(NumberTargetKind.Account, "alice")] };
        await test.Store.AddNumberAsync(number, "t");
        await using NumberDirectory directory = await NumberDirectory.StartAsync(test.Store, RouteTable.Empty, Slow);
        bool stop = false;
        Task<long> reader = Task.Run(() =>
        {
            long reads = 0;
            while (!Volatile.Read(ref stop))
            {
                RoutePlan plan = Route(directory, "+12025550100");
                var target = (AccountTarget)((DialStep)plan.Steps.Single()).Targets.Single();
                Assert.True(target.Account is "alice" or "bob");
                reads++;
            }

            return reads;
        });

        for (int i = 0; i < 20; i++)
        {
            await test.Store.SetTargetsAsync(number.E164, [new NumberTarget(NumberTargetKind.Account, i % 2 == 0 ? "bob" : "alice")], "t");
            await directory.ReloadAsync();
        }

        Volatile.Write(ref stop, true);
        Assert.True(await reader > 0);
    }

    private static RoutePlan Route(NumberDirectory directory, string called)
        => directory.Route(new RouteRequest { Called = Encoding.ASCII.GetBytes(called) });
}
