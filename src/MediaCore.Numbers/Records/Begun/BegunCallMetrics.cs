using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>Figures of the journal of begun calls; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class BegunCallMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");

    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.calls.begun.failures", "{attempt}", "Times that the journal of begun calls could not be written; it is tried again.");
    internal static readonly Counter<long> LeftOut = Meter.CreateCounter<long>("mediacore.numbers.calls.begun.leftout", "{call}", "Calls that the journal of begun calls had no room for: a kill leaves them without record.");
    internal static readonly Counter<long> CutOff = Meter.CreateCounter<long>("mediacore.numbers.calls.cutoff", "{call}", "Calls that an earlier run of this server was in the middle of when it was gone; they were given their record at the start.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        Failures.Add(0);
        LeftOut.Add(0);
        CutOff.Add(0);
    }
}
