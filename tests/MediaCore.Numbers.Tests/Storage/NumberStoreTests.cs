using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using MediaCore.Sip.Authentication;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Storage;

public sealed class NumberStoreTests
{
    private static readonly NumberTarget RingAlice = new(NumberTargetKind.Account, "alice") { RingTime = TimeSpan.FromSeconds(25) };
    private static readonly NumberTarget Say = new(NumberTargetKind.AnnouncementText, "Nobody is here.") { Voice = "en-us" };

    [Fact]
    public async Task Migration_MakesTheModelOfToday()
    {
        using TestStore test = await TestStore.OpenAsync();
        await using NumbersDbContext context = test.Store.CreateContext();

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task Database_RunsInWriteAheadMode_AndOpensAgain()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice");
        NumberStore again = await test.OpenAnotherAsync();
        using var connection = new SqliteConnection(test.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";

        Assert.Equal("wal", command.ExecuteScalar());
        Assert.Equal("alice", (await again.ListAccountsAsync()).Single().Name);
    }

    [Fact]
    public async Task Database_InMemory_IsRefused()
        => await Assert.ThrowsAsync<ArgumentException>(() => NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = "Data Source=:memory:" }));

    [Fact]
    public async Task Account_KeepsDigestsNotThePassword()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice");

        InventoryView view = await test.Store.ReadInventoryAsync(CancellationToken.None);

        DigestSecret expected = DigestSecret.Create("alice", "mediacore", "correct horse");
        Assert.Equal(expected.Md5Ha1Hex, view.Accounts.Single().Secret.Md5Ha1Hex);
        Assert.Equal(expected.Sha256Ha1Hex, view.Accounts.Single().Secret.Sha256Ha1Hex);
        Assert.Equal(expected.Sha512256Ha1Hex, view.Accounts.Single().Secret.Sha512256Ha1Hex);
        SqliteConnection.ClearAllPools();
        Assert.DoesNotContain("correct horse", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(test.Store.DatabasePath)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_Changes_AreDoneOrRefusedWithAReason()
    {
        using TestStore test = await TestStore.OpenAsync();
        NumberStore store = test.Store;

        Assert.Equal(StoreStatus.Invalid, (await store.AddAccountAsync("a b", "correct horse", "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await store.AddAccountAsync("alice", "short", "t")).Status);
        Assert.True((await store.AddAccountAsync("alice", "correct horse", "t")).IsDone);
        Assert.Equal(StoreStatus.Conflict, (await store.AddAccountAsync("alice", "correct horse", "t")).Status);
        Assert.True((await store.AddAccountAsync("Alice", "correct horse", "t")).IsDone);
        Assert.Equal(StoreStatus.NotFound, (await store.SetPasswordAsync("bob", "correct horse", "t")).Status);
        Assert.True((await store.SetPasswordAsync("alice", "battery staple", "t")).IsDone);
        Assert.Equal(StoreStatus.NotFound, (await store.SetAccountEnabledAsync("bob", false, "t")).Status);
        Assert.True((await store.SetAccountEnabledAsync("Alice", false, "t")).IsDone);

        InventoryView view = await store.ReadInventoryAsync(CancellationToken.None);
        Assert.Equal("alice", view.Accounts.Single().Name);
        Assert.Equal(DigestSecret.Create("alice", "mediacore", "battery staple").Md5Ha1Hex, view.Accounts.Single().Secret.Md5Ha1Hex);
    }

    [Fact]
    public async Task Account_OfAnotherRealm_IsLeftOutAndCounted()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice");
        NumberStore renamed = await NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = test.ConnectionString, Realm = "example.com" });

        InventoryView view = await renamed.ReadInventoryAsync(CancellationToken.None);

        Assert.Empty(view.Accounts);
        Assert.Equal(1, view.AccountsOfOtherRealms);
    }

    [Fact]
    public async Task Number_IsKeptWithItsTargetsInOrder()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice");
        var number = new NumberDefinition("+12025550100")
        {
            Label = "Office",
            Targets = [RingAlice, new NumberTarget(NumberTargetKind.Uri, "sip:bob@192.0.2.1"), new NumberTarget(NumberTargetKind.Trunk, "carrier-a/+1303"), Say, new NumberTarget(NumberTargetKind.AnnouncementFile, "bye.wav")],
        };

        Assert.True((await test.Store.AddNumberAsync(number, "t")).IsDone);
        NumberDefinition read = (await test.Store.ListNumbersAsync()).Single();

        Assert.Equal(number.Targets.AsEnumerable(), read.Targets);
        Assert.Equal(number with { Targets = [] }, read with { Targets = [] });
    }

    [Fact]
    public async Task Number_Changes_AreDoneOrRefusedWithAReason()
    {
        using TestStore test = await TestStore.OpenAsync();
        NumberStore store = test.Store;
        var number = new NumberDefinition("+12025550100") { Targets = [Say] };

        Assert.Equal(StoreStatus.Invalid, (await store.AddNumberAsync(number with { Targets = [] }, "t")).Status);
        Assert.Equal(StoreStatus.Invalid, (await store.AddNumberAsync(number with { Targets = [RingAlice] }, "t")).Status);
        Assert.Equal(StoreStatus.NotFound, (await store.SetTargetsAsync("+12025550100", [Say], "t")).Status);
        Assert.Equal(StoreStatus.NotFound, (await store.UpdateNumberAsync(number, "t")).Status);
        Assert.True((await store.AddNumberAsync(number, "t")).IsDone);
        Assert.Equal(StoreStatus.Conflict, (await store.AddNumberAsync(number, "t")).Status);

        await test.WithAccountsAsync("alice");
        Assert.True((await store.SetTargetsAsync("+12025550100", [RingAlice, Say], "t")).IsDone);
        Assert.Equal<IEnumerable<NumberTarget>>([RingAlice, Say], (await store.GetNumberAsync("+12025550100"))!.Targets);
        Assert.True((await store.UpdateNumberAsync(number with { Label = "x", Targets = [Say, RingAlice] }, "t")).IsDone);
        Assert.Equal<IEnumerable<NumberTarget>>([Say, RingAlice], (await store.GetNumberAsync("+12025550100"))!.Targets);

        StoreResult inUse = await store.RemoveAccountAsync("alice", "t");
        Assert.Equal(StoreStatus.Conflict, inUse.Status);
        Assert.Contains("+12025550100", inUse.Message, StringComparison.Ordinal);
        Assert.True((await store.RemoveNumberAsync("+12025550100", "t")).IsDone);
        Assert.Equal(StoreStatus.NotFound, (await store.RemoveNumberAsync("+12025550100", "t")).Status);
        Assert.True((await store.RemoveAccountAsync("alice", "t")).IsDone);
    }

    [Fact]
    public async Task Changes_AreAuditedOnceAndRefusalsNotAtAll()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.Store.AddAccountAsync("alice", "correct horse", "cli:root");
        await test.Store.AddAccountAsync("alice", "correct horse", "cli:root");
        await test.Store.AddNumberAsync(new NumberDefinition("+12025550100") { Targets = [RingAlice, Say] }, "cli:root");
        await test.Store.SetPasswordAsync("alice", "battery staple", "cli:bob");

        IReadOnlyList<AuditEntry> audit = await test.Store.ListAuditAsync(10);

        Assert.Equal(["account.password", "number.add", "account.add"], audit.Select(entry => entry.Action));
        Assert.Equal(("cli:bob", "alice"), (audit[0].Actor, audit[0].Subject));
        Assert.Equal("account alice 25 s > announcement_text", audit[1].Detail);
        Assert.DoesNotContain(audit, entry => entry.Detail.Contains("staple", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_WhoseCommitFails_LeavesNeitherRowNorAudit()
    {
        using TestStore test = await TestStore.OpenAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => test.Store.ChangeAsync("t", "x", "y", "z", context =>
        {
            context.Accounts.Add(new AccountRow { Name = "a" });
            context.Accounts.Add(new AccountRow { Name = "a" });
            return Task.FromResult(StoreResult.Done);
        }, CancellationToken.None));

        Assert.Empty(await test.Store.ListAccountsAsync());
        Assert.Empty(await test.Store.ListAuditAsync(10));
    }

    [Fact]
    public async Task Account_AddedByManyAtOnce_IsAddedOnce()
    {
        using TestStore test = await TestStore.OpenAsync();
        NumberStore other = await test.OpenAnotherAsync();

        StoreResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? test.Store : other).AddAccountAsync("alice", "correct horse", "t"))));

        Assert.Single(results, result => result.IsDone);
        Assert.Equal(7, results.Count(result => result.Status == StoreStatus.Conflict));
    }

    [Fact]
    public async Task FirstStart_SeedsANewDatabaseOnce()
    {
        using TestStore test = await TestStore.OpenAsync();

        FirstStartResult? first = await FirstStart.SeedAsync(test.Store);
        FirstStartResult? second = await FirstStart.SeedAsync(test.Store);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.Equal(["1001", "1002"], first.Accounts.Select(account => account.Name));
        NumberDefinition number = (await test.Store.ListNumbersAsync()).Single();
        Assert.Equal("+12025550100", number.E164);
        Assert.Equal(new NumberTarget(NumberTargetKind.Account, "1001"), number.Targets[0]);
        Assert.Equal(TimeSpan.FromSeconds(20), number.Targets[0].RingTime);
        Assert.Equal(NumberTargetKind.AnnouncementText, number.Targets[1].Kind);
        InventoryView view = await test.Store.ReadInventoryAsync(CancellationToken.None);
        Assert.All(first.Accounts, account => Assert.Contains(view.Accounts, stored => stored.Name == account.Name
            && stored.Secret.Sha256Ha1Hex.AsSpan().SequenceEqual(DigestSecret.Create(account.Name, "mediacore", account.Password).Sha256Ha1Hex)));
        Assert.DoesNotContain(first.Accounts[0].Password, first.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_AfterEverythingWasRemoved_SeedsNothing()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.WithAccountsAsync("alice");
        await test.Store.RemoveAccountAsync("alice", "t");

        Assert.Null(await FirstStart.SeedAsync(test.Store));
    }

    [Fact]
    public async Task DataFolder_OfARunningServer_IsRefusedToAnother()
    {
        using TestStore test = await TestStore.OpenAsync();
        using (DataFolderLock.Take(test.Folder))
        {
            DataFolderInUseException refused = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(test.Folder));
            Assert.Contains(test.Folder, refused.Message, StringComparison.Ordinal);
        }

        DataFolderLock.Take(test.Folder).Dispose();
    }
}
