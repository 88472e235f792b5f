using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Transcription;

/// <summary>Figures of transcription.</summary>
internal static class TranscriptionMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static readonly Counter<long> Transcripts = Meter.CreateCounter<long>("mediacore.numbers.transcripts", "{attempt}", "Attempts to transcribe messages, by what came of them: done, retried, failed.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (string result in (ReadOnlySpan<string>)["done", "retried", "failed"])
        {
            Count(result, 0);
        }
    }

    internal static void Count(string result, int by = 1) => Transcripts.Add(by, new KeyValuePair<string, object?>("result", result));
}
