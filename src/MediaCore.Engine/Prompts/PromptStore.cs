using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Prompts;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Prompts;

/// <summary>
/// Prompts as clips of 8 kHz: texts are spoken once and kept on disk and in memory, files are read once and again when they change. Safe for any thread;
/// <see cref="GetAsync"/> reads disks and starts processes, so shards only call <see cref="TryGetCached"/>. Callers that want the same prompt
/// at the same time share one piece of work.
/// </summary>
public sealed class PromptStore
{
    private readonly PromptStoreOptions _options;
    private readonly ISpeechSynthesizer _synthesizer;
    private readonly ClipCache _clips;
    private readonly SpeechCache? _speech;
    private readonly Dictionary<PromptSource, Task<PromptResult>> _pending = [];
    private readonly Lock _starting = new();

    /// <summary>A store with nothing in memory yet.</summary>
    public PromptStore(PromptStoreOptions options, ISpeechSynthesizer synthesizer)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(synthesizer);
        _options = options;
        _synthesizer = synthesizer;
        _clips = new ClipCache(options.MaxMemoryBytes);
        _speech = options.CacheDirectory is null ? null : new SpeechCache(options.CacheDirectory, options.MaxDiskBytes);
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

    private static PromptResult? Check(PromptSource source)
    {
        switch (source.Kind)
        {
            case PromptKind.Text when string.IsNullOrWhiteSpace(source.Value) || source.Value.Length > PromptLimits.MaxTextCharacters:
                return PromptResult.Failed(PromptStatus.Invalid, $"A text to speak has 1 to {PromptLimits.MaxTextCharacters} characters.");
            case PromptKind.Text when source.Voice is { Length: > PromptLimits.MaxVoiceCharacters }:
                return PromptResult.Failed(PromptStatus.Invalid, $"A voice name has at most {PromptLimits.MaxVoiceCharacters} characters.");
            case PromptKind.Text:
            case PromptKind.File when !string.IsNullOrWhiteSpace(source.Value):
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
        if (_speech is not null && _speech.TryRead(key, out short[] cached))
        {
            return Keep(source, cached, stamp: 0);
        }

        SpeechResult speech = await _synthesizer.SynthesizeAsync(source.Value, source.Voice, CancellationToken.None);
        if (!speech.IsSpoken)
        {
            return PromptResult.Failed(speech.Status == SpeechStatus.Invalid ? PromptStatus.Invalid : PromptStatus.SpeechFailed, speech.Detail);
        }

        if (ToClipRate(speech.Sound, out short[] samples) is { } problem)
        {
            return problem;
        }

        // A disk that is full costs the next start a synthesis; this call has its prompt.
        _ = _speech?.TryWrite(key, samples);
        return Keep(source, samples, stamp: 0);
    }

    private async Task<PromptResult> ReadAsync(PromptSource source)
    {
        if (_options.PromptDirectory is null || !PromptDirectory.TryResolve(_options.PromptDirectory, source.Value, out string path))
        {
            return PromptResult.Failed(PromptStatus.Forbidden, "The path leads out of the prompt directory, passes a symbolic link, or no prompt directory is set.");
        }

        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return PromptResult.Failed(PromptStatus.NotFound, "The prompt directory holds no such file.");
            }

            if (file.Length > WaveLimits.MaxFileBytes)
            {
                return PromptResult.Failed(PromptStatus.Unreadable, Describe(WaveError.TooLarge));
            }

            long stamp = HashCode.Combine(file.LastWriteTimeUtc, file.Length);
            if (_clips.TryGet(source, out AudioClip? known, out long knownStamp) && stamp == knownStamp)
            {
                return PromptResult.Ready(known);
            }

            byte[] bytes = await File.ReadAllBytesAsync(path);
            return !WaveFile.TryRead(bytes, out WaveFile? wave, out WaveError error)
                ? PromptResult.Failed(PromptStatus.Unreadable, Describe(error))
                : ToClipRate(wave, out short[] samples) ?? Keep(source, samples, stamp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PromptResult.Failed(PromptStatus.Unreadable, $"The file cannot be read: {e.Message}");
        }
    }

    private PromptResult Keep(PromptSource source, short[] samples, long stamp)
    {
        AudioClip clip = AudioClip.FromPcm(samples);
        _clips.Add(source, clip, stamp);
        return PromptResult.Ready(clip);
    }

    private static PromptResult? ToClipRate(WaveFile wave, out short[] samples)
    {
        samples = wave.Samples;
        if (wave.Duration > PromptLimits.MaxDuration)
        {
            return PromptResult.Failed(PromptStatus.Unreadable, $"A prompt lasts at most {PromptLimits.MaxDuration.TotalMinutes:0} minutes.");
        }

        if (!Resampler.TryCreate(wave.SampleRateHz, AudioClip.SampleRateHz, out Resampler? resampler))
        {
            return PromptResult.Failed(PromptStatus.Unreadable, $"A sample rate of {wave.SampleRateHz} Hz cannot be converted; 8000, 16000, 22050, 44100 and 48000 Hz can.");
        }

        samples = resampler.Convert(wave.Samples);
        return null;
    }

    private static string Describe(WaveError error) => error switch
    {
        WaveError.NotWave => "The file is no RIFF WAVE file.",
        WaveError.TooLarge => $"The file is larger than {WaveLimits.MaxFileBytes} bytes.",
        WaveError.UnsupportedEncoding => "The file is neither PCM of 8, 16, 24 or 32 bits nor floating point nor A-law nor µ-law.",
        WaveError.UnsupportedChannels => $"The file has no channel or more than {WaveLimits.MaxChannels}.",
        WaveError.UnsupportedSampleRate => $"The sample rate is outside {WaveLimits.MinSampleRateHz} to {WaveLimits.MaxSampleRateHz} Hz.",
        WaveError.NoSamples => "The file holds no sound.",
        _ => "The file is damaged.",
    };
}
