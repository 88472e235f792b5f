using MediaCore.Audio.Prompts;
using MediaCore.Audio.Wave;
using MediaCore.Engine.Prompts;
using MediaCore.Tests;

namespace MediaCore.Engine.Tests.Prompts;

public sealed class PromptStoreTests : IDisposable
{
    private readonly TemporaryDirectory _prompts = new();
    private readonly TemporaryDirectory _cache = new();

    public void Dispose()
    {
        _prompts.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void ASource_InALog_HasNotTheTextThatIsSpoken()
    {
        Assert.Equal("a text of 17 characters", PromptSource.FromText("Call +49 30 12345").ToString());
        Assert.Equal("menu/one.wav", PromptSource.FromFile("menu/one.wav").ToString());
    }

    [Fact]
    public async Task Recording_IsReadFromItsOwnDirectory_AndNeitherLeadsIntoTheOther()
    {
        using TemporaryDirectory recordings = new();
        await File.WriteAllBytesAsync(Path.Combine(recordings.Path, "one.wav"), WaveWriter.ToArray(new short[800], 8000));
        await File.WriteAllBytesAsync(Path.Combine(_prompts.Path, "two.wav"), WaveWriter.ToArray(new short[1600], 8000));
        using PromptStore store = new(new PromptStoreOptions { PromptDirectory = _prompts.Path, RecordingDirectory = recordings.Path, CacheDirectory = null }, new CountingSynthesizer());
        PromptResult heard = await store.GetAsync(PromptSource.FromRecording("one.wav"), CancellationToken.None);
        Assert.True(heard.IsReady, heard.Detail);
        Assert.Equal(800, heard.Clip!.Samples.Length);
        Assert.Equal(PromptStatus.NotFound, (await store.GetAsync(PromptSource.FromFile("one.wav"), CancellationToken.None)).Status);
        Assert.Equal(PromptStatus.NotFound, (await store.GetAsync(PromptSource.FromRecording("two.wav"), CancellationToken.None)).Status);
        Assert.Equal(PromptStatus.Forbidden, (await store.GetAsync(PromptSource.FromRecording("../one.wav"), CancellationToken.None)).Status);

        using PromptStore none = new(new PromptStoreOptions { PromptDirectory = _prompts.Path, CacheDirectory = null }, new CountingSynthesizer());
        Assert.Equal(PromptStatus.Forbidden, (await none.GetAsync(PromptSource.FromRecording("two.wav"), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Text_IsSpokenOnce_KeptInMemoryAndOnDisk()
    {
        CountingSynthesizer first = new();
        PromptStore store = Store(first);
        PromptSource source = PromptSource.FromText("Hello", "en");
        Assert.False(store.TryGetCached(source, out _));
        PromptResult result = await store.GetAsync(source, CancellationToken.None);
        Assert.True(result.IsReady, result.Detail);
        Assert.Equal(16_000, result.Clip!.Samples.Length);
        Assert.Equal(16_000, result.Clip.SamplesRateHz);
        Assert.Equal(8000, result.Clip.Pcmu.Length);
        Assert.InRange(result.Clip.Samples[4000], 1000, 1010);
        Assert.Same(result.Clip, (await store.GetAsync(source, CancellationToken.None)).Clip);
        Assert.True(store.TryGetCached(source, out AudioClip? cached));
        Assert.Same(result.Clip, cached);
        Assert.Equal(1, first.Calls);
        string file = Assert.Single(Directory.GetFiles(_cache.Path));
        Assert.Matches("^[0-9a-f]{64}\\.wav$", Path.GetFileName(file));

        CountingSynthesizer second = new();
        PromptResult again = await Store(second).GetAsync(source, CancellationToken.None);
        Assert.Equal(0, second.Calls);
        Assert.Equal(result.Clip.Samples, again.Clip!.Samples);
    }

    [Fact]
    public async Task Text_WhoseFileOnDiskIsDamaged_IsSpokenAgain()
    {
        CountingSynthesizer synthesizer = new();
        PromptSource source = PromptSource.FromText("Hello");
        await Store(synthesizer).GetAsync(source, CancellationToken.None);
        await File.WriteAllTextAsync(Directory.GetFiles(_cache.Path)[0], "not sound");
        Assert.True((await Store(synthesizer).GetAsync(source, CancellationToken.None)).IsReady);
        Assert.Equal(2, synthesizer.Calls);
    }

    [Fact]
    public async Task Text_WithoutACacheDirectoryThatCanBeWritten_IsStillSpoken()
    {
        string blocked = _cache.Combine("file");
        await File.WriteAllTextAsync(blocked, string.Empty);
        PromptStore store = new(new PromptStoreOptions { CacheDirectory = Path.Combine(blocked, "below") }, new CountingSynthesizer());
        Assert.True((await store.GetAsync(PromptSource.FromText("Hello"), CancellationToken.None)).IsReady);
    }

    [Fact]
    public async Task Text_AskedForByManyAtOnce_IsSpokenOnce_AndOneWhoGivesUpStopsNobody()
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CountingSynthesizer synthesizer = new() { Gate = gate };
        PromptStore store = Store(synthesizer);
        PromptSource source = PromptSource.FromText("Hello");
        using CancellationTokenSource impatient = new();
        Task<PromptResult> givesUp = store.GetAsync(source, impatient.Token);
        Task<PromptResult>[] others = [.. Enumerable.Range(0, 50).Select(_ => store.GetAsync(source, CancellationToken.None))];
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        gate.SetResult();
        PromptResult[] results = await Task.WhenAll(others);
        Assert.All(results, r => Assert.Same(results[0].Clip, r.Clip));
        Assert.Equal(1, synthesizer.Calls);
    }

    [Fact]
    public async Task Texts_PastTheBoundOfPendingOnes_AreToldBusy()
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PromptStore store = Store(new CountingSynthesizer { Gate = gate });
        Task<PromptResult>[] waiting =
            [.. Enumerable.Range(0, PromptLimits.MaxPendingPrompts).Select(i => store.GetAsync(PromptSource.FromText($"text {i}"), CancellationToken.None))];
        Assert.Equal(PromptStatus.Busy, (await store.GetAsync(PromptSource.FromText("one more"), CancellationToken.None)).Status);
        gate.SetResult();
        Assert.All(await Task.WhenAll(waiting), static r => Assert.True(r.IsReady));
    }

    [Theory]
    [InlineData(SpeechStatus.NotInstalled, PromptStatus.SpeechFailed)]
    [InlineData(SpeechStatus.TimedOut, PromptStatus.SpeechFailed)]
    [InlineData(SpeechStatus.Invalid, PromptStatus.Invalid)]
    public async Task Failure_IsTold_AndNotRemembered(SpeechStatus speech, PromptStatus expected)
    {
        CountingSynthesizer synthesizer = new() { Status = speech };
        PromptStore store = Store(synthesizer);
        PromptResult failed = await store.GetAsync(PromptSource.FromText("Hello"), CancellationToken.None);
        Assert.Equal(expected, failed.Status);
        Assert.Equal("no", failed.Detail);
        synthesizer.Status = SpeechStatus.Spoken;
        Assert.True((await store.GetAsync(PromptSource.FromText("Hello"), CancellationToken.None)).IsReady);
    }

    [Fact]
    public async Task Memory_StaysInItsBound_AndDropsTheLeastRecentlyUsed()
    {
        PromptStore store = new(new PromptStoreOptions { CacheDirectory = null, MaxMemoryBytes = 150_000 }, new CountingSynthesizer());
        PromptSource[] sources = [.. Enumerable.Range(0, 4).Select(static i => PromptSource.FromText($"text {i}"))];
        for (int i = 0; i < 3; i++)
        {
            await store.GetAsync(sources[i], CancellationToken.None);
        }

        Assert.True(store.TryGetCached(sources[0], out _));
        await store.GetAsync(sources[3], CancellationToken.None);
        Assert.InRange(store.MemoryBytes, 1, 150_000);
        Assert.True(store.TryGetCached(sources[0], out _));
        Assert.False(store.TryGetCached(sources[1], out _));
        Assert.True(store.TryGetCached(sources[3], out _));
    }

    [Fact]
    public async Task Disk_StaysInItsBound()
    {
        PromptStore store = new(new PromptStoreOptions { CacheDirectory = _cache.Path, MaxDiskBytes = 80_000 }, new CountingSynthesizer());
        for (int i = 0; i < 6; i++)
        {
            Assert.True((await store.GetAsync(PromptSource.FromText($"text {i}"), CancellationToken.None)).IsReady);
        }

        Assert.InRange(new DirectoryInfo(_cache.Path).GetFiles().Sum(static f => f.Length), 32_000, 80_000);
    }

    [Fact]
    public async Task File_IsRead_AndReadAgainWhenItChanges()
    {
        Directory.CreateDirectory(_prompts.Combine("de"));
        await WriteAsync("de/hallo.wav", 800);
        PromptStore store = Store(new CountingSynthesizer());
        PromptSource source = PromptSource.FromFile("de/hallo.wav");
        PromptResult first = await store.GetAsync(source, CancellationToken.None);
        Assert.Equal(800, first.Clip!.Samples.Length);
        Assert.Same(first.Clip, (await store.GetAsync(source, CancellationToken.None)).Clip);
        await WriteAsync("de/hallo.wav", 900);
        Assert.Equal(900, (await store.GetAsync(source, CancellationToken.None)).Clip!.Samples.Length);
        Assert.True(store.TryGetCached(source, out AudioClip? cached));
        Assert.Equal(900, cached.Samples.Length);
    }

    [Fact]
    public async Task File_ThatChanges_IsHeardByTheNextCall_AndOneThatIsGoneIsForgotten()
    {
        await WriteAsync("a.wav", 800);
        using PromptStore store = Store(new CountingSynthesizer());
        PromptSource source = PromptSource.FromFile("a.wav");
        await store.GetAsync(source, CancellationToken.None);
        store.Recheck();
        Assert.True(store.TryGetCached(source, out AudioClip? cached));
        Assert.Equal(800, cached.Samples.Length);
        await WriteAsync("a.wav", 900);
        store.Recheck();

        // The work that the look began is shared by whoever asks meanwhile.
        Assert.Equal(900, (await store.GetAsync(source, CancellationToken.None)).Clip!.Samples.Length);
        Assert.True(store.TryGetCached(source, out cached));
        Assert.Equal(900, cached.Samples.Length);
        File.Delete(_prompts.Combine("a.wav"));
        store.Recheck();
        Assert.False(store.TryGetCached(source, out _));
    }

    [Fact]
    public async Task OpusFile_IsReadAtSixteenKilohertz()
    {
        if (SharedData.TryGetPath("audio", "rtpengine-ccby", "opus.1.8k.11k.speech.ogg") is not { } file)
        {
            return;
        }

        File.Copy(file, _prompts.Combine("music.opus"));
        PromptResult result = await Store(new CountingSynthesizer()).GetAsync(PromptSource.FromFile("music.opus"), CancellationToken.None);
        Assert.True(result.IsReady, result.Detail);
        Assert.Equal(16_000, result.Clip.SamplesRateHz);
        Assert.InRange(result.Clip.Duration.TotalSeconds, 119, 121);
    }

    [Fact]
    public async Task OggWithoutOpus_SaysWhatToDo()
    {
        await File.WriteAllBytesAsync(_prompts.Combine("vorbis.ogg"), [.. "OggS"u8, 0, 2]);
        PromptResult result = await Store(new CountingSynthesizer()).GetAsync(PromptSource.FromFile("vorbis.ogg"), CancellationToken.None);
        Assert.Equal(PromptStatus.Unreadable, result.Status);
        Assert.Contains("Opus", result.Detail, StringComparison.Ordinal);
    }

    /// <summary>AC-44. The file that the paths aim at exists, beside the directory.</summary>
    [Theory]
    [InlineData("../secret.wav")]
    [InlineData("sub/../../secret.wav")]
    [InlineData("./../secret.wav")]
    [InlineData("ABSOLUTE")]
    [InlineData("PREFIX")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("bad\0name.wav")]
    [InlineData("link.wav")]
    [InlineData("linked/secret.wav")]
    [InlineData("dangling.wav")]
    public async Task File_OutsideTheDirectory_IsForbidden(string path)
    {
        string inside = Directory.CreateDirectory(_prompts.Combine("prompts")).FullName;
        Directory.CreateDirectory(_prompts.Combine("prompts-of-others"));
        await WriteAsync("secret.wav", 100);
        await WriteAsync("prompts-of-others/secret.wav", 100);
        File.CreateSymbolicLink(Path.Combine(inside, "link.wav"), _prompts.Combine("secret.wav"));
        File.CreateSymbolicLink(Path.Combine(inside, "dangling.wav"), _prompts.Combine("nothing.wav"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "linked"), _prompts.Path);
        path = path switch { "ABSOLUTE" => _prompts.Combine("secret.wav"), "PREFIX" => "../prompts-of-others/secret.wav", _ => path };
        PromptStore store = new(new PromptStoreOptions { PromptDirectory = inside, CacheDirectory = null }, new CountingSynthesizer());
        PromptResult result = await store.GetAsync(PromptSource.FromFile(path), CancellationToken.None);
        Assert.Equal(PromptStatus.Forbidden, result.Status);
        Assert.Null(result.Clip);
    }

    [Fact]
    public async Task File_WithoutADirectory_IsForbidden() => Assert.Equal(
        PromptStatus.Forbidden, (await new PromptStore(new PromptStoreOptions { CacheDirectory = null }, new CountingSynthesizer()).GetAsync(PromptSource.FromFile("a.wav"), CancellationToken.None)).Status);

    [Fact]
    public async Task File_ThatIsMissingOrNoSound_SaysSo()
    {
        await File.WriteAllTextAsync(_prompts.Combine("text.wav"), "hello");
        Directory.CreateDirectory(_prompts.Combine("folder.wav"));
        PromptStore store = Store(new CountingSynthesizer());
        Assert.Equal(PromptStatus.NotFound, (await store.GetAsync(PromptSource.FromFile("none.wav"), CancellationToken.None)).Status);
        Assert.Equal(PromptStatus.NotFound, (await store.GetAsync(PromptSource.FromFile("folder.wav"), CancellationToken.None)).Status);
        Assert.Equal(PromptStatus.Unreadable, (await store.GetAsync(PromptSource.FromFile("text.wav"), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Source_ThatSaysNothing_IsInvalid()
    {
        PromptStore store = Store(new CountingSynthesizer());
        PromptSource[] sources =
        [
            default, PromptSource.FromText(" "), PromptSource.FromFile(string.Empty), PromptSource.FromText(new string('x', PromptLimits.MaxTextCharacters + 1)),
            PromptSource.FromText("x", new string('v', PromptLimits.MaxVoiceCharacters + 1)),
        ];
        foreach (PromptSource source in sources)
        {
            Assert.Equal(PromptStatus.Invalid, (await store.GetAsync(source, CancellationToken.None)).Status);
            Assert.False(store.TryGetCached(source, out _));
        }
    }

    private PromptStore Store(ISpeechSynthesizer synthesizer) =>
        new(new PromptStoreOptions { PromptDirectory = _prompts.Path, CacheDirectory = _cache.Path }, synthesizer);

    private Task WriteAsync(string name, int samples) => File.WriteAllBytesAsync(_prompts.Combine(name), WaveWriter.ToArray(new short[samples], 8000));
}
