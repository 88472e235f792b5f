using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MediaCore.Audio.Wave;

namespace MediaCore.Numbers.Transcription;

/// <summary>
/// pocketsphinx as a child process: what it takes of the processor, and what a fault in it does, stays there. It gets a file that nobody else may read and that is gone afterwards. Its confidence is the posterior probability of each word among those that it has considered.
/// </summary>
/// <param name="options">The program, the language of its model, the time limit.</param>
internal sealed class PocketSphinx(TranscriptionOptions options) : ITranscriber
{
    /// <summary>As much speech as the mean needs; more costs only time.</summary>
    private const int LeadInSeconds = 10;

    /// <summary>A pause that surely ends an utterance: the program waits for half a second of silence.</summary>
    private const int PauseSeconds = 2;

    /// <inheritdoc/>
    public string Engine => "pocketsphinx";

    /// <inheritdoc/>
    public async Task<Transcript> TranscribeAsync(ReadOnlyMemory<short> samples, string language, CancellationToken cancellationToken)
    {
        if (!language.Split('-')[0].Equals(options.Language.Split('-')[0], StringComparison.OrdinalIgnoreCase))
        {
            throw new TranscriptionException($"The model of pocketsphinx is of \"{options.Language}\", and the box is spoken to in \"{language}\".");
        }

        string folder = Directory.CreateTempSubdirectory("mediacore-speech-").FullName;
        try
        {
            // The folder is its owner's alone.
            string path = Path.Combine(folder, "speech.wav");
            short[] sound = WithLeadIn(samples.Span, out int leadInMs);
            await File.WriteAllBytesAsync(path, WaveWriter.ToArray(sound, TranscriptionLimits.SampleRateHz), cancellationToken);
            return Read(await RunAsync(path, cancellationToken), leadInMs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Reads what the program prints with <c>-time yes</c>: for each utterance its text, and below it a line for each word with its begin, its end and its probability.</summary>
    /// <param name="output">What it printed.</param>
    /// <param name="leadInMs">Words before this are not the message's.</param>
    internal static Transcript Read(string output, int leadInMs)
    {
        List<TranscriptWord> words = [];
        foreach (string line in output.Split('\n'))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Count < TranscriptionLimits.MaxWords && fields.Length == 4 && char.IsAsciiLetterOrDigit(fields[0][0])
                && Number(fields[1]) is { } start && Number(fields[2]) is { } end && Number(fields[3]) is { } confidence && start * 1000 >= leadInMs)
            {
                // "read(2)" is the second way to say "read".
                words.Add(new TranscriptWord(fields[0].Split('(')[0], (int)Math.Round(start * 1000) - leadInMs, (int)Math.Round(end * 1000) - leadInMs, Math.Clamp(confidence, 0, 1)));
            }
        }

        return new Transcript(string.Join(' ', words.Select(static word => word.Word)), words.Count == 0 ? 0 : Math.Round(words.Average(static word => word.Confidence), 3), words);
    }

    /// <summary>
    /// The sound with its own beginning before it. The program takes the mean of the speaker's and the line's spectrum away, and learns it while it listens: without this the first sentence, which is all of most messages, is heard with another's mean.
    /// </summary>
    private static short[] WithLeadIn(ReadOnlySpan<short> samples, out int leadInMs)
    {
        int beginning = Math.Min(samples.Length, LeadInSeconds * TranscriptionLimits.SampleRateHz);
        int before = beginning + (PauseSeconds * TranscriptionLimits.SampleRateHz);
        short[] sound = new short[before + samples.Length];
        samples[..beginning].CopyTo(sound);
        samples.CopyTo(sound.AsSpan(before));
        leadInMs = before / (TranscriptionLimits.SampleRateHz / 1000);
        return sound;
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1e6 ? value : null;

    private async Task<string> RunAsync(string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(options.Program, ["-infile", path, "-time", "yes", "-logfn", "/dev/null"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new TranscriptionException($"{options.Program} cannot be run: {e.Message}. Install pocketsphinx and pocketsphinx-en-us, or set numbers.transcription.engine.");
        }

        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Task drained = process.StandardError.BaseStream.CopyToAsync(Stream.Null, either.Token);
            string output = await ReadAllAsync(process.StandardOutput, either.Token);
            await drained;
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? output : throw new TranscriptionException($"pocketsphinx ended with {process.ExitCode}; is its model (pocketsphinx-en-us) installed?");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TranscriptionException($"pocketsphinx took longer than {options.Timeout.TotalSeconds:0} s.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static async Task<string> ReadAllAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        char[] buffer = new char[4096];
        var text = new System.Text.StringBuilder();
        while (await reader.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (text.Append(buffer, 0, read).Length > TranscriptionLimits.MaxAnswerBytes)
            {
                throw new TranscriptionException("pocketsphinx said more than a transcript can be.");
            }
        }

        return text.ToString();
    }
}
