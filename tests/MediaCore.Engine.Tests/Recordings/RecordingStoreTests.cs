using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MediaCore.Audio.Ogg;
using MediaCore.Audio.Tones;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Primitives;
using MediaCore.Tests;

namespace MediaCore.Engine.Tests.Recordings;

public sealed class RecordingStoreTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly RecordingListener _listener = new();
    private readonly List<RecordingStore> _stores = [];
    private long _milliseconds = 5000;

    [Theory]
    [InlineData(RecordingFormat.Wav, 8000)]
    [InlineData(RecordingFormat.Wav, 16_000)]
    [InlineData(RecordingFormat.WavALaw, 8000)]
    [InlineData(RecordingFormat.WavMuLaw, 16_000)]
    public void Stereo_HasEachSideInItsChannel_AndTheCallsLength(RecordingFormat format, int rate)
    {
        CallRecording recording = Start(Store(), new RecordingTerms(format, RecordingLayout.Stereo, RecordingPause.Silence, TimeSpan.FromHours(1)), rate);
        Feed(recording, 100, 400, 1000);
        _milliseconds += 13;
        Assert.True(recording.Stop(Now, discard: false));
        RecordingInfo info = _listener.Next();
        Assert.Equal(RecordingStatus.Saved, info.Status);
        Assert.Equal(TimeSpan.FromMilliseconds(2013), info.Duration);
        Assert.Equal(TimeSpan.Zero, info.Gaps);
        RecordedSound sound = new(PathOf(info));
        Assert.Equal(format == RecordingFormat.Wav ? rate : 8000, sound.RateHz);
        Assert.Equal(2013, sound.Duration.TotalMilliseconds, 0.5);
        Assert.True(sound.HasTone(0, 400, 500, 1000));
        Assert.True(sound.HasTone(1, 1000, 500, 1000));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(PathOf(info)))), info.Sha256);
        Assert.Equal(new FileInfo(PathOf(info)).Length, info.Bytes);
    }

    [Theory]
    [InlineData(RecordingLayout.Mixed, true, true)]
    [InlineData(RecordingLayout.Said, true, false)]
    [InlineData(RecordingLayout.Heard, false, true)]
    public void OneChannel_HasWhatItsLayoutSays(RecordingLayout layout, bool said, bool heard)
    {
        CallRecording recording = Start(Store(), new RecordingTerms(RecordingFormat.Wav, layout, RecordingPause.Silence, TimeSpan.FromHours(1)));
        Feed(recording, 50, 400, 1000);
        recording.Stop(Now, discard: false);
        RecordedSound sound = new(PathOf(_listener.Next()));
        short[] channel = Assert.Single(sound.Channels);
        Assert.Equal(said, Goertzel.LevelDbm0(channel.AsSpan(2000, 4000), 400) > -15);
        Assert.Equal(heard, Goertzel.LevelDbm0(channel.AsSpan(2000, 4000), 1000) > -15);
    }

    [Theory]
    [InlineData(RecordingLayout.Stereo)]
    [InlineData(RecordingLayout.Mixed)]
    public void Opus_IsReadWithTheCallsLength(RecordingLayout layout)
    {
        CallRecording recording = Start(Store(), new RecordingTerms(RecordingFormat.Opus, layout, RecordingPause.Silence, TimeSpan.FromHours(1)), 16_000);
        Feed(recording, 150, 400, 400);
        _milliseconds += 3000;
        recording.Stop(Now, discard: false);
        RecordingInfo info = _listener.Next();
        Assert.EndsWith(".opus", info.File, StringComparison.Ordinal);
        Assert.True(OggOpusFile.TryRead(File.ReadAllBytes(PathOf(info)), 16_000, TimeSpan.FromMinutes(1), out OggOpusFile? sound, out _));
        Assert.Equal(6000, sound.Duration.TotalMilliseconds, 1.0);
        Assert.True(Goertzel.IsTone(sound.Samples.AsSpan(16_000, 24_000), 400, 16_000));
        Assert.InRange(Goertzel.TotalLevelDbm0(sound.Samples.AsSpan(64_000, 30_000)), -200, -60);
    }

    [Fact]
    public void MissingFrames_AreSilence_AndTheTimeAxisIsKept()
    {
        CallRecording recording = Start(Store(), Stereo());
        Feed(recording, 50, 400, 1000);
        _milliseconds += 1000;
        Feed(recording, 50, 400, 0);
        Feed(recording, 50, 0, 1000);
        recording.Stop(Now, discard: false);
        RecordingInfo info = _listener.Next();
        RecordedSound sound = new(PathOf(info));
        Assert.Equal(4000, sound.Duration.TotalMilliseconds, 0.5);
        Assert.True(sound.IsSilent(0, 1020, 960));
        Assert.True(sound.IsSilent(1, 1020, 960));
        Assert.True(sound.HasTone(0, 400, 2100, 800));
        Assert.True(sound.IsSilent(1, 2020, 960));
        Assert.True(sound.IsSilent(0, 3020, 960));
        Assert.True(sound.HasTone(1, 1000, 3100, 800));
        Assert.Equal(TimeSpan.Zero, info.Gaps);
    }

    [Theory]
    [InlineData(RecordingPause.Silence, 3000)]
    [InlineData(RecordingPause.Cut, 2000)]
    public void Pause_IsSilenceOrNothing(RecordingPause pause, int milliseconds)
    {
        CallRecording recording = Start(Store(), Stereo() with { Pause = pause });
        Feed(recording, 50, 400, 400);
        Assert.True(recording.Pause(Now));
        Assert.False(recording.Pause(Now));
        Feed(recording, 50, 1000, 1000);
        Assert.True(recording.Resume(Now));
        Assert.False(recording.Resume(Now));
        Feed(recording, 50, 700, 700);
        recording.Stop(Now, discard: false);
        RecordedSound sound = new(PathOf(_listener.Next()));
        Assert.Equal(milliseconds, sound.Duration.TotalMilliseconds, 0.5);
        Assert.True(sound.HasTone(0, 400, 100, 800));
        Assert.True(sound.HasTone(0, 700, milliseconds - 900, 800));
        Assert.InRange(Goertzel.LevelDbm0(sound.Channels[0], 1000), -200, -50);
    }

    [Theory]
    [InlineData(RecordingPause.Silence, 2000)]
    [InlineData(RecordingPause.Cut, 1000)]
    public void StoppedInAPause_EndsAsThePauseIsKept(RecordingPause pause, int milliseconds)
    {
        CallRecording recording = Start(Store(), Stereo() with { Pause = pause });
        Feed(recording, 50, 400, 400);
        recording.Pause(Now);
        _milliseconds += 1000;
        recording.Stop(Now, discard: false);
        Assert.Equal(milliseconds, new RecordedSound(PathOf(_listener.Next())).Duration.TotalMilliseconds, 0.5);
    }

    [Fact]
    public void MaxDuration_EndsIt()
    {
        CallRecording recording = Start(Store(), Stereo() with { MaxDuration = TimeSpan.FromSeconds(1) });
        Feed(recording, 75, 400, 400);
        Assert.True(recording.IsEnded);
        Assert.False(recording.Stop(Now, discard: false));
        Assert.Equal(1000, new RecordedSound(PathOf(_listener.Next())).Duration.TotalMilliseconds, 0.5);
    }

    [Fact]
    public void Discarded_LeavesNothing()
    {
        RecordingStore store = Store();
        CallRecording recording = Start(store, Stereo());
        Feed(recording, 100, 400, 400);
        recording.Stop(Now, discard: true);
        Assert.Equal(RecordingStatus.Discarded, _listener.Next().Status);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal(0, store.Active);
    }

    [Fact]
    public void Saved_IsDescribedBesideIt_AndForItsOwnerAlone()
    {
        CallRecording recording = Start(Store(), Stereo());
        Feed(recording, 10, 400, 400);
        recording.Stop(Now, discard: false);
        RecordingInfo info = _listener.Next();
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{info.StartedAt:yyyy-MM-dd}/01CALL-0.wav"), info.File);
        using JsonDocument description = JsonDocument.Parse(File.ReadAllBytes(PathOf(info) + ".json"));
        Assert.Equal("saved", description.RootElement.GetProperty("status").GetString());
        Assert.Equal(info.Sha256, description.RootElement.GetProperty("sha256").GetString());
        Assert.Equal(200, description.RootElement.GetProperty("duration_ms").GetInt32());
        Assert.Equal("stereo", description.RootElement.GetProperty("layout").GetString());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(info)));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(info) + ".json"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(PathOf(info))!));
        }
    }

    [Fact]
    public void SecondRecordingOfTheSameName_GetsANumber()
    {
        RecordingStore store = Store();
        HashSet<string> names = [];
        for (int i = 0; i < 3; i++)
        {
            CallRecording recording = Start(store, Stereo());
            Feed(recording, 5, 400, 400);
            recording.Stop(Now, discard: false);
            names.Add(_listener.Next().File);
        }

        Assert.Equal(3, names.Count);
    }

    [Theory]
    [InlineData(RecordingFormat.Wav)]
    [InlineData(RecordingFormat.WavALaw)]
    [InlineData(RecordingFormat.Opus)]
    public void ProcessThatDied_LeavesWhatTheNextStartMakesWhole(RecordingFormat format)
    {
        // The state of the disk in the middle of a recording, taken over by another store: what a kill leaves.
        using TemporaryDirectory other = new();
        using SemaphoreSlim written = new(0);
        RecordingStore store = Store(write: (file, bytes, offset) =>
        {
            RandomAccess.Write(file, bytes, offset);
            written.Release();
        });
        CallRecording recording = Start(store, Stereo() with { Format = format });
        Feed(recording, 160, 400, 400);
        string partial = Path.Combine(_folder.Path, RecordingStore.PartialFolder);
        string? left = null;
        while (left is null || new FileInfo(left).Length < (format == RecordingFormat.Opus ? 2000 : 40_000))
        {
            Assert.True(written.Wait(TimeSpan.FromMinutes(2)));
            left = Directory.GetFiles(partial).SingleOrDefault();
        }

        Directory.CreateDirectory(Path.Combine(other.Path, RecordingStore.PartialFolder));
        string copy = Path.Combine(other.Path, RecordingStore.PartialFolder, Path.GetFileName(left));
        // The kill came in the middle of the next write.
        File.WriteAllBytes(copy, [.. ReadShared(left), .. "Ogg"u8]);
        using RecordingListener listener = new();
        using RecordingStore next = new(new RecordingOptions { Directory = other.Path }, listener);
        RecordingInfo info = listener.Next();
        Assert.Equal(RecordingStatus.Recovered, info.Status);
        Assert.Matches("^[0-9-]{10}/01CALL-0\\.(wav|opus)$", info.File);
        Assert.Empty(Directory.GetFiles(Path.Combine(other.Path, RecordingStore.PartialFolder)));
        Assert.InRange(info.Duration.TotalSeconds, 0.9, 3.3);
        string path = Path.Combine(other.Path, info.File);
        Assert.True(File.Exists(path + ".json"));
        if (format == RecordingFormat.Opus)
        {
            Assert.True(OggOpusFile.TryRead(File.ReadAllBytes(path), 16_000, TimeSpan.FromMinutes(1), out OggOpusFile? sound, out _));
            Assert.True(Goertzel.IsTone(sound.Samples.AsSpan(4000, 8000), 400, 16_000));
        }
        else
        {
            Assert.True(new RecordedSound(path).HasTone(0, 400, 100, 700));
        }

        recording.Stop(Now, discard: false);
        Assert.Equal(RecordingStatus.Saved, _listener.Next().Status);
    }

    [Fact]
    public void FileStillBeingWritten_IsLeftToItsWriter()
    {
        CallRecording recording = Start(Store(), Stereo());
        Feed(recording, 100, 400, 400);
        using (RecordingStore second = new(new RecordingOptions { Directory = _folder.Path }, _listener))
        {
            recording.Stop(Now, discard: false);
        }

        RecordingInfo info = _listener.Next();
        Assert.Equal(RecordingStatus.Saved, info.Status);
        Assert.Equal(2000, new RecordedSound(PathOf(info)).Duration.TotalMilliseconds, 0.5);
    }

    [Fact]
    public void DirectoryOfSeveralServers_EachMakesItsOwnRecordingsWhole()
    {
        CallRecording recording = Start(Store(new RecordingOptions { Directory = _folder.Path, Folder = "one" }), Stereo());
        Feed(recording, 100, 400, 400);
        recording.Stop(Now, discard: false);
        RecordingInfo saved = _listener.Next();
        Assert.Matches("^one/[0-9-]{10}/01CALL-0\\.wav$", saved.File);
        string cut = Path.Combine(_folder.Path, RecordingStore.PartialFolder, "two%2Fcut.wav");
        File.Copy(PathOf(saved), cut);

        // Neither a server with another folder nor one whose folder begins alike takes it.
        foreach (string folder in (string[])["one", "tw"])
        {
            new RecordingStore(new RecordingOptions { Directory = _folder.Path, Folder = folder }, _listener).Dispose();
            Assert.True(File.Exists(cut));
        }

        using RecordingStore own = new(new RecordingOptions { Directory = _folder.Path, Folder = "two" }, _listener);
        RecordingInfo found = _listener.Next();
        Assert.Equal((RecordingStatus.Recovered, "two/cut.wav"), (found.Status, found.File));
    }

    [Fact]
    public void SlowDisk_CostsSilenceAndACount_NeverTheShard()
    {
        using ManualResetEventSlim release = new(false);
        RecordingStore store = Store(new RecordingOptions { Directory = _folder.Path, MaxBufferBytes = 1 }, (file, bytes, offset) =>
        {
            release.Wait();
            RandomAccess.Write(file, bytes, offset);
        });
        CallRecording recording = Start(store, Stereo());

        // 16 blocks of 200 ms fit; the other 6.8 s do not.
        Feed(recording, 500, 400, 400);
        TimeSpan gaps = recording.Info.Gaps;
        Assert.InRange(gaps.TotalSeconds, 6.5, 7);
        release.Set();
        recording.Stop(Now, discard: false);
        RecordingInfo info = _listener.Next();
        Assert.Equal(gaps, info.Gaps);
        RecordedSound sound = new(PathOf(info));
        Assert.Equal(10_000, sound.Duration.TotalMilliseconds, 0.5);
        Assert.True(sound.HasTone(0, 400, 1000, 2000));
        Assert.True(sound.IsSilent(0, 3500, 6000));
    }

    [Fact]
    public void FullDisk_IsWaitedFor_AndTheTimeIsSilence()
    {
        bool full = false;
        using SemaphoreSlim refused = new(0);
        RecordingStore store = Store(write: (file, bytes, offset) =>
        {
            if (Volatile.Read(ref full))
            {
                // Half of it may be there.
                RandomAccess.Write(file, bytes[..(bytes.Length / 2)], offset);
                refused.Release();
                throw new IOException("No space left on device");
            }

            RandomAccess.Write(file, bytes, offset);
        });
        CallRecording recording = Start(store, Stereo());
        Volatile.Write(ref full, true);
        Feed(recording, 50, 400, 400);
        Assert.True(refused.Wait(TimeSpan.FromMinutes(2)));
        Volatile.Write(ref full, false);
        Feed(recording, 50, 400, 400);
        recording.Stop(Now, discard: false);
        RecordingInfo info = _listener.Next();
        Assert.Equal(RecordingStatus.Saved, info.Status);
        Assert.True(info.Gaps > TimeSpan.Zero);
        RecordedSound sound = new(PathOf(info));
        Assert.Equal(2000, sound.Duration.TotalMilliseconds, 0.5);
        Assert.All(sound.Channels[0], static s => Assert.InRange(s, -9000, 9000));
    }

    [Fact]
    public void StoreThatStops_SavesWhatIsUnderWay()
    {
        RecordingStore store = Store();
        CallRecording recording = Start(store, Stereo());
        Feed(recording, 100, 400, 400);
        store.Dispose();
        RecordingInfo info = _listener.Next();
        Assert.Equal(RecordingStatus.Saved, info.Status);
        Assert.InRange(new RecordedSound(PathOf(info)).Duration.TotalMilliseconds, 1700, 2001);
    }

    [Fact]
    public void Recording_AllocatesNothingOnItsShard()
    {
        // Few blocks, all made in the warm-up: how many are needed depends on how fast the writer is.
        CallRecording recording = Start(Store(new RecordingOptions { Directory = _folder.Path, MaxBufferBytes = 1 }), Stereo());
        short[] frame = new short[recording.SampleRateHz / 50];
        AllocationAssert.Zero(2000, 2000, () =>
        {
            recording.TakeSaid(frame, Now);
            recording.TakeHeard(frame, Now);
            _milliseconds += 20;
        });
        recording.Stop(Now, discard: true);
    }

    public void Dispose()
    {
        foreach (RecordingStore store in _stores)
        {
            store.Dispose();
        }

        _listener.Dispose();
        _folder.Dispose();
    }

    private Timestamp Now => Timestamp.FromMilliseconds(_milliseconds);

    private static RecordingTerms Stereo() => new(RecordingFormat.Wav, RecordingLayout.Stereo, RecordingPause.Silence, TimeSpan.FromHours(1));

    private static byte[] ReadShared(string path)
    {
        // As another program would, which knows nothing of our locks.
        using System.Diagnostics.Process cat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using MemoryStream bytes = new();
        cat.StandardOutput.BaseStream.CopyTo(bytes);
        cat.WaitForExit();
        return bytes.ToArray();
    }

    private RecordingStore Store(RecordingOptions? options = null, RecordingWrite? write = null)
    {
        RecordingStore store = new(options ?? new RecordingOptions { Directory = _folder.Path }, _listener, null, null, write ?? RandomAccess.Write);
        _stores.Add(store);
        return store;
    }

    private CallRecording Start(RecordingStore store, RecordingTerms terms, int rate = 8000)
    {
        CallRecording recording = store.TryStart(terms, rate, "01CALL", 0, 1, out string problem) ?? throw new InvalidOperationException(problem);
        recording.Begin(Now);
        return recording;
    }

    /// <summary>Frames of two tones; 0 Hz is no frame at all.</summary>
    private void Feed(CallRecording recording, int frames, double said, double heard)
    {
        int rate = recording.SampleRateHz;
        for (int n = 0; n < frames; n++, _milliseconds += 20)
        {
            if (said > 0)
            {
                recording.TakeSaid(Tone(said, rate), Now);
            }

            if (heard > 0)
            {
                recording.TakeHeard(Tone(heard, rate), Now);
            }
        }
    }

    private short[] Tone(double hertz, int rate) =>
        [.. Enumerable.Range(0, rate / 50).Select(i => (short)(8000 * Math.Sin(2 * Math.PI * hertz * ((_milliseconds / 1000.0) + ((double)i / rate)))))];

    private string PathOf(RecordingInfo info) => Path.Combine(_folder.Path, info.File);
}
