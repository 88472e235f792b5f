using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Records;

/// <summary>Figures of the joining; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class CallJoinMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");

    internal static readonly Counter<long> Joined = Meter.CreateCounter<long>("mediacore.numbers.calls.joined", "{call}", "Calls that were joined to one record, each time.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.calls.join.failures", "{attempt}", "Times that calls could not be joined; it is tried again.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        Joined.Add(0);
        Failures.Add(0);
    }
}
