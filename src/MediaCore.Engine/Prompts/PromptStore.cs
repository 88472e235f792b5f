using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Ogg;
using MediaCore.Audio.Prompts;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Prompts;

/// <summary>
/// Prompts as clips: texts are spoken once and kept on disk and in memory, files (WAVE, or Opus in Ogg) are read once and again when they change, which is looked at now and then.
/// What has 16 kHz or more is kept at 16 kHz beside G.711, for legs that can hear it. Safe for any thread;
/// <see cref="GetAsync"/> reads disks and starts processes, so shards only call <see cref="TryGetCached"/>. Callers that want the same prompt
/// at the same time share one piece of work.
/// </summary>
public sealed class PromptStore : IDisposable
{
    private static readonly AudioClip Nothing = AudioClip.FromPcm([]);

    private readonly PromptStoreOptions _options;
    private readonly ISpeechSynthesizer _synthesizer;
    private readonly ClipCache _clips;
    private readonly SpeechCache? _speech;
    private readonly Dictionary<PromptSource, Task<PromptResult>> _pending = [];
    private readonly Lock _starting = new();
    private readonly ITimer _rechecks;

    /// <summary>A store with nothing in memory yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="synthesizer">Speaks texts.</param>
    /// <param name="time">For <see cref="PromptStoreOptions.RecheckInterval"/>.</param>
    public PromptStore(PromptStoreOptions options, ISpeechSynthesizer synthesizer, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(synthesizer);
        _options = options;
        _synthesizer = synthesizer;
        _clips = new ClipCache(options.MaxMemoryBytes);
        _speech = options.CacheDirectory is null ? null : new SpeechCache(options.CacheDirectory, options.MaxDiskBytes);
        _rechecks = (time ?? TimeProvider.System).CreateTimer(static store => ((PromptStore)store!).Recheck(), this, options.RecheckInterval, options.RecheckInterval);
    }

    /// <summary>Bytes of clips in memory, never more than <see cref="PromptStoreOptions.MaxMemoryBytes"/>.</summary>
    public long MemoryBytes => _clips.Bytes;

    /// <summary>The clip when it is in memory. Neither waits nor does I/O, so it does not notice that a file has changed.</summary>
    public bool TryGetCached(PromptSource source, [NotNullWhen(true)] out AudioClip? clip)
    {
        clip = null;
        return source.Kind != PromptKind.None && _clips.TryGet(source, out clip, out _);
    }

    /// <summary>The clip from memory, disk or the synthesizer, or why there is none. Failures are not remembered.</summary>
    /// <param name="source">What to play.</param>
    /// <param name="cancellationToken">Stops waiting; the work goes on for others and for the cache.</param>
    public async Task<PromptResult> GetAsync(PromptSource source, CancellationToken cancellationToken)
    {
        if (Check(source) is { } problem)
        {
            return problem;
        }

        if (source.Kind == PromptKind.Text && _clips.TryGet(source, out AudioClip? clip, out _))
        {
            return PromptResult.Ready(clip);
        }

        Task<PromptResult>? work;
        lock (_starting)
        {
            if (!_pending.TryGetValue(source, out work))
            {
                if (_pending.Count >= PromptLimits.MaxPendingPrompts)
                {
                    return PromptResult.Failed(PromptStatus.Busy, $"{PromptLimits.MaxPendingPrompts} prompts are being prepared; try again.");
                }

                // The work is everybody's who asks for this prompt, so it does not end with the caller who happened to be first.
                work = Task.Run(() => LoadAndForgetAsync(source), CancellationToken.None);
                _pending.Add(source, work);
            }
        }

        return await work.WaitAsync(cancellationToken);
    }

    /// <summary>Looks no longer for files that change.</summary>
    public void Dispose() => _rechecks.Dispose();

    /// <summary>Reads files again that have changed, for the calls to come, and forgets those that are gone.</summary>
    internal void Recheck()
    {
        foreach ((PromptSource source, long stamp) in _clips.Files())
        {
            if (!TryResolve(source, out string path))
            {
                continue;
            }

            FileInfo file = new(path);
            if (!file.Exists)
            {
                _clips.Remove(source);
            }
            else if (StampOf(file) != stamp)
            {
                // What cannot be read stays as it was until it can: the writer may be at it.
                _ = GetAsync(source, CancellationToken.None);
            }
        }
    }

    /// <summary>A file's bytes as a clip, or why they are none. Takes as long as decoding does; nothing is kept.</summary>
    internal static PromptResult Decode(byte[] bytes) => Read(bytes, out AudioClip clip) ?? PromptResult.Ready(clip);

    private bool TryResolve(PromptSource source, out string path)
    {
        path = "";
        return (source.Kind == PromptKind.Recording ? _options.RecordingDirectory : _options.PromptDirectory) is { } directory && PromptDirectory.TryResolve(directory, source.Value, out path);
    }

    private static long StampOf(FileInfo file) => HashCode.Combine(file.LastWriteTimeUtc, file.Length);

    private static PromptResult? Check(PromptSource source)
    {
        switch (source.Kind)
        {
            case PromptKind.Text when string.IsNullOrWhiteSpace(source.Value) || source.Value.Length > PromptLimits.MaxTextCharacters:
                return PromptResult.Failed(PromptStatus.Invalid, $"A text to speak has 1 to {PromptLimits.MaxTextCharacters} characters.");
            case PromptKind.Text when source.Voice is { Length: > PromptLimits.MaxVoiceCharacters }:
                return PromptResult.Failed(PromptStatus.Invalid, $"A voice name has at most {PromptLimits.MaxVoiceCharacters} characters.");
            case PromptKind.Text:
            case PromptKind.File or PromptKind.Recording when !string.IsNullOrWhiteSpace(source.Value):
                return null;
            default:
                return PromptResult.Failed(PromptStatus.Invalid, "A prompt needs a text or a file.");
        }
    }

    private async Task<PromptResult> LoadAndForgetAsync(PromptSource source)
    {
        try
        {
            return source.Kind == PromptKind.Text ? await SpeakAsync(source) : await ReadAsync(source);
        }
        finally
        {
            lock (_starting)
            {
                _pending.Remove(source);
            }
        }
    }

    private async Task<PromptResult> SpeakAsync(PromptSource source)
    {
        string key = SpeechCache.KeyOf(_synthesizer.CacheIdentity, source.Voice, source.Value);
        if (_speech is not null && _speech.TryRead(key, out WaveFile? cached) && ToClip(cached.Samples, cached.SampleRateHz, out AudioClip known) is null)
        {
            return Keep(source, known, stamp: 0);
        }

        SpeechResult speech = await _synthesizer.SynthesizeAsync(source.Value, source.Voice, CancellationToken.None);
        if (!speech.IsSpoken)
        {
            return PromptResult.Failed(speech.Status == SpeechStatus.Invalid ? PromptStatus.Invalid : PromptStatus.SpeechFailed, speech.Detail);
        }

        if (ToClip(speech.Sound.Samples, speech.Sound.SampleRateHz, out AudioClip clip) is { } problem)
        {
            return problem;
        }

        // A disk that is full costs the next start a synthesis; this call has its prompt.
        _ = _speech?.TryWrite(key, clip.Samples, clip.SamplesRateHz);
        return Keep(source, clip, stamp: 0);
    }

    private async Task<PromptResult> ReadAsync(PromptSource source)
    {
        if (!TryResolve(source, out string path))
        {
            return PromptResult.Failed(PromptStatus.Forbidden, "The path leads out of its directory, passes a symbolic link, or no directory is set.");
        }

        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return PromptResult.Failed(PromptStatus.NotFound, "There is no such file.");
            }

            if (file.Length > WaveLimits.MaxFileBytes)
            {
                return PromptResult.Failed(PromptStatus.Unreadable, Describe(WaveError.TooLarge));
            }

            long stamp = StampOf(file);
            if (_clips.TryGet(source, out AudioClip? known, out long knownStamp) && stamp == knownStamp)
            {
                return PromptResult.Ready(known);
            }

            byte[] bytes = await File.ReadAllBytesAsync(path);
            return Read(bytes, out AudioClip clip) ?? Keep(source, clip, stamp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PromptResult.Failed(PromptStatus.Unreadable, $"The file cannot be read: {e.Message}");
        }
    }

    private PromptResult Keep(PromptSource source, AudioClip clip, long stamp)
    {
        _clips.Add(source, clip, stamp);
        return PromptResult.Ready(clip);
    }

    private static PromptResult? Read(byte[] bytes, out AudioClip clip)
    {
        if (OggOpusFile.LooksLikeOgg(bytes))
        {
            clip = Nothing;
            return OggOpusFile.TryRead(bytes, AudioClip.WideSampleRateHz, PromptLimits.MaxDuration, out OggOpusFile? opus, out OggOpusError oggError)
                ? ToClip(opus.Samples, opus.SampleRateHz, out clip)
                : PromptResult.Failed(PromptStatus.Unreadable, Describe(oggError));
        }

        clip = Nothing;
        return WaveFile.TryRead(bytes, out WaveFile? wave, out WaveError error)
            ? ToClip(wave.Samples, wave.SampleRateHz, out clip)
            : PromptResult.Failed(PromptStatus.Unreadable, Describe(error));
    }

    private static PromptResult? ToClip(short[] samples, int rateHz, out AudioClip clip)
    {
        clip = Nothing;
        if (samples.Length > PromptLimits.MaxDuration.TotalSeconds * rateHz)
        {
            return PromptResult.Failed(PromptStatus.Unreadable, $"A prompt lasts at most {PromptLimits.MaxDuration.TotalMinutes:0} minutes.");
        }

        bool isWide = rateHz >= AudioClip.WideSampleRateHz;
        int kept = isWide ? AudioClip.WideSampleRateHz : AudioClip.SampleRateHz;
        if (rateHz != kept)
        {
            if (!Resampler.TryCreate(rateHz, kept, out Resampler? resampler))
            {
                return PromptResult.Failed(PromptStatus.Unreadable, $"A sample rate of {rateHz} Hz cannot be converted; 8000, 16000, 22050, 44100 and 48000 Hz can.");
            }

            samples = resampler.Convert(samples);
        }

        clip = isWide ? AudioClip.FromWidePcm(samples) : AudioClip.FromPcm(samples);
        return null;
    }

    private static string Describe(OggOpusError error) => error switch
    {
        OggOpusError.NoOpus => "The file is Ogg without Opus; convert it to WAVE or Opus.",
        OggOpusError.TooLarge => $"The file is larger than {OggLimits.MaxFileBytes} bytes.",
        OggOpusError.TooLong => $"A prompt lasts at most {PromptLimits.MaxDuration.TotalMinutes:0} minutes.",
        OggOpusError.UnsupportedHeader => "The file is Opus with more than two channels, or of a later version.",
        OggOpusError.NoLibrary => "Opus needs libopus (package libopus0), which is not installed here.",
        OggOpusError.NoSamples => "The file holds no sound.",
        _ => "The file is damaged.",
    };

    private static string Describe(WaveError error) => error switch
    {
        WaveError.NotWave => "The file is neither RIFF WAVE nor Ogg.",
        WaveError.TooLarge => $"The file is larger than {WaveLimits.MaxFileBytes} bytes.",
        WaveError.UnsupportedEncoding => "The file is neither PCM of 8, 16, 24 or 32 bits nor floating point nor A-law nor µ-law.",
        WaveError.UnsupportedChannels => $"The file has no channel or more than {WaveLimits.MaxChannels}.",
        WaveError.UnsupportedSampleRate => $"The sample rate is outside {WaveLimits.MinSampleRateHz} to {WaveLimits.MaxSampleRateHz} Hz.",
        WaveError.NoSamples => "The file holds no sound.",
        _ => "The file is damaged.",
    };
}
