using System.Text.Json.Nodes;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Recordings;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Recordings;

public sealed class RecordingRegisterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-recordings-").FullName;

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Recording_HasARowFromItsBeginning_AndIsCompletedWithItsEventAndPauses(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await SetDaysAsync(database, tenant, 30);
        await using RecordingRegister register = await OpenAsync(database);
        RecordingInfo begun = Begun(database, "call-1");
        register.Begin(Facts(tenant, "call-1"), begun);
        await register.LookAsync(looksAtDisk: false, CancellationToken.None);
        Assert.Equal(RecordingState.InProgress, (await RowAsync(database)).State);

        Tell(register, begun, RecordingStage.Paused, 2);
        Tell(register, begun, RecordingStage.Resumed, 5);
        Tell(register, begun, RecordingStage.Stopped, 9);
        Tell(register, begun with { Status = RecordingStatus.Saved, Duration = TimeSpan.FromSeconds(9), Bytes = 144_044, Sha256 = "ab" }, RecordingStage.Saved, 10);
        await register.LookAsync(looksAtDisk: false, CancellationToken.None);
        Recording row = await RowAsync(database);
        Assert.Equal((RecordingState.Completed, 9000L, 144_044L, "ab", tenant.TenantId, 0), (row.State, row.DurationMs, row.Bytes, row.Sha256, row.TenantId, register.OpenRecordings));
        Assert.Equal(["recorded 0-2000", "paused 2000-5000", "recorded 5000-9000"], JsonNode.Parse(row.Segments)!.AsArray().Select(static one => $"{one!["kind"]} {one["start_ms"]}-{one["end_ms"]}"));
        Assert.Equal(database.Store.NowMs + (long)TimeSpan.FromDays(30).TotalMilliseconds, row.RetainUntilMs);
        await using ServiceContext context = database.Store.Open(tenant);
        ServiceEvent told = await context.Events.SingleAsync();
        Assert.Equal((ServiceEventTypes.RecordingCompleted, "call-1", row.Id.ToString()), (told.Type, told.Subject, (string)JsonNode.Parse(told.Data)!["recording_id"]!));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task RecordingOfAKilledServer_IsCompletedByTheNextRun_OnceItsFileIsWhole(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await using (RecordingRegister killed = await OpenAsync(database))
        {
            killed.Begin(Facts(tenant, "call-1"), Begun(database, "call-1"));
            killed.Begin(Facts(tenant, "call-2"), Begun(database, "call-2"));
            await killed.LookAsync(looksAtDisk: false, CancellationToken.None);
        }

        await using RecordingRegister next = await OpenAsync(database);
        Assert.Equal(2, next.OpenRecordings);
        await next.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal(2, next.OpenRecordings);
        Describe("2026-11-23/call-1-0.wav", callId: "");
        await next.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal(1, next.OpenRecordings);

        // Of the other there is nothing, and will not be.
        database.Clock.Advance(RecordingRegisterLimits.Patience);
        await next.LookAsync(looksAtDisk: true, CancellationToken.None);
        await using ServiceContext context = database.Store.Open(tenant);
        Assert.Equal([("call-1", RecordingState.Completed), ("call-2", RecordingState.Failed)], (await context.Recordings.OrderBy(row => row.CallId).ToListAsync()).Select(static row => (row.CallId, row.State)));
        Assert.Equal(1, await context.Events.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task FileWithoutRow_IsTakenIn_ForTheTenantOfItsCall_AndMessagesAreNot(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await using (ServiceContext context = database.Store.Open(tenant))
        {
            context.Calls.Add(new CallEntry { CallId = "call-1", TenantId = tenant.TenantId, Number = "+12025550123", Record = "{}" });
            await context.SaveChangesAsync();
        }

        Describe("2026-11-23/call-1-0.wav", "");
        Describe("2026-11-23/call-2-0.2.wav", "");
        Describe("2026-11-23/message-0.wav", "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "notes.json"), "[1]");
        await using RecordingRegister register = await RecordingRegister.OpenAsync(database.Store, "node", _folder, static file => file.Contains("message", StringComparison.Ordinal));
        Assert.Equal(2, await register.TakeInAsync(CancellationToken.None));
        Assert.Equal(0, await register.TakeInAsync(CancellationToken.None));
        await using ServiceContext all = database.Store.Open(TenantScope.Platform);
        Assert.Equal(
            [("call-1", tenant.TenantId, "2026-11-23/call-1-0.wav"), ("call-2", Tenant.PlatformId, "2026-11-23/call-2-0.2.wav")],
            (await all.Recordings.OrderBy(row => row.CallId).ToListAsync()).Select(static row => (row.CallId, row.TenantId, row.File)));
    }

    [Fact]
    public async Task FolderThatServersShare_EachTakesInItsOwnFilesAlone()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Postgres);
        Describe("one/2026-11-23/call-1-0.wav", "");
        Describe("two/2026-11-23/call-2-0.wav", "");
        await using RecordingRegister register = await RecordingRegister.OpenAsync(database.Store, "one", _folder, static _ => false, own: "one");
        Assert.Equal(1, await register.TakeInAsync(CancellationToken.None));
        await using ServiceContext all = database.Store.Open(TenantScope.Platform);
        Recording row = await all.Recordings.SingleAsync();
        Assert.Equal(("one", "one/2026-11-23/call-1-0.wav"), (row.Node, row.File));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task File_IsDeleted_WhenItsTimeIsOver_OrSomebodyHasDeletedIt(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        await SetDaysAsync(database, tenant, 1);
        string[] files = ["a-0.wav", "b-0.wav"];
        foreach (string file in files)
        {
            Describe(file, "");
            await File.WriteAllBytesAsync(Path.Combine(_folder, file), [1]);
        }

        await using (ServiceContext context = database.Store.Open(tenant))
        {
            context.Calls.AddRange(files.Select(file => new CallEntry { CallId = file[..1], TenantId = tenant.TenantId, Record = "{}" }));
            await context.SaveChangesAsync();
        }

        await using RecordingRegister register = await OpenAsync(database);
        Assert.Equal(2, await register.TakeInAsync(CancellationToken.None));
        await using (ServiceContext context = database.Store.Open(tenant))
        {
            (await context.Recordings.SingleAsync(row => row.CallId == "a")).State = RecordingState.Deleted;
            await context.SaveChangesAsync();
        }

        await register.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal([false, false, true, true], new[] { "a-0.wav", "a-0.wav.json", "b-0.wav", "b-0.wav.json" }.Select(file => File.Exists(Path.Combine(_folder, file))));
        database.Clock.Advance(TimeSpan.FromDays(1));
        await register.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.False(File.Exists(Path.Combine(_folder, "b-0.wav")));
        await using ServiceContext all = database.Store.Open(tenant);
        Assert.All(await all.Recordings.ToListAsync(), static row => Assert.True(row is { State: RecordingState.Deleted, DeletedAtMs: not null }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<RecordingRegister> OpenAsync(TestDatabase database) => RecordingRegister.OpenAsync(database.Store, "node", _folder, static _ => false);

    private static async Task SetDaysAsync(TestDatabase database, TenantScope tenant, int days)
        => Assert.True((await database.Store.ChangeAsync<Tenant>(TenantScope.Platform, new ChangeOrigin("test", "tenant.update"), async context =>
        {
            Tenant row = await context.Tenants.SingleAsync(row => row.Id == tenant.TenantId);
            row.RecordingDays = days;
            return row;
        })).IsDone);

    private static CallFacts Facts(TenantScope tenant, string callId) => new() { CallId = callId, TenantId = tenant.TenantId, Number = "+12025550123" };

    private static RecordingInfo Begun(TestDatabase database, string callId)
        => new() { CallId = callId, LegId = callId + "-0", File = $"2026-11-23/{callId}-0.wav", StartedAt = database.Clock.GetUtcNow().AddTicks(7) };

    private static void Tell(RecordingRegister register, RecordingInfo recording, RecordingStage stage, int second)
        => register.Publish(new RecordingChanged { CallId = recording.CallId, Stage = stage, Recording = recording, At = recording.StartedAt.AddSeconds(second) });

    private static async Task<Recording> RowAsync(TestDatabase database)
    {
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        return await context.Recordings.AsNoTracking().SingleAsync();
    }

    // As RecordingStore writes it beside what it has made whole.
    private void Describe(string file, string callId)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".json", new JsonObject
        {
            ["call_id"] = callId,
            ["file"] = file,
            ["status"] = "recovered",
            ["format"] = "wav",
            ["layout"] = "stereo",
            ["sample_rate_hz"] = 8000,
            ["started_at"] = "2026-11-23T12:00:00.000Z",
            ["duration_ms"] = 4000,
            ["bytes"] = 128_044,
            ["sha256"] = "cd",
        }.ToJsonString());
    }
}
