using System.Diagnostics.Metrics;

namespace MediaCore.Engine.Recordings;

/// <summary>Counters of recordings, of all stores of the process.</summary>
internal static class RecordingMetrics
{
    private static readonly Meter Meter = new("MediaCore.Engine");

    internal static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("mediacore.recordings.active", "{recording}", "Recordings under way, or not yet saved.");
    internal static readonly Counter<long> Started = Meter.CreateCounter<long>("mediacore.recordings.started", "{recording}", "Recordings begun.");
    internal static readonly Counter<long> Refused = Meter.CreateCounter<long>("mediacore.recordings.refused", "{recording}", "Recordings not begun because there were too many.");
    internal static readonly Counter<long> Saved = Meter.CreateCounter<long>("mediacore.recordings.saved", "{recording}", "Recordings saved.");
    internal static readonly Counter<long> Discarded = Meter.CreateCounter<long>("mediacore.recordings.discarded", "{recording}", "Recordings ended and deleted on command.");
    internal static readonly Counter<long> Failed = Meter.CreateCounter<long>("mediacore.recordings.failed", "{recording}", "Recordings that the disk did not take.");
    internal static readonly Counter<long> Recovered = Meter.CreateCounter<long>("mediacore.recordings.recovered", "{recording}", "Recordings of a process that died, made whole at the start.");
    internal static readonly Counter<long> Bytes = Meter.CreateCounter<long>("mediacore.recordings.written", "By", "Bytes written to recordings.");
    internal static readonly Counter<long> DroppedFrames = Meter.CreateCounter<long>("mediacore.recordings.dropped", "{frame}", "Frames of 20 ms that the disk was too slow for or refused; they are silence in their recordings.");
    internal static readonly Counter<long> WriteFailures = Meter.CreateCounter<long>("mediacore.recordings.write.failures", "{write}", "Writes that the disk refused.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Started, Refused, Saved, Discarded, Failed, Recovered, Bytes, DroppedFrames, WriteFailures])
        {
            counter.Add(0);
        }

        Active.Add(0);
    }
}
