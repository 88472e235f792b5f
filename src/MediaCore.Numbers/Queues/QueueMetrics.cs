using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Queues;

/// <summary>Figures of all queues together; those of each one come by the API.</summary>
internal static class QueueMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _waiting;

    internal static readonly Counter<long> Ended = Meter.CreateCounter<long>("mediacore.numbers.queues.callers", "{caller}", "Callers who have left a queue, by how (outcome).");
    internal static readonly Counter<long> Offers = Meter.CreateCounter<long>("mediacore.numbers.queues.offers", "{offer}", "Agents who were rung.");
    internal static readonly Counter<long> RowFailures = Meter.CreateCounter<long>("mediacore.numbers.queues.row.failures", "{write}", "Times that entries could not be written; they are tried again.");
    internal static readonly Counter<long> RowsDropped = Meter.CreateCounter<long>("mediacore.numbers.queues.rows.dropped", "{row}", "States of entries that were not written: there was no room while the database was down, or it refused them.");
    internal static readonly ObservableGauge<int> Waiting = Meter.CreateObservableGauge("mediacore.numbers.queues.waiting", static () => Volatile.Read(ref _waiting), "{caller}", "Callers who wait in queues, callbacks among them.");

    /// <summary>Shows those without labels, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Ended, Offers, RowFailures, RowsDropped])
        {
            counter.Add(0);
        }
    }

    internal static void AddWaiting(int count) => Interlocked.Add(ref _waiting, count);
}
