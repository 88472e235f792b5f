using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Prompts;

/// <summary>
/// Speaks with espeak-ng as a child process per text. The text goes in on standard input, never on the command line, so nothing in it can be an
/// option; the sound comes out on standard output. Time and output are bounded, and at most <see cref="PromptLimits.MaxConcurrentSyntheses"/> run at once.
/// </summary>
public sealed class EspeakSynthesizer : ISpeechSynthesizer, IDisposable
{
    private readonly EspeakOptions _options;
    private readonly SemaphoreSlim _slots = new(PromptLimits.MaxConcurrentSyntheses);

    /// <summary>A synthesizer with these settings; the program is looked for when first needed.</summary>
    public EspeakSynthesizer(EspeakOptions? options = null)
    {
        _options = options ?? new EspeakOptions();
        CacheIdentity = string.Create(CultureInfo.InvariantCulture, $"espeak-ng/{_options.DefaultVoice}/{_options.WordsPerMinute}");
    }

    /// <inheritdoc/>
    public string CacheIdentity { get; }

    /// <inheritdoc/>
    public async ValueTask<SpeechResult> SynthesizeAsync(string text, string? voice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        string name = voice ?? _options.DefaultVoice;
        if (string.IsNullOrWhiteSpace(text) || text.Length > PromptLimits.MaxTextCharacters)
        {
            return Fail(SpeechStatus.Invalid, $"A text to speak has 1 to {PromptLimits.MaxTextCharacters} characters.");
        }

        if (!IsVoiceName(name))
        {
            return Fail(SpeechStatus.Invalid, "A voice name consists of letters, digits, '-', '_' and '+'. 'espeak-ng --voices' lists them.");
        }

        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await RunAsync(text, name, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    /// <summary>espeak-ng takes a voice for a file name too, so a name must not hold a slash or a dot, nor begin like an option.</summary>
    private static bool IsVoiceName(string name)
    {
        if (name.Length is 0 or > PromptLimits.MaxVoiceCharacters || !char.IsAsciiLetterOrDigit(name[0]))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '+'))
            {
                return false;
            }
        }

        return true;
    }

    private static SpeechResult Fail(SpeechStatus status, string detail) => new(status, null, detail);

    private async Task<SpeechResult> RunAsync(string text, string voice, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        using Process process = new() { StartInfo = CreateStartInfo(voice) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return Fail(SpeechStatus.NotInstalled, $"'{_options.Program}' cannot be started ({e.Message}). Install the package espeak-ng or set the path of the program.");
        }

        try
        {
            Task<byte[]?> sound = ReadBoundedAsync(process.StandardOutput.BaseStream, PromptLimits.MaxSynthesizedBytes, limit.Token);
            Task<string> errors = ReadErrorsAsync(process.StandardError.BaseStream, limit.Token);
            await WriteTextAsync(process, text, limit.Token);
            byte[]? bytes = await sound;
            if (bytes is null)
            {
                return Fail(SpeechStatus.TooLong, $"The speech is longer than {PromptLimits.MaxSynthesizedBytes} bytes; split the text.");
            }

            string complaint = await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 && WaveFile.TryRead(bytes, out WaveFile? wave, out _)
                ? new SpeechResult(SpeechStatus.Spoken, wave, string.Empty)
                : Fail(SpeechStatus.Failed, $"'{_options.Program}' with voice '{voice}' ended with {process.ExitCode} and no sound: {complaint}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Fail(SpeechStatus.TimedOut, $"'{_options.Program}' did not end within {_options.Timeout.TotalSeconds:0.#} s and was stopped.");
        }
        finally
        {
            Stop(process);
        }
    }

    private ProcessStartInfo CreateStartInfo(string voice)
    {
        ProcessStartInfo start = new(_options.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("--stdin");
        start.ArgumentList.Add("--stdout");
        start.ArgumentList.Add("-b");
        start.ArgumentList.Add("1");
        start.ArgumentList.Add("-s");
        start.ArgumentList.Add(Math.Clamp(_options.WordsPerMinute, 80, 450).ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add("-v");
        start.ArgumentList.Add(voice);
        return start;
    }

    private static async Task WriteTextAsync(Process process, string text, CancellationToken cancellationToken)
    {
        try
        {
            // A NUL would end espeak-ng's text; unpaired surrogates become U+FFFD.
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text.Replace('\0', ' ')), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading, as it does for an unknown voice: its exit code and its error stream tell why.
        }
    }

    private static async Task<byte[]?> ReadBoundedAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[256 * 1024];
        int length = 0;
        int read;
        while ((read = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (length > maxBytes)
            {
                return null;
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, length * 2);
            }
        }

        return bytes[..length];
    }

    /// <summary>Reads to the end, so that the process never blocks on a full pipe, and keeps the beginning.</summary>
    private static async Task<string> ReadErrorsAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] kept = new byte[PromptLimits.MaxErrorBytes];
        byte[] buffer = new byte[1024];
        int length = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            int count = Math.Min(read, kept.Length - length);
            buffer.AsSpan(0, count).CopyTo(kept.AsSpan(length));
            length += count;
        }

        return length == 0 ? "it wrote no message" : Encoding.UTF8.GetString(kept, 0, length).Trim();
    }

    private static void Stop(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended between the question and the signal, which is what we want.
        }
    }
}
