using System.Diagnostics.Metrics;
using System.Text;

namespace MediaCore.Server.Metrics;

/// <summary>
/// Listens to the meters of MediaCore and of the runtime and writes what they measured in the Prometheus text format 0.0.4.
/// A measurement costs a table look-up and an interlocked add on the thread that made it; nothing is allocated once a series is known.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>Content type of the text format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Buckets in seconds for instruments that advise none: network round trips up to a long ring.</summary>
    private static readonly double[] SecondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 3600];

    /// <summary>Buckets for other units.</summary>
    private static readonly double[] CountBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000];

    private readonly Lock _gate = new();
    private readonly Lock _scrapeGate = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Func<Meter, bool> _isWanted;
    private long _scrape;
    private long _refusedInstruments;

    /// <summary>Listens to the meters that <paramref name="isWanted"/> picks; null for MediaCore's and the runtime's.</summary>
    public PrometheusExporter(Func<Meter, bool>? isWanted = null)
    {
        _isWanted = isWanted ?? (static meter => meter.Name is "System.Runtime" || meter.Name.StartsWith("MediaCore.", StringComparison.Ordinal));
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<byte>((i, v, t, s) => OnMeasured(i, v, t, s));
        _listener.SetMeasurementEventCallback<short>((i, v, t, s) => OnMeasured(i, v, t, s));
        _listener.SetMeasurementEventCallback<int>((i, v, t, s) => OnMeasured(i, v, t, s));
        _listener.SetMeasurementEventCallback<long>((i, v, t, s) => OnMeasured(i, v, t, s));
        _listener.SetMeasurementEventCallback<float>((i, v, t, s) => OnMeasured(i, v, t, s));
        _listener.SetMeasurementEventCallback<double>((i, v, t, s) => OnMeasured(i, v, t, s));
        _listener.SetMeasurementEventCallback<decimal>((i, v, t, s) => OnMeasured(i, (double)v, t, s));
        _listener.Start();
    }

    /// <summary>Everything measured so far. Scrapes wait for each other.</summary>
    public string Scrape()
    {
        lock (_scrapeGate)
        {
            _scrape++;
            _listener.RecordObservableInstruments();
            MetricFamily[] families;
            lock (_gate)
            {
                families = [.. _families.Values];
            }

            Array.Sort(families, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            StringBuilder output = new(16 * 1024);
            long dropped = Volatile.Read(ref _refusedInstruments);
            foreach (MetricFamily family in families)
            {
                family.Write(output, _scrape);
                dropped += family.Dropped;
            }

            output.Append("# HELP mediacore_metrics_dropped_total Measurements without a series because a bound was reached; not zero means a label has too many values.\n")
                .Append("# TYPE mediacore_metrics_dropped_total counter\n")
                .Append("mediacore_metrics_dropped_total ").Append(dropped).Append('\n');
            ProcessMetrics.Write(output);
            return output.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (!_isWanted(instrument.Meter))
        {
            return;
        }

        MetricKind kind = GetKind(instrument);
        string name = MetricNames.Get(instrument.Name, instrument.Unit, kind);
        lock (_gate)
        {
            if (!_families.TryGetValue(name, out MetricFamily? family))
            {
                if (_families.Count >= MetricsLimits.MaxMetrics)
                {
                    Interlocked.Increment(ref _refusedInstruments);
                    return;
                }

                family = new MetricFamily(name, kind, instrument.Description ?? "", kind == MetricKind.Histogram ? GetBounds(instrument) : null);
                _families.Add(name, family);
            }
            else if (family.Kind != kind)
            {
                // One name with two types would make the whole page unreadable to a scraper.
                Interlocked.Increment(ref _refusedInstruments);
                return;
            }

            listener.EnableMeasurementEvents(instrument, new Subscription(this, family, instrument.IsObservable, instrument));
        }
    }

    private static void OnMeasured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is not Subscription subscription || subscription.Family.Get(tags) is not { } series)
        {
            return;
        }

        if (subscription.IsObservable)
        {
            series.Observe(value, subscription.Exporter._scrape);
        }
        else if (subscription.Family.Kind == MetricKind.Histogram)
        {
            series.Record(value);
        }
        else if (subscription.IsSet)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private static MetricKind GetKind(Instrument instrument)
    {
        Type type = instrument.GetType();
        Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return open == typeof(Counter<>) || open == typeof(ObservableCounter<>) ? MetricKind.Counter
            : open == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }

    private static double[] GetBounds(Instrument instrument)
    {
        double[]? advised = instrument switch
        {
            Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(static b => (double)b).ToArray(),
            Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(static b => (double)b).ToArray(),
            Histogram<float> h => h.Advice?.HistogramBucketBoundaries?.Select(static b => (double)b).ToArray(),
            _ => null,
        };
        return advised ?? (instrument.Unit == "s" ? SecondsBounds : CountBounds);
    }

    private sealed class Subscription(PrometheusExporter exporter, MetricFamily family, bool isObservable, Instrument instrument)
    {
        public PrometheusExporter Exporter { get; } = exporter;

        public MetricFamily Family { get; } = family;

        public bool IsObservable { get; } = isObservable;

        /// <summary>A gauge that is set rather than added to.</summary>
        public bool IsSet { get; } = instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Gauge<>);
    }
}
