using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Storage;

/// <summary>A database that is down delays call records; it loses none, and none comes twice.</summary>
public sealed class CallSpoolTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Fact]
    public async Task Records_OfATimeWithoutDatabase_WaitOnDisk_AndComeOnceEach()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Postgres, cluster);
        string folder = Directory.CreateTempSubdirectory("mediacore-journal-").FullName;
        try
        {
            using (var journal = new CallRecordJournal(new CallRecordJournalOptions { Folder = folder, ShardCount = 2, MaxFileBytes = 4096 }))
            {
                await using var importer = new CallRecordImporter(journal, database.Store);
                for (int i = 0; i < 40; i++)
                {
                    journal.Write(i % 2, Record(i));
                }

                Assert.Equal(40, await importer.ImportOnceAsync());
                await cluster.StopAsync();
                for (int i = 40; i < 120; i++)
                {
                    journal.Write(i % 2, Record(i));
                }

                Assert.Equal(0, await importer.ImportOnceAsync());
                Assert.Equal(0, await importer.ImportOnceAsync());
                await cluster.ResumeAsync();

                // The pool may still have connections of before, each of which is found out by its first use: the importer's next tries.
                int added = 0;
                for (int i = 0; added == 0 && i < 20; i++)
                {
                    added = await importer.ImportOnceAsync();
                }

                Assert.Equal(80, added);

                // Another node, or this one after it died between commit and removal, brings some of them again.
                Assert.Equal(0, await database.Store.ImportCallsAsync([.. Enumerable.Range(30, 60).Select(Record)]));
            }

            await using ServiceContext context = database.Store.Open(TenantScope.Platform);
            Assert.Equal(Enumerable.Range(0, 120).Select(static i => $"call-{i:000}"), await context.Calls.OrderBy(row => row.CallId).Select(row => row.CallId).ToListAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The database goes while calls end, and then the server, killed between two writes; the next one starts without database, too.</summary>
    [Fact]
    public async Task Records_OfAServerThatDiesWithoutDatabase_ComeOnceEach_WhenBothAreBack()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Postgres, cluster);
        string folder = Directory.CreateTempSubdirectory("mediacore-journal-").FullName;
        var options = new CallRecordJournalOptions { Folder = folder, ShardCount = 2, MaxFileBytes = 4096 };
        try
        {
            // What is killed is not disposed of: its files stay as they were, one with half a line of a call that was not over.
            using var killed = new CallRecordJournal(options);
            var lost = new CallRecordImporter(killed, database.Store);
            WriteCalls(killed, 0, 40);
            Assert.Equal(40, await lost.ImportOnceAsync());
            await cluster.StopAsync();
            WriteCalls(killed, 40, 80);
            Assert.Equal(0, await lost.ImportOnceAsync());
            await File.AppendAllTextAsync(Directory.EnumerateFiles(folder).Where(killed.IsActive).Order(StringComparer.Ordinal).First(), "{\"call_id\":\"call-to");

            using (var journal = new CallRecordJournal(options))
            {
                await using var importer = new CallRecordImporter(journal, database.Store);
                Assert.Equal(0, await importer.ImportOnceAsync());
                WriteCalls(journal, 80, 100);
                Assert.Equal(0, await importer.ImportOnceAsync());
                await cluster.ResumeAsync();

                // Connections of before are found out by their first use.
                int added = 0;
                for (int i = 0; added < 60 && i < 20; i++)
                {
                    added += await importer.ImportOnceAsync();
                }

                Assert.Equal(60, added);
                Assert.Equal(0, await importer.ImportOnceAsync());
            }

            await using ServiceContext context = database.Store.Open(TenantScope.Platform);
            Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"call-{i:000}"), await context.Calls.OrderBy(row => row.CallId).Select(row => row.CallId).ToListAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static void WriteCalls(CallRecordJournal journal, int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                journal.Write(i % 2, Record(i));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Record_BelongsToTheTenantOfItsNumber_AndIsWhole(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync("+12025550123");
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("other");
        Assert.True((await new NumberInventory(database.Store).BuyAsync(one, "+12025550123", "t")).IsDone);
        CallRecord record = Record(1) with { Number = "+12025550123", Conference = "sales" };

        Assert.Equal(2, await database.Store.ImportCallsAsync([record, Record(2)]));
        Assert.Equal(0, await database.Store.ImportCallsAsync([record]));

        CallRecord read = (await database.Store.GetCallAsync(one, record.CallId))!;
        Assert.Equal((record.Caller, record.StartedAt, "sales"), (read.Caller, read.StartedAt, read.Conference));
        Assert.Null(await database.Store.GetCallAsync(other, record.CallId));
        Assert.Null(await database.Store.GetCallAsync(one, Record(2).CallId));
        Assert.NotNull(await database.Store.GetCallAsync(TenantScope.Platform, Record(2).CallId));
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        Assert.Equal(Tenant.PlatformId, (await context.Calls.SingleAsync(row => row.Number == null)).TenantId);
    }

    private static CallRecord Record(int i)
    {
        var start = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddSeconds(i);
        return new CallRecord
        {
            CallId = $"call-{i:000}",
            StartedAt = start,
            EndedAt = start.AddSeconds(9),
            Caller = "+12025550199",
            Called = "+12025550123",
            EndedBy = CallEndSide.Caller,
            Reason = CallEndReason.Completed,
        };
    }
}
