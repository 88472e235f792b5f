using System.Collections.Frozen;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Voicemail;

/// <summary>A box in a database, with the folders of a server.</summary>
internal sealed class VoicemailFixture : IAsyncDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database;
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-voicemail-").FullName;

    private VoicemailFixture(TestDatabase database, TenantScope tenant)
    {
        _database = database;
        Tenant = tenant;
        Box = new VoicemailBox { TenantId = tenant.TenantId, Box = "100" };
        Directory.CreateDirectory(Recordings);
        Messages = Open();
    }

    public TestDatabase Database => _database;

    public TenantScope Tenant { get; }

    public VoicemailBox Box { get; }

    public VoicemailRecordings Messages { get; private set; }

    public string Recordings => Path.Combine(_folder, "recordings");

    public string Intents => Path.Combine(_folder, "voicemail");

    public string Prompts => Path.Combine(_folder, "prompts");

    public VoicemailDesk Desk => new(_database.Store, Recordings, Prompts, transcribes: true);

    public TenantConfiguration Configuration => new()
    {
        Tenant = new Tenant { Id = Tenant.TenantId, Name = "one" },
        Boxes = new Dictionary<string, VoicemailBox> { ["100"] = Box }.ToFrozenDictionary(),
    };

    public static async Task<VoicemailFixture> CreateAsync(StoreProvider provider)
    {
        TestDatabase database = await TestDatabase.CreateAsync(provider);
        var fixture = new VoicemailFixture(database, await database.AddTenantAsync("one"));
        Assert.True((await database.Store.ChangeAsync(fixture.Tenant, new ChangeOrigin("test", "voicemail.create"), context =>
        {
            context.VoicemailBoxes.Add(fixture.Box);
            return Task.FromResult<StoreResult<VoicemailBox>>(fixture.Box);
        })).IsDone);
        return fixture;
    }

    /// <summary>A recording of the probe's call, from that second on.</summary>
    public static RecordingInfo Recording(int second, double seconds = 0, RecordingStatus status = RecordingStatus.Running) => new()
    {
        CallId = CallProbe.CallId,
        LegId = CallProbe.CallId + "-0",
        File = $"2026-11-23/{CallProbe.CallId}-0.{second}.wav",
        StartedAt = s_start.AddSeconds(second),
        Duration = TimeSpan.FromSeconds(seconds),
        Sha256 = status == RecordingStatus.Saved ? "abc" : "",
        Status = status,
    };

    public VoicemailIntent Intent(int second) => new()
    {
        TenantId = Tenant.TenantId,
        BoxId = Box.Id,
        CallId = CallProbe.CallId,
        Caller = "+12025550199",
        Called = "+12025550100",
        StartedAt = Recording(second).StartedAt,
        MinMs = 3000,
        File = Recording(second).File,
    };

    /// <summary>The sound, and what the recordings' store says of it.</summary>
    public void Save(int second, string? description = null)
    {
        string path = Path.Combine(Recordings, Recording(second).File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "sound");
        if (description is not null)
        {
            File.WriteAllText(path + ".json", description);
        }
    }

    public void Tell(RecordingInfo recording, RecordingStage stage) => Messages.Publish(new RecordingChanged { CallId = recording.CallId, Stage = stage, Recording = recording });

    /// <summary>Puts a message with a second of sound into a box.</summary>
    public async Task<VoicemailMessage> AddMessageAsync(string name, bool urgent = false, VoicemailState state = VoicemailState.New, string caller = "+12025550199", long? atMs = null)
    {
        string file = $"2026-11-23/{name}.wav";
        SaveSound(file);
        var row = new VoicemailMessage { TenantId = Tenant.TenantId, BoxId = Box.Id, CallId = name, Caller = caller, Urgent = urgent, State = state, File = file, DurationMs = 1000, ReceivedAtMs = atMs ?? _database.Clock.GetUtcNow().ToUnixTimeMilliseconds() };
        await using ServiceContext context = _database.Store.Open(Tenant);
        context.VoicemailMessages.Add(row);
        await context.SaveChangesAsync();
        return row;
    }

    /// <summary>A second of sound among the recordings.</summary>
    public RecordingInfo SaveSound(string file)
    {
        string path = Path.Combine(Recordings, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, MediaCore.Audio.Wave.WaveWriter.ToArray(new short[8000], 8000));
        return new RecordingInfo { CallId = CallProbe.CallId, File = file, Status = RecordingStatus.Saved };
    }

    public async Task<VoicemailBox> ReadBoxAsync()
    {
        await using ServiceContext context = _database.Store.Open(Tenant);
        return await context.VoicemailBoxes.AsNoTracking().SingleAsync(row => row.Id == Box.Id);
    }

    public async Task SetPinAsync(string pin) => Assert.True((await Desk.SetPinAsync(Tenant, Box.Id, pin, new ChangeOrigin("test", "voicemail.set_pin"))).IsDone);

    /// <summary>As after the process was killed.</summary>
    public async Task RestartAsync()
    {
        await Messages.DisposeAsync();
        Messages = Open();
    }

    public async Task<List<VoicemailMessage>> RowsAsync()
    {
        await using ServiceContext context = _database.Store.Open(Tenant);
        return await context.VoicemailMessages.AsNoTracking().OrderBy(static row => row.ReceivedAtMs).ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Messages.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private VoicemailRecordings Open() => VoicemailRecordings.Open(_database.Store, _folder, Recordings);
}
