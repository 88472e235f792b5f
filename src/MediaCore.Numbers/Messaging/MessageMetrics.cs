using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Messaging;

/// <summary>Figures of messages; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class MessageMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");

    internal static readonly Counter<long> Accepted = Meter.CreateCounter<long>("mediacore.numbers.messages.accepted", "{message}", "Messages that were taken to be sent.");
    internal static readonly Counter<long> Refused = Meter.CreateCounter<long>("mediacore.numbers.messages.refused", "{message}", "Messages that a rule has kept from being sent: opt-out, rates, numbers that may not.");
    internal static readonly Counter<long> Sent = Meter.CreateCounter<long>("mediacore.numbers.messages.sent", "{part}", "Parts that carriers or phones have taken.");
    internal static readonly Counter<long> Postponed = Meter.CreateCounter<long>("mediacore.numbers.messages.postponed", "{part}", "Times that a carrier or phone could not take a part yet.");
    internal static readonly Counter<long> Failed = Meter.CreateCounter<long>("mediacore.numbers.messages.failed", "{part}", "Parts that were refused, ran out of time, or whose hand-over is not known.");
    internal static readonly Counter<long> Received = Meter.CreateCounter<long>("mediacore.numbers.messages.received", "{message}", "Messages that came in.");
    internal static readonly Counter<long> Receipts = Meter.CreateCounter<long>("mediacore.numbers.messages.receipts", "{receipt}", "Receipts whose part was found.");
    internal static readonly Counter<long> LostReceipts = Meter.CreateCounter<long>("mediacore.numbers.messages.receipts_lost", "{receipt}", "Receipts that named nothing that was sent.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.messages.failures", "{attempt}", "Times that the database could not be asked for what is due.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Accepted, Refused, Sent, Postponed, Failed, Received, Receipts, LostReceipts, Failures])
        {
            counter.Add(0);
        }
    }
}
