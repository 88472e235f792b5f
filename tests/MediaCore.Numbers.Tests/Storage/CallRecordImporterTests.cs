using MediaCore.Audio.Detection;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Storage;
using Microsoft.Data.Sqlite;

namespace MediaCore.Numbers.Tests.Storage;

public sealed class CallRecordImporterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Record_FromTheJournal_ComesOutOfTheDatabaseTheSame()
    {
        using TestStore test = await TestStore.OpenAsync();
        using CallRecordJournal journal = test.OpenJournal();
        await using var importer = new CallRecordImporter(journal, test.Store);
        CallRecord record = Record("c1", 0) with
        {
            RingingAt = Start.AddSeconds(1),
            AnsweredAt = Start.AddSeconds(2),
            InboundTrunk = "a",
            OutboundTrunk = "b",
            Account = "1001",
        };
        journal.Write(0, record);

        Assert.Equal(1, await importer.ImportOnceAsync());

        CallRecord? read = await test.Store.GetCallAsync("c1");
        Assert.NotNull(read);
        Assert.Equal(record.Legs, read.Legs);
        Assert.Equal(record with { Legs = [] }, read with { Legs = [] });
        Assert.Null(await test.Store.GetCallAsync("c2"));
    }

    /// <summary>Compared by its JSON, which has every member and whose own tests see to that.</summary>
    [Fact]
    public async Task Details_OfACallAndItsLegs_ComeOutOfTheDatabaseTheSame()
    {
        using TestStore test = await TestStore.OpenAsync();
        CallRecord plain = Record("plain", 0);
        CallRecord rich = Record("rich", 1) with
        {
            AssertedCaller = "+12025550199",
            Conference = "sales",
            Variables = new Dictionary<string, string> { ["tariff"] = "gold" },
            Transfers = [new TransferRecord { At = Start.AddSeconds(5), Kind = TransferKind.Attended, By = "1001", To = "1002", Status = 200 }],
            Recordings = [new RecordingInfo { CallId = "rich", LegId = "rich-0", File = "2026/rich-0.wav", StartedAt = Start.AddSeconds(2), Duration = TimeSpan.FromSeconds(20), Bytes = 320_044, SampleRateHz = 8000, Sha256 = "ab" }],
        };
        rich = rich with
        {
            Legs =
            [
                rich.Legs[0] with
                {
                    Line = new LineRecord { Digits = "12#", Tones = [LineTone.Busy], Answerer = AnswererVerdict.Person },
                    Sound = new SoundFigures { Transcoded = true, ReceivedCodec = "opus/48000", SentCodec = "PCMU/8000", DelayMilliseconds = 61.5, ConcealedPercent = 0.25 },
                    Quality = new MediaQuality { Mos = 4.1, RFactor = 85.5, WorstMos = 3.2, LossPercent = 1.5 },
                },
            ],
        };
        await test.Store.ImportCallsAsync([plain, rich]);
        Assert.Equal(Json(rich), Json((await test.Store.GetCallAsync("rich"))!));
        Assert.Equal(Json(plain), Json((await test.Store.GetCallAsync("plain"))!));
        Assert.Equal(0L, Read(test, "SELECT count(details) FROM call_records WHERE call_id = 'plain'"));
        Assert.Equal("sales", Read(test, "SELECT json_extract(details, '$.conference') FROM call_records WHERE call_id = 'rich'"));
        Assert.Equal(4.1, Read(test, "SELECT json_extract(details, '$.quality.mos') FROM call_legs WHERE call_id = 'rich'"));

        // Written over by somebody: the columns are there still.
        Execute(test, "UPDATE call_records SET details = '{\"conference\": 7'");
        CallRecord read = (await test.Store.GetCallAsync("rich"))!;
        Assert.Equal((null, "+12025550100"), (read.Conference, read.Called));
    }

    [Fact]
    public async Task File_ThatIsActive_IsImportedButStays_AndCompleteOnesGo()
    {
        using TestStore test = await TestStore.OpenAsync();
        using CallRecordJournal journal = test.OpenJournal();
        await using var importer = new CallRecordImporter(journal, test.Store);
        for (int i = 0; i < 40; i++)
        {
            journal.Write(0, Record($"c{i}", i));
        }

        Assert.True(Files(test).Length > 2);
        Assert.Equal(40, await importer.ImportOnceAsync());
        Assert.True(journal.IsActive(Files(test).Single()));

        journal.Write(0, Record("late", 99));
        Assert.Equal(1, await importer.ImportOnceAsync());
        Assert.Equal(0, await importer.ImportOnceAsync());
        Assert.Equal(41, await test.Store.CountCallsAsync());
    }

    [Fact]
    public async Task Records_OfAKilledServer_AreImportedOnceEachWhereverItDied()
    {
        using TestStore test = await TestStore.OpenAsync();
        using (CallRecordJournal killed = test.OpenJournal())
        {
            for (int i = 0; i < 30; i++)
            {
                killed.Write(i % 2, Record($"c{i}", i));
            }

            // It had imported everything, died before it removed the files, and in the middle of a line.
            await using var importer = new CallRecordImporter(killed, test.Store);
            string[] before = [.. Files(test).Select(File.ReadAllText)];
            string[] paths = Files(test);
            Assert.Equal(30, await importer.ImportOnceAsync());
            for (int i = 0; i < paths.Length; i++)
            {
                await File.WriteAllTextAsync(paths[i], before[i]);
            }
        }

        await File.AppendAllTextAsync(Files(test)[^1], "{\"call_id\":\"c-torn\",\"started");
        using CallRecordJournal journal = test.OpenJournal();
        await using var next = new CallRecordImporter(journal, test.Store);
        journal.Write(0, Record("new", 100));

        Assert.Equal(1, await next.ImportOnceAsync());

        Assert.Equal(31, await test.Store.CountCallsAsync());
        Assert.Equal(31, (await test.Store.ListCallsAsync(limit: 1000)).Sum(call => call.Legs.Count));
        Assert.Single(Files(test));
    }

    [Fact]
    public async Task Database_ThatIsDown_OnlyDelays()
    {
        using TestStore test = await TestStore.OpenAsync();
        using CallRecordJournal journal = test.OpenJournal();
        await using var importer = new CallRecordImporter(journal, test.Store);
        for (int i = 0; i < 20; i++)
        {
            journal.Write(0, Record($"c{i}", i));
        }

        int files = Files(test).Length;
        Execute(test, "ALTER TABLE call_records RENAME TO gone");
        Assert.Equal(0, await importer.ImportOnceAsync());
        Assert.Equal(files, Files(test).Length);

        Execute(test, "ALTER TABLE gone RENAME TO call_records");
        Assert.Equal(20, await importer.ImportOnceAsync());
        Assert.Equal(20, await test.Store.CountCallsAsync());
    }

    [Fact]
    public async Task Batch_ThatFailsHalfWay_IsTakenWholeTheNextTime()
    {
        using TestStore test = await TestStore.OpenAsync();
        Execute(test, "CREATE TRIGGER refuse BEFORE INSERT ON call_legs WHEN new.call_id = 'c1' BEGIN SELECT RAISE(ABORT, 'no'); END");
        CallRecord[] batch = [Record("c0", 0), Record("c1", 1), Record("c2", 2)];

        await Assert.ThrowsAsync<SqliteException>(() => test.Store.ImportCallsAsync(batch));
        Assert.Equal(0, await test.Store.CountCallsAsync());

        Execute(test, "DROP TRIGGER refuse");
        Assert.Equal(3, await test.Store.ImportCallsAsync(batch));
        Assert.Equal(0, await test.Store.ImportCallsAsync(batch));
    }

    [Fact]
    public async Task File_WithDamagedLines_IsKeptBeside()
    {
        using TestStore test = await TestStore.OpenAsync();
        Directory.CreateDirectory(test.JournalFolder);
        string path = Path.Combine(test.JournalFolder, "cdr-20260130-s00-0001.jsonl");
        await File.WriteAllTextAsync(path, "{\"call_id\":\"good\"}\nnonsense\n");
        using CallRecordJournal journal = test.OpenJournal();
        await using var importer = new CallRecordImporter(journal, test.Store);

        Assert.Equal(1, await importer.ImportOnceAsync());

        Assert.True(File.Exists(path + ".damaged"));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Importer_InTheBackground_TakesEveryRecordOfBusyShards()
    {
        using TestStore test = await TestStore.OpenAsync();
        CallRecordJournal journal = test.OpenJournal();
        var importer = new CallRecordImporter(journal, test.Store, TimeSpan.FromMilliseconds(1));
        importer.Start();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(shard => Task.Run(() =>
        {
            for (int i = 0; i < 400; i++)
            {
                journal.Write(shard, Record($"{shard}-{i}", i));
            }
        })));
        journal.Dispose();
        await importer.DisposeAsync();

        Assert.Equal(800, await test.Store.CountCallsAsync());
        Assert.Empty(Files(test));
    }

    [Fact]
    public async Task Calls_AreListedNewestFirstByTimeAndNumber()
    {
        using TestStore test = await TestStore.OpenAsync();
        await test.Store.ImportCallsAsync([.. Enumerable.Range(0, 10).Select(i => Record($"c{i}", i) with { Number = i % 2 == 0 ? "+12025550100" : null })]);

        Assert.Equal(["c9", "c8", "c7"], (await test.Store.ListCallsAsync(limit: 3)).Select(call => call.CallId));
        Assert.Equal(["c4", "c3"], (await test.Store.ListCallsAsync(Start.AddMinutes(3), Start.AddMinutes(5))).Select(call => call.CallId));
        Assert.Equal(["c8", "c6", "c4", "c2", "c0"], (await test.Store.ListCallsAsync(number: "+12025550100")).Select(call => call.CallId));
        Assert.Single(await test.Store.ListCallsAsync(limit: -5));
    }

    private static string[] Files(TestStore test) => [.. Directory.GetFiles(test.JournalFolder).Order(StringComparer.Ordinal)];

    private static string Json(CallRecord record)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = new System.Text.Json.Utf8JsonWriter(buffer);
        CallRecordJson.Write(writer, record);
        writer.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static object? Read(TestStore test, string statement)
    {
        using var connection = new SqliteConnection(test.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own statement.
        command.CommandText = statement;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static void Execute(TestStore test, string statement)
    {
        using var connection = new SqliteConnection(test.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own statement.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static CallRecord Record(string callId, int minute) => new()
    {
        CallId = callId,
        StartedAt = Start.AddMinutes(minute),
        EndedAt = Start.AddMinutes(minute).AddSeconds(30),
        Caller = "+12025550123",
        Called = "+12025550100",
        EndedBy = CallEndSide.Caller,
        Reason = CallEndReason.Completed,
        SipStatus = 200,
        Q850Cause = 16,
        Legs =
        [
            new LegRecord
            {
                LegId = callId + "-0",
                Inbound = true,
                SipCallId = "x@y",
                From = "sip:a@b",
                To = "sip:c@d",
                Peer = "carrier",
                RemoteAddress = "udp:192.0.2.1:5060",
                InvitedAt = Start,
                AnsweredAt = Start.AddSeconds(1),
                EndedAt = Start.AddSeconds(30),
                EndedBy = CallEndSide.Caller,
                SipStatus = 200,
                Q850Cause = 16,
                Codec = "PCMA/8000",
                Srtp = "AEAD_AES_128_GCM",
                Received = new MediaFigures { Packets = 1, Bytes = 2, Lost = 3, JitterMilliseconds = 4.5, MaxJitterMilliseconds = 5.5 },
                Sent = new MediaFigures { Packets = 6, Bytes = 7 },
            },
        ],
    };
}
