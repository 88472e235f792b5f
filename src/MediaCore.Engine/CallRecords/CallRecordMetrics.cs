using System.Diagnostics.Metrics;

namespace MediaCore.Engine.CallRecords;

/// <summary>Counters of the journal, of all journals of the process; the exposition turns dots into underscores and adds <c>_total</c>.</summary>
internal static class CallRecordMetrics
{
    private static readonly Meter Meter = new("MediaCore.Engine");

    internal static readonly Counter<long> Written = Meter.CreateCounter<long>("mediacore.calls.records.written", "{record}", "Call records that reached the journal.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.calls.records.write.failures", "{write}", "Writes that the disk refused.");
    internal static readonly UpDownCounter<long> Held = Meter.CreateUpDownCounter<long>("mediacore.calls.records.held", "{record}", "Call records that wait in memory for the disk.");
    internal static readonly Counter<long> Dropped = Meter.CreateCounter<long>("mediacore.calls.records.dropped", "{record}", "Call records lost because too many waited already.");
    internal static readonly Counter<long> Torn = Meter.CreateCounter<long>("mediacore.calls.records.torn", "{line}", "Incomplete last lines found on reading, left by a crash in mid-write.");
    internal static readonly Counter<long> Damaged = Meter.CreateCounter<long>("mediacore.calls.records.damaged", "{line}", "Lines that are not call records, found on reading.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Written, Failures, Dropped, Torn, Damaged])
        {
            counter.Add(0);
        }

        Held.Add(0);
    }
}
