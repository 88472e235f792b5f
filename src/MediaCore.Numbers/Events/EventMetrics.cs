using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Events;

/// <summary>Figures of events on their way out; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class EventMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _turns;
    private static int _connected;

    internal static readonly Counter<long> Numbered = Meter.CreateCounter<long>("mediacore.numbers.events", "{event}", "Events that were written and are on their way to webhooks and brokers.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.events.failures", "{attempt}", "Times that events could not be read or written in the database; it is tried again.");
    internal static readonly Counter<long> Deleted = Meter.CreateCounter<long>("mediacore.numbers.events.deleted", "{row}", "Events and deliveries that were too old and were deleted.");
    internal static readonly Counter<long> Disabled = Meter.CreateCounter<long>("mediacore.numbers.webhooks.disabled", "{webhook}", "Webhooks that were switched off because their servers failed for a day, or answered 410.");
    internal static readonly Counter<long> Published = Meter.CreateCounter<long>("mediacore.numbers.broker.published", "{event}", "Events that the broker has confirmed.");
    internal static readonly Counter<long> BrokerFailures = Meter.CreateCounter<long>("mediacore.numbers.broker.failures", "{attempt}", "Times that the broker could not be reached or did not confirm; it is tried again.");
    internal static readonly Histogram<double> Latency = Meter.CreateHistogram<double>("mediacore.numbers.webhooks.latency", "s", "How long servers of webhooks took to answer.");
    internal static readonly ObservableGauge<int> Turns = Meter.CreateObservableGauge("mediacore.numbers.webhooks.busy", static () => Volatile.Read(ref _turns), "{webhook}", "Webhooks that are being told something.");
    internal static readonly ObservableGauge<int> Connected = Meter.CreateObservableGauge("mediacore.numbers.broker.connected", static () => Volatile.Read(ref _connected), "{connection}", "Whether this node is connected to the broker; also 0 where none is configured, or another node tells it.");

    /// <summary>Attempts by what came of them: <c>delivered</c>, <c>failed</c> (status, connection), <c>refused</c> (the address), <c>timed_out</c>, <c>gone</c> (410).</summary>
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("mediacore.numbers.webhooks.attempts", "{attempt}", "Events that were posted to webhooks, by what came of it.");

    /// <summary>Deliveries that were given up.</summary>
    internal static readonly Counter<long> GivenUp = Meter.CreateCounter<long>("mediacore.numbers.webhooks.given.up", "{delivery}", "Deliveries that were tried as often as they may be, or whose webhook was switched off.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Numbered, Failures, Deleted, Disabled, Published, BrokerFailures, GivenUp])
        {
            counter.Add(0);
        }

        foreach (string result in (ReadOnlySpan<string>)["delivered", "failed", "refused", "timed_out", "gone"])
        {
            Attempts.Add(0, new KeyValuePair<string, object?>("result", result));
        }
    }

    internal static void Attempt(string result, int latencyMs)
    {
        Attempts.Add(1, new KeyValuePair<string, object?>("result", result));
        Latency.Record(latencyMs / 1000.0);
    }

    internal static void CountTurns(int change) => Interlocked.Add(ref _turns, change);

    internal static void SetConnected(bool connected) => Volatile.Write(ref _connected, connected ? 1 : 0);
}
