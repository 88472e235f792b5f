using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using MediaCore.Audio.Tones;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;
using MediaCore.Wire.Tests.Media;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>kill -9 while a hundred people talk over a tenant's number: every call has its record and its recording afterwards, and keeps to one of each.</summary>
public sealed class KilledCallsTests(ITestOutputHelper output) : IDisposable
{
    private const int Calls = 100;
    private const int Hertz = 1000;
    private const string Number = "+13035550120";

    // Half a second of two channels of 16 bits, behind the header.
    private const int MinPartialBytes = 16_100;

    private readonly ScratchFolder _folder = new();

    private string Recordings => _folder.Combine("data", "recordings");

    [Fact]
    public async Task HundredRecordedCalls_Killed_AfterRestartEachHasOneRecord_AndARecordingThatPlays()
    {
        Guid tenant = await SetUpAsync();
        await using RtpEndpoint ear = new(450);
        await using AnsweringPeer carrier = new(mediaPort: ear.Port);
        string settings = $$"""
            "trunks": [ { "name": "carrier", "targets": ["sip:{{carrier.Local}}"], "forTenants": true } ],
            "recording": { "format": "wav" }
            """;
        string[] callers;
        await using (MediaCoreServer server = await StartAsync())
        {
            carrier.Server = server.Udp;
            callers = await TalkUntilKilledAsync(server);
        }

        string[] settled;
        await using (MediaCoreServer server = await StartAsync())
        {
            IReadOnlyList<IReadOnlyDictionary<string, object?>> recordings = await Eventually.IsAsync(
                () => server.QueryAsync("select * from recordings where state <> 'InProgress'"), static rows => rows.Count >= Calls, "every recording is made whole");
            IReadOnlyList<IReadOnlyDictionary<string, object?>> records = await ReadRecordsAsync(server);
            Assert.Equal(callers.Order(StringComparer.Ordinal), records.Select(static row => (string)row["caller"]!).Order(StringComparer.Ordinal));
            Assert.All(records, row =>
            {
                Assert.Equal(("node_failure", "server"), (row["reason"], row["ended_by"]));
                Assert.Equal(tenant.ToString(), (string)row["tenant_id"]!, ignoreCase: true);
                Assert.InRange((long)row["answered_at_ms"]!, (long)row["started_at_ms"]!, (long)row["ended_at_ms"]!);
            });
            await AssertPlayableAsync(records, recordings);
            await AreEmptyAsync("begun", "recordings/.partial");
            settled = Settled(records, recordings);
            server.Process.Signal(ChildProcess.Sigkill);
            await server.Process.WaitForExitAsync();
        }

        await using MediaCoreServer again = await StartAsync();

        // The records' own journal too: the killed run had it open.
        await AreEmptyAsync("begun", "records", "recordings/.partial");
        Assert.Equal(settled, Settled(await ReadRecordsAsync(again), await again.QueryAsync("select * from recordings")));

        Task<MediaCoreServer> StartAsync() => MediaCoreServer.StartAsync(settings, _folder.Path, mediaPorts: 1000);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A number that records its calls and leads them to the carrier, before the server's first start: all of it is in force then.</summary>
    private async Task<Guid> SetUpAsync()
    {
        Directory.CreateDirectory(_folder.Combine("data"));
        await using ServiceStore store = await ServiceStore.OpenAsync(new ServiceStoreOptions { Connection = $"Data Source={_folder.Combine("data", "mediacore.db")}" });
        TenantScope tenant = TenantScope.Of(Must(await new Tenants(store).CreateAsync("acme", "test")).Id);
        Must(await new NumberImport(store).RunAsync([new NumberImportLine(Number)], tenant, "test"));
        RoutingPlans plans = new(store);
        RoutingPlan plan = Must(await plans.Revisions.CreateAsync(tenant, "main", "test"));
        Must(await plans.Revisions.SaveDraftAsync(tenant, plan.Id, """{ "default": { "then": [{ "do": "record" }, { "do": "ring", "targets": [{ "trunk": "carrier" }] }] } }""", "test"));
        Must(await plans.Revisions.PublishAsync(tenant, plan.Id, null, "test"));
        Must(await new NumberInventory(store).AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "test"));
        return tenant.TenantId;
    }

    /// <summary>All calls are answered and speak until some of each is on the disk; then the server is gone.</summary>
    private async Task<string[]> TalkUntilKilledAsync(MediaCoreServer server)
    {
        string[] callers = [.. Enumerable.Range(1000, Calls).Select(static i => $"+1202555{i}")];
        RtpEndpoint[] mouths = [.. callers.Select(static (_, i) => new RtpEndpoint(Hertz, (uint)i + 1))];
        try
        {
            await using SipPeer phones = new(server.Udp);
            SipDialog[] calls = [.. callers.Select(caller => SipDialog.To(phones, Number, caller))];
            for (int i = 0; i < Calls; i++)
            {
                calls[i].SendInvite(SdpText.Audio(mouths[i].Port));
            }

            for (int i = 0; i < Calls; i++)
            {
                SipText answer = await calls[i].ExpectInviteResponseAsync();
                Assert.Equal(200, answer.Status);
                calls[i].SendAck();
                mouths[i].Remote = new IPEndPoint(IPAddress.Loopback, answer.AudioPort);
            }

            using CancellationTokenSource enough = new();
            Task talk = RtpEndpoint.SpeakAsync(mouths, int.MaxValue, enough.Token);
            string partial = Path.Combine(Recordings, ".partial");
            await Eventually.IsAsync(
                () => Directory.GetFiles(partial).Count(static file => new FileInfo(file).Length > MinPartialBytes), static files => files == Calls, "half a second of every call is on the disk");
            server.Process.Signal(ChildProcess.Sigkill);
            await server.Process.WaitForExitAsync();
            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
            output.WriteLine($"{mouths.Min(static mouth => mouth.Sent)} packets were sent in each call");
            return callers;
        }
        finally
        {
            foreach (RtpEndpoint mouth in mouths)
            {
                await mouth.DisposeAsync();
            }
        }
    }

    private static async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> ReadRecordsAsync(MediaCoreServer server) =>
        await Eventually.IsAsync(() => server.QueryAsync($"select * from calls where number = '{Number}'"), static rows => rows.Count >= Calls, "every call has its record");

    /// <summary>Each call names one file, the one that is listed for it, and everybody's tone is in his own.</summary>
    private async Task AssertPlayableAsync(IReadOnlyList<IReadOnlyDictionary<string, object?>> records, IReadOnlyList<IReadOnlyDictionary<string, object?>> recordings)
    {
        Dictionary<string, IReadOnlyDictionary<string, object?>> ofCall = recordings.ToDictionary(static row => (string)row["call_id"]!, StringComparer.Ordinal);
        List<string> files = [];
        foreach (IReadOnlyDictionary<string, object?> record in records)
        {
            IReadOnlyDictionary<string, object?> recording = ofCall[(string)record["call_id"]!];
            using JsonDocument json = JsonDocument.Parse((string)record["record"]!);
            Assert.Equal(Assert.Single(json.RootElement.GetProperty("recordings").EnumerateArray()).GetProperty("file").GetString(), recording["file"]);
            Assert.Equal("Completed", recording["state"]);
            string file = Path.Combine(Recordings, (string)recording["file"]!);
            Assert.Equal((string)recording["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))), ignoreCase: true);
            files.Add(file);
        }

        foreach (short[][] channels in await RecordedFile.DecodeAllAsync(files))
        {
            Assert.Contains(channels[0].Chunk(RecordedFile.RateHz / 10), static part => Goertzel.IsTone(part, Hertz));
        }
    }

    private Task AreEmptyAsync(params string[] folders) => Eventually.IsAsync(
        () => string.Join(' ', folders.SelectMany(folder => Directory.GetFiles(_folder.Combine("data", folder)))), static left => left.Length == 0, "nothing is left over");

    private static string[] Settled(IReadOnlyList<IReadOnlyDictionary<string, object?>> records, IReadOnlyList<IReadOnlyDictionary<string, object?>> recordings) =>
        [.. records.Select(static row => $"{row["call_id"]} {row["ended_at_ms"]} {row["record"]}").Concat(recordings.Select(static row => $"{row["call_id"]} {row["file"]} {row["state"]} {row["sha256"]}")).Order(StringComparer.Ordinal)];

    private static T Must<T>(StoreResult<T> result)
    {
        Assert.True(result.IsDone, result.Message);
        return result.Value!;
    }
}
