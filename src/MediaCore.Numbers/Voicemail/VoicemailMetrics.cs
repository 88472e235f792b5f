using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Voicemail;

/// <summary>Figures of voicemail; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class VoicemailMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _open;

    internal static readonly Counter<long> Messages = Meter.CreateCounter<long>("mediacore.numbers.voicemail.messages", "{message}", "Messages that were left and are in their boxes.");
    internal static readonly Counter<long> Short = Meter.CreateCounter<long>("mediacore.numbers.voicemail.short", "{message}", "Messages that were too short, or silent, and not kept.");
    internal static readonly Counter<long> Lost = Meter.CreateCounter<long>("mediacore.numbers.voicemail.lost", "{message}", "Messages whose sound could not be recorded or whose box is gone.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.voicemail.failures", "{attempt}", "Times that a message could not be put into its box; it is tried again.");
    internal static readonly ObservableGauge<int> Open = Meter.CreateObservableGauge("mediacore.numbers.voicemail.open", static () => Volatile.Read(ref _open), "{message}", "Messages that are being recorded, or wait for the database.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Messages, Short, Lost, Failures])
        {
            counter.Add(0);
        }
    }

    internal static void CountOpen(int change) => Interlocked.Add(ref _open, change);
}
