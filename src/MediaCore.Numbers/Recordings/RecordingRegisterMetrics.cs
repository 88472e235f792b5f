using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Recordings;

/// <summary>Figures of the register of recordings; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class RecordingRegisterMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _open;

    internal static readonly Counter<long> Completed = Meter.CreateCounter<long>("mediacore.numbers.recordings.completed", "{recording}", "Recordings whose file is there and known.");
    internal static readonly Counter<long> Lost = Meter.CreateCounter<long>("mediacore.numbers.recordings.lost", "{recording}", "Recordings of which there is no file.");
    internal static readonly Counter<long> Found = Meter.CreateCounter<long>("mediacore.numbers.recordings.found", "{recording}", "Files that were found at the start without being known, and taken in.");
    internal static readonly Counter<long> Deleted = Meter.CreateCounter<long>("mediacore.numbers.recordings.deleted", "{recording}", "Recordings whose file was deleted, by somebody or because its time was over.");
    internal static readonly Counter<long> Unlisted = Meter.CreateCounter<long>("mediacore.numbers.recordings.unlisted", "{recording}", "Recordings that there was no room for in the list; the next start finds their files.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.recordings.failures", "{attempt}", "Times that the rows or files of recordings could not be written; it is tried again.");
    internal static readonly ObservableGauge<int> Open = Meter.CreateObservableGauge("mediacore.numbers.recordings.open", static () => Volatile.Read(ref _open), "{recording}", "Recordings under way, or waiting for the database.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Completed, Lost, Found, Deleted, Unlisted, Failures])
        {
            counter.Add(0);
        }
    }

    internal static void CountOpen(int change) => Interlocked.Add(ref _open, change);
}
