using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Figures of SMPP; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class SmppMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _links;
    private static int _sessions;

    internal static readonly Counter<long> Submitted = Meter.CreateCounter<long>("mediacore.numbers.smpp.submitted", "{part}", "Parts of messages that centres have taken.");
    internal static readonly Counter<long> Refused = Meter.CreateCounter<long>("mediacore.numbers.smpp.refused", "{part}", "Parts of messages that centres have refused for good.");
    internal static readonly Counter<long> Throttled = Meter.CreateCounter<long>("mediacore.numbers.smpp.throttled", "{part}", "Times that a centre throttled us.");
    internal static readonly Counter<long> Unanswered = Meter.CreateCounter<long>("mediacore.numbers.smpp.unanswered", "{part}", "Parts that a centre did not answer in time; they are sent again.");
    internal static readonly Counter<long> Receipts = Meter.CreateCounter<long>("mediacore.numbers.smpp.receipts", "{receipt}", "Delivery receipts of centres.");
    internal static readonly Counter<long> Unreadable = Meter.CreateCounter<long>("mediacore.numbers.smpp.unreadable", "{message}", "Receipts that name no message, and messages that are no text.");
    internal static readonly Counter<long> Incomplete = Meter.CreateCounter<long>("mediacore.numbers.smpp.incomplete", "{message}", "Messages that came in and stayed without some of their parts.");
    internal static readonly Counter<long> Malformed = Meter.CreateCounter<long>("mediacore.numbers.smpp.malformed", "{pdu}", "PDUs that could not be read, of either side.");
    internal static readonly Counter<long> Reconnects = Meter.CreateCounter<long>("mediacore.numbers.smpp.reconnects", "{connection}", "Times that a connection to a centre ended or could not be made.");
    internal static readonly Counter<long> BindsRefused = Meter.CreateCounter<long>("mediacore.numbers.smpp.binds_refused", "{bind}", "Binds of programs that were refused.");
    internal static readonly Counter<long> ProgramMessages = Meter.CreateCounter<long>("mediacore.numbers.smpp.program_messages", "{message}", "Messages taken from programs.");
    internal static readonly Counter<long> ProgramThrottled = Meter.CreateCounter<long>("mediacore.numbers.smpp.program_throttled", "{message}", "Messages of programs above their rate.");
    internal static readonly Counter<long> ProgramDeliveries = Meter.CreateCounter<long>("mediacore.numbers.smpp.program_deliveries", "{message}", "Messages and receipts that programs have taken.");
    internal static readonly Counter<long> ProgramLost = Meter.CreateCounter<long>("mediacore.numbers.smpp.program_lost", "{message}", "Messages and receipts that a program refused, or was away for too long to get.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.smpp.failures", "{attempt}", "Times that the database or the disk did not take something of a peer's; the peer is told to bring it again.");
    internal static readonly ObservableGauge<int> Links = Meter.CreateObservableGauge("mediacore.numbers.smpp.links", static () => Volatile.Read(ref _links), "{session}", "Sessions with centres that are bound.");
    internal static readonly ObservableGauge<int> Sessions = Meter.CreateObservableGauge("mediacore.numbers.smpp.sessions", static () => Volatile.Read(ref _sessions), "{session}", "Sessions of programs that are bound.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Submitted, Refused, Throttled, Unanswered, Receipts, Unreadable, Incomplete, Malformed, Reconnects, BindsRefused, ProgramMessages, ProgramThrottled, ProgramDeliveries, ProgramLost, Failures])
        {
            counter.Add(0);
        }
    }

    internal static void CountLinks(int change) => Interlocked.Add(ref _links, change);

    internal static void CountSessions(int change) => Interlocked.Add(ref _sessions, change);
}
