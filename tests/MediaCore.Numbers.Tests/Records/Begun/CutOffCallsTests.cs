using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Records.Begun;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Records.Begun;

/// <summary>Calls in progress when a server is killed: one record each, by the server that had them.</summary>
public sealed class CutOffCallsTests : IDisposable
{
    private const string Number = "+12025550123";
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-cutoff-").FullName;

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Both))]
    public async Task EachServer_ClosesItsOwnCalls_OnceEach_WhereverTheKillFell(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.AddNumbersAsync(Number);
        TenantScope tenant = await database.AddTenantAsync("one");
        Assert.True((await new NumberInventory(database.Store).BuyAsync(tenant, Number, "t")).IsDone);
        ServiceStore other = await database.OpenNodeAsync();
        BegunCalls a = BegunCalls.Open(Begun("a"), database.Clock);
        BegunCalls b = BegunCalls.Open(Begun("b"), database.Clock);
        foreach ((BegunCalls server, string id) in ((BegunCalls, string)[])[(a, "talk-1"), (a, "ring-1"), (a, "over-1"), (a, "over-2"), (b, "talk-2")])
        {
            Begin(database, server, id, isAnswered: !id.StartsWith("ring", StringComparison.Ordinal));
            server.Note(Decided(tenant, id));
            server.Flush();
        }

        // Two are over, and have their records, before the kill lets the journal of begun calls say so: one is in the database, one on the disk still.
        await database.Store.ImportCallsAsync([Ended("over-1", database.Clock.GetUtcNow())]);
        using (var killed = new CallRecordJournal(new CallRecordJournalOptions { Folder = Journal("a"), ShardCount = 2 }))
        {
            killed.Write(1, Ended("over-2", database.Clock.GetUtcNow()));
        }

        await a.DisposeAsync();
        database.Clock.Advance(TimeSpan.FromMinutes(3));
        await RestartAsync(database, database.Store, "a");
        Assert.Equal(["over-1", "over-2", "ring-1", "talk-1"], await CallsAsync(database));
        Assert.Empty(Directory.GetFiles(Begun("a")));

        // The other one goes on: nobody has ended its call. Then it is killed, before and after its records are written.
        await b.DisposeAsync();
        string[] left = Directory.GetFiles(Begun("b"));
        byte[][] lines = [.. left.Select(File.ReadAllBytes)];
        await RestartAsync(database, other, "b");
        for (int i = 0; i < left.Length; i++)
        {
            await File.WriteAllBytesAsync(left[i], lines[i]);
        }

        await RestartAsync(database, other, "b");
        Assert.Equal(["over-1", "over-2", "ring-1", "talk-1", "talk-2"], await CallsAsync(database));

        CallJoins joins = CallJoins.Open(database.Store);
        database.Clock.Advance(CallJoinLimits.Settling);
        await joins.JoinOnceAsync();
        await using ServiceContext context = database.Store.Open(tenant);
        Dictionary<string, JoinedCall> joined = await context.JoinedCalls.ToDictionaryAsync(static row => row.CallId);
        Assert.Equal(("answered", "failed", "answered", "answered"), (joined["talk-1"].Disposition, joined["ring-1"].Disposition, joined["talk-2"].Disposition, joined["over-1"].Disposition));
        JsonNode document = JsonNode.Parse(joined["talk-1"].Document)!;
        Assert.Equal(("node_failure", "server", 41, "main", "rule \"hours\""), ((string)document["end"]!["reason"]!, (string)document["end"]!["by"]!, (int)document["end"]!["q850_cause"]!, (string)document["plan"]!["name"]!, (string)document["steps"]![0]!["text"]!));
        Assert.Equal("completed", (string)JsonNode.Parse(joined["over-2"].Document)!["end"]!["reason"]!);
        Assert.Equal(5, await context.Events.CountAsync());
        await joins.DisposeAsync();
    }

    /// <summary>What a server does at its start.</summary>
    private async Task RestartAsync(TestDatabase database, ServiceStore store, string node)
    {
        BegunCalls begun = BegunCalls.Open(Begun(node), database.Clock);
        using var journal = new CallRecordJournal(new CallRecordJournalOptions { Folder = Journal(node), ShardCount = 2 });
        await using var importer = new CallRecordImporter(journal, store);
        var cutOff = new CutOffCalls(begun.Left, store);
        await cutOff.FinishAsync(journal, cutOff.WriteRecords(journal), CancellationToken.None);
        await importer.ImportOnceAsync();
    }

    private static void Begin(TestDatabase database, BegunCalls server, string id, bool isAnswered)
    {
        DateTimeOffset now = database.Clock.GetUtcNow();
        server.Publish(new CallCreated { CallId = id, At = now, Caller = "+12025550199", Called = Number, InboundTrunk = "carrier" });
        server.Publish(new CallOffered { CallId = id, At = now, Application = CallDirector.Application, Number = Number });
        server.Publish(new LegChanged { CallId = id, LegId = id + "-1", At = now, Phase = LegPhase.Ringing, Peer = "anna-desk" });
        if (isAnswered)
        {
            server.Publish(new LegChanged { CallId = id, LegId = id + "-0", At = now, Phase = LegPhase.Answered, IsInbound = true });
            server.Publish(new LegChanged { CallId = id, LegId = id + "-1", At = now, Phase = LegPhase.Answered, Peer = "anna-desk" });
        }
    }

    private static CompletedCall Decided(TenantScope tenant, string id)
    {
        CompletedCall call = BegunCallsTests.Decided(id, "vip");
        return call with { Facts = call.Facts with { TenantId = tenant.TenantId }, Path = [new CallWaypoint(DateTimeOffset.UnixEpoch, WaypointKinds.Plan, "main@3")] };
    }

    private static CallRecord Ended(string id, DateTimeOffset at) => new()
    {
        CallId = id,
        Number = Number,
        StartedAt = at,
        AnsweredAt = at,
        EndedAt = at.AddSeconds(9),
        EndedBy = CallEndSide.Caller,
        Reason = CallEndReason.Completed,
        SipStatus = 200,
        Q850Cause = 16,
    };

    private static async Task<string[]> CallsAsync(TestDatabase database)
    {
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        return await context.Calls.OrderBy(static row => row.CallId).Select(static row => row.CallId).ToArrayAsync();
    }

    private string Begun(string node) => Path.Combine(_folder, node, "begun");

    private string Journal(string node) => Path.Combine(_folder, node, "records");
}
