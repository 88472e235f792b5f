using System.Net;
using System.Text;
using MediaCore.Audio.Wave;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Tests.Voicemail;
using MediaCore.Numbers.Transcription;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Transcription;

public sealed class TranscriptionTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Message_IsTranscribed_Once_AndItsReceiversGetTheTranscriptAsASecondNotification(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        VoicemailMessage message = await LeaveAsync(fixture, """{ "notify": { "mail": "ann@example.org" } }""");
        Assert.Equal(TranscriptState.Pending, message.TranscriptState);
        var engine = new Engine(() => new Transcript("call me back", 0.5, [new TranscriptWord("call", 0, 300, 0.5)]));
        int told = 0;
        await using var first = new TranscriptionWorker(fixture.Database.Store, engine, fixture.Recordings, () => told++, static () => { }, NullLoggerFactory.Instance);
        await first.LookAsync(CancellationToken.None);
        await first.LookAsync(CancellationToken.None);
        message = Assert.Single(await fixture.RowsAsync());
        Assert.Equal((TranscriptState.Done, 1, 1), (message.TranscriptState, engine.Asked, told));
        Transcript transcript = Transcript.Parse(message.Transcript)!;
        Assert.Equal(("call me back", "fake", "en", "call"), (transcript.Text, transcript.Engine, transcript.Language, transcript.Words[0].Word));
        await using ServiceContext context = fixture.Database.Store.Open(fixture.Tenant);
        Assert.Equal([NotificationSubject.Voicemail, NotificationSubject.Transcript], await context.Notifications.OrderByDescending(static row => row.Subject).Select(static row => row.Subject).ToListAsync());
        Assert.Equal([ServiceEventTypes.VoicemailReceived, ServiceEventTypes.VoicemailTranscribed], await context.Events.OrderBy(static row => row.Type).Select(static row => row.Type).ToListAsync());
    }

    /// <summary>Two servers with one folder of recordings: while the one listens the other leaves the message alone, and has it when the first could not.</summary>
    [Fact]
    public async Task Message_IsOneServersAtATime()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Postgres);
        await LeaveAsync(fixture, "{}");
        var hearing = new TaskCompletionSource<Transcript>(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new Engine(null, hearing.Task);
        var quick = new Engine(static () => new Transcript("call me back", 0.5, []));
        await using var first = new TranscriptionWorker(fixture.Database.Store, slow, fixture.Recordings, static () => { }, static () => { }, NullLoggerFactory.Instance);
        await using var second = new TranscriptionWorker(await fixture.Database.OpenNodeAsync(), quick, fixture.Recordings, static () => { }, static () => { }, NullLoggerFactory.Instance);
        Task listening = first.LookAsync(CancellationToken.None);
        await slow.Began;
        await second.LookAsync(CancellationToken.None);
        Assert.Equal((1, 0), (slow.Asked, quick.Asked));
        hearing.SetException(new TranscriptionException("later", isFinal: false));
        await listening;
        await second.LookAsync(CancellationToken.None);
        await first.LookAsync(CancellationToken.None);
        Assert.Equal((1, 1), (slow.Asked, quick.Asked));
        Assert.Equal(TranscriptState.Done, Assert.Single(await fixture.RowsAsync()).TranscriptState);
    }

    [Fact]
    public async Task Failure_LeavesTheSound_AndIsTold()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        await LeaveAsync(fixture, "{}");
        var engine = new Engine(static () => throw new TranscriptionException("later", isFinal: false));
        await using var worker = new TranscriptionWorker(fixture.Database.Store, engine, fixture.Recordings, static () => { }, static () => { }, NullLoggerFactory.Instance);
        await worker.LookAsync(CancellationToken.None);
        await worker.LookAsync(CancellationToken.None);
        Assert.Equal((TranscriptState.Pending, 1), (Assert.Single(await fixture.RowsAsync()).TranscriptState, engine.Asked));

        // A server that starts again finds it.
        await using var next = new TranscriptionWorker(fixture.Database.Store, new Engine(static () => throw new TranscriptionException("never")), fixture.Recordings, static () => { }, static () => { }, NullLoggerFactory.Instance);
        await next.LookAsync(CancellationToken.None);
        VoicemailMessage message = Assert.Single(await fixture.RowsAsync());
        Assert.Equal((TranscriptState.Failed, "never"), (message.TranscriptState, Transcript.Parse(message.Transcript)!.Problem));
        Assert.True(File.Exists(Path.Combine(fixture.Recordings, message.File)));
        await using ServiceContext context = fixture.Database.Store.Open(fixture.Tenant);
        Assert.Contains("\"failed\"", (await context.Events.SingleAsync(static row => row.Type == ServiceEventTypes.VoicemailTranscribed)).Data, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_OfPocketSphinx_IsRead_WithoutTheLeadInAndWithoutNoises()
    {
        Transcript transcript = PocketSphinx.Read("hello read it\n<s> 0.000 0.100 0.9\nhello 0.100 0.500 0.9\n<sil> 1.9 2.0 1.0\n[NOISE] 2.1 2.2 0.5\nread(2) 2.200 2.600 0.250000\nit 2.600 2.700 0.750000\n</s> 2.8 2.9 1\n", 2000);
        Assert.Equal(("read it", 0.5), (transcript.Text, transcript.Confidence));
        Assert.Equal(new TranscriptWord("read", 200, 600, 0.25), transcript.Words[0]);
    }

    [Fact]
    public async Task PocketSphinx_OfAnotherLanguage_OrThatIsNotThere_SaysSo()
    {
        var options = new TranscriptionOptions { Engine = TranscriptionEngine.PocketSphinx };
        TranscriptionException language = await Assert.ThrowsAsync<TranscriptionException>(() => new PocketSphinx(options).TranscribeAsync(new short[16], "de", CancellationToken.None));
        Assert.Contains("\"de\"", language.Message, StringComparison.Ordinal);
        TranscriptionException absent = await Assert.ThrowsAsync<TranscriptionException>(() => new PocketSphinx(options with { Program = "no-such-program" }).TranscribeAsync(new short[16], "en-US", CancellationToken.None));
        Assert.Contains("Install", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PocketSphinx_ThatTakesTooLong_IsEnded()
    {
        string program = Path.Combine(Directory.CreateTempSubdirectory("mediacore-test-").FullName, "slow");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec sleep 600\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var options = new TranscriptionOptions { Program = program, Timeout = TimeSpan.FromMilliseconds(100) };
        TranscriptionException late = await Assert.ThrowsAsync<TranscriptionException>(() => new PocketSphinx(options).TranscribeAsync(new short[16], "en", CancellationToken.None));
        Assert.Contains("longer", late.Message, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
    }

    [Fact]
    public async Task Http_Engine_GetsTheSoundAndItsAnswerIsRead()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new TranscriptionOptions { Engine = TranscriptionEngine.Http, Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/t"), Token = "geheim" };
        using var engine = new HttpTranscriber(options);
        Task<Transcript> asked = engine.TranscribeAsync(new short[160], "fr", CancellationToken.None);
        using (System.Net.Sockets.TcpClient client = await listener.AcceptTcpClientAsync())
        {
            byte[] request = new byte[4096];
            int length = 0;
            while (!Encoding.Latin1.GetString(request, 0, length).Contains("WAVE", StringComparison.Ordinal))
            {
                length += await client.GetStream().ReadAsync(request.AsMemory(length));
            }

            string head = Encoding.Latin1.GetString(request, 0, length);
            Assert.Contains("Authorization: Bearer geheim", head, StringComparison.Ordinal);
            Assert.Contains("Content-Language: fr", head, StringComparison.Ordinal);
            const string Answer = """{ "text": "bonjour", "confidence": 7, "engine": "other", "words": [{ "word": "bonjour", "start_ms": 1, "end_ms": 2, "confidence": 0.9 }] }""";
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Answer.Length}\r\nConnection: close\r\n\r\n{Answer}"));
            Transcript transcript = await asked;
            Assert.Equal(("bonjour", 1.0, "other", 2), (transcript.Text, transcript.Confidence, transcript.Engine, transcript.Words[0].EndMs));
        }

        listener.Stop();
        TranscriptionException gone = await Assert.ThrowsAsync<TranscriptionException>(() => engine.TranscribeAsync(new short[160], "fr", CancellationToken.None));
        Assert.False(gone.IsFinal);
    }

    private static async Task<VoicemailMessage> LeaveAsync(VoicemailFixture fixture, string settings)
    {
        Assert.True((await fixture.Database.Store.ChangeAsync(fixture.Tenant, new ChangeOrigin("test", "voicemail.change"), async context =>
        {
            VoicemailBox box = await context.VoicemailBoxes.SingleAsync();
            box.Settings = settings;
            return (StoreResult<VoicemailBox>)box;
        })).IsDone);
        await using var recordings = VoicemailRecordings.Open(fixture.Database.Store, Path.GetDirectoryName(fixture.Recordings)!, fixture.Recordings, transcribes: true);
        Assert.True(recordings.TryBegin(fixture.Intent(1)));
        fixture.Save(1);
        await File.WriteAllBytesAsync(Path.Combine(fixture.Recordings, fixture.Intent(1).File), WaveWriter.ToArray(new short[8000], 8000));
        RecordingInfo saved = VoicemailFixture.Recording(1, 5, RecordingStatus.Saved);
        recordings.Publish(new RecordingChanged { CallId = saved.CallId, Stage = RecordingStage.Saved, Recording = saved });
        await recordings.LookAsync(looksAtDisk: false, CancellationToken.None);
        return Assert.Single(await fixture.RowsAsync());
    }

    private sealed class Engine(Func<Transcript>? make, Task<Transcript>? made = null) : ITranscriber
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Began => _began.Task;

        public int Asked { get; private set; }

        string ITranscriber.Engine => "fake";

        public Task<Transcript> TranscribeAsync(ReadOnlyMemory<short> samples, string language, CancellationToken cancellationToken)
        {
            Asked++;
            Assert.Equal(16_000, samples.Length);
            _began.TrySetResult();
            return made ?? Task.FromResult(make!());
        }
    }
}
