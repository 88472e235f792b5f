using System.Diagnostics.Metrics;
using MediaCore.Server.Metrics;

namespace MediaCore.Server.Tests.Metrics;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly Meter _meter = new($"MediaCore.Test.{Guid.NewGuid():N}");
    private readonly PrometheusExporter _exporter;

    public PrometheusExporterTests() => _exporter = new PrometheusExporter(meter => meter == _meter);

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counter_IsWritten_WithHelpTypeAndLabels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("mediacore.sip.requests", "{request}", "Requests received.");
        counter.Add(1, new KeyValuePair<string, object?>("method", "INVITE"));
        counter.Add(2, new KeyValuePair<string, object?>("method", "BYE"));
        counter.Add(3, new KeyValuePair<string, object?>("method", "INVITE"));

        Assert.Equal(
            """
            # HELP mediacore_sip_requests_total Requests received.
            # TYPE mediacore_sip_requests_total counter
            mediacore_sip_requests_total{method="BYE"} 2
            mediacore_sip_requests_total{method="INVITE"} 4

            """,
            Ours());
    }

    [Fact]
    public void UpDownCounter_AndGauge_AreGauges()
    {
        UpDownCounter<int> active = _meter.CreateUpDownCounter<int>("mediacore.calls.active", "{call}");
        active.Add(5);
        active.Add(-2);
        Gauge<double> level = _meter.CreateGauge<double>("mediacore.level", "1");
        level.Record(0.5);
        level.Record(0.25);

        Assert.Equal(
            """
            # TYPE mediacore_calls_active gauge
            mediacore_calls_active 3
            # TYPE mediacore_level_ratio gauge
            mediacore_level_ratio 0.25

            """,
            Ours());
    }

    [Fact]
    public void Histogram_HasCumulativeBuckets_SumAndCount()
    {
        Histogram<double> duration = _meter.CreateHistogram(
            "mediacore.sip.transaction.duration", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        duration.Record(0.1);
        duration.Record(0.5);
        duration.Record(7);
        duration.Record(double.NaN);

        Assert.Equal(
            """
            # TYPE mediacore_sip_transaction_duration_seconds histogram
            mediacore_sip_transaction_duration_seconds_bucket{le="0.1"} 1
            mediacore_sip_transaction_duration_seconds_bucket{le="1"} 2
            mediacore_sip_transaction_duration_seconds_bucket{le="+Inf"} 3
            mediacore_sip_transaction_duration_seconds_sum 7.6
            mediacore_sip_transaction_duration_seconds_count 3

            """,
            Ours());
    }

    [Fact]
    public void Observable_IsAskedAtEachScrape_AndSeriesThatEndedGo()
    {
        Measurement<int>[] now = [new(1, new KeyValuePair<string, object?>("trunk", "a")), new(2, new KeyValuePair<string, object?>("trunk", "b"))];
        _meter.CreateObservableGauge("mediacore.trunk.calls", () => now);
        Assert.Contains("mediacore_trunk_calls{trunk=\"a\"} 1\nmediacore_trunk_calls{trunk=\"b\"} 2\n", Ours(), StringComparison.Ordinal);

        now = [new(7, new KeyValuePair<string, object?>("trunk", "b"))];

        Assert.Equal("# TYPE mediacore_trunk_calls gauge\nmediacore_trunk_calls{trunk=\"b\"} 7\n", Ours());
    }

    [Fact]
    public void Observables_OfOneName_AreParts_ThatAddUp()
    {
        long first = 10;
        _meter.CreateObservableCounter("mediacore.rtp.packets", () => first);
        _meter.CreateObservableCounter("mediacore.rtp.packets", () => 5L);
        Assert.Contains("mediacore_rtp_packets_total 15\n", Ours(), StringComparison.Ordinal);

        first = 11;

        Assert.Contains("mediacore_rtp_packets_total 16\n", Ours(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_AreEscaped_Cut_AndInOneOrder()
    {
        Counter<long> counter = _meter.CreateCounter<long>("mediacore.x");
        counter.Add(1, new KeyValuePair<string, object?>("b", "q\"b\\n\n"), new KeyValuePair<string, object?>("a.c", true));
        counter.Add(1, new KeyValuePair<string, object?>("a.c", true), new KeyValuePair<string, object?>("b", "q\"b\\n\n"));
        counter.Add(1, new KeyValuePair<string, object?>("b", new string('x', 1000)));

        Assert.Equal(
            "# TYPE mediacore_x_total counter\n"
            + "mediacore_x_total{a_c=\"true\",b=\"q\\\"b\\\\n\\n\"} 2\n"
            + $"mediacore_x_total{{b=\"{new string('x', MetricsLimits.MaxLabelValueLength)}\"}} 1\n",
            Ours());
    }

    [Fact]
    public void Series_AreBounded_AndWhatIsDropped_IsCounted()
    {
        Counter<long> counter = _meter.CreateCounter<long>("mediacore.x");
        for (int i = 0; i < MetricsLimits.MaxSeriesPerMetric + 25; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        }

        string text = _exporter.Scrape();

        Assert.Equal(MetricsLimits.MaxSeriesPerMetric, text.Split('\n').Count(line => line.StartsWith("mediacore_x_total{", StringComparison.Ordinal)));
        Assert.Contains("\nmediacore_metrics_dropped_total 25\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OneName_WithTwoTypes_IsWrittenOnce()
    {
        _meter.CreateCounter<long>("mediacore.x.total").Add(1);
        _meter.CreateUpDownCounter<long>("mediacore.x.total").Add(1);

        string text = _exporter.Scrape();

        Assert.Single(text.Split('\n'), line => line.StartsWith("# TYPE mediacore_x_total ", StringComparison.Ordinal));
        Assert.Contains("\nmediacore_metrics_dropped_total 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_FromManyThreads_AreAllCounted()
    {
        Counter<long> counter = _meter.CreateCounter<long>("mediacore.x");
        Histogram<double> histogram = _meter.CreateHistogram<double>("mediacore.y", "s");
        Parallel.For(0, 4, worker =>
        {
            for (int i = 0; i < 5000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("i", i % 50));
                histogram.Record(0.5);
            }
        });

        string[] lines = Ours().Split('\n');

        Assert.Equal(50, lines.Count(line => line.StartsWith("mediacore_x_total{", StringComparison.Ordinal) && line.EndsWith(" 400", StringComparison.Ordinal)));
        Assert.Contains("mediacore_y_seconds_count 20000", lines);
        Assert.Contains("mediacore_y_seconds_sum 10000", lines);
    }

    [Fact]
    public void Measurement_OfAKnownSeries_AllocatesNothing()
    {
        Counter<long> counter = _meter.CreateCounter<long>("mediacore.x");
        Histogram<double> histogram = _meter.CreateHistogram<double>("mediacore.y");
        object method = "INVITE";
        MediaCore.Tests.AllocationAssert.Zero(1000, 1000, Measure);

        void Measure()
        {
            counter.Add(1, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("class", method));
            histogram.Record(3);
        }
    }

    [Fact]
    public void Process_IsMeasured()
    {
        string text = _exporter.Scrape();

        Assert.Matches("(?m)^process_cpu_seconds_total [0-9.E+-]+$", text);
        Assert.Matches("(?m)^process_resident_memory_bytes [1-9][0-9.E+]+$", text);
        Assert.Matches("(?m)^process_start_time_seconds 1[0-9.E+]+$", text);
    }

    [Fact]
    public void Page_IsWellFormed_WithTheRuntimesMetrics()
    {
        using PrometheusExporter exporter = new();
        string[] lines = exporter.Scrape().Split('\n');

        Assert.Equal("", lines[^1]);
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal));
        HashSet<string> typed = [];
        foreach (string line in lines[..^1])
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.True(typed.Add(line.Split(' ')[2]), line);
            }
            else
            {
                Assert.Matches("^(# HELP [a-z_:][a-z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\\n]|\\\\.)*\",?)*\\})? (-?[0-9.]+(E[+-]?[0-9]+)?|NaN|[+-]Inf))$", line);
            }
        }
    }

    [Theory]
    [InlineData("mediacore.sip.requests", "{request}", "mediacore_sip_requests_total|mediacore_sip_requests")]
    [InlineData("mediacore.rtp.received", "By", "mediacore_rtp_received_bytes_total|mediacore_rtp_received_bytes")]
    [InlineData("mediacore.calls.duration", "s", "mediacore_calls_duration_seconds_total|mediacore_calls_duration_seconds")]
    [InlineData("mediacore.jitterbuffer.delay", "ms", "mediacore_jitterbuffer_delay_milliseconds_total|mediacore_jitterbuffer_delay_milliseconds")]
    [InlineData("mediacore.wait.seconds", "s", "mediacore_wait_seconds_total|mediacore_wait_seconds")]
    [InlineData("mediacore.done.total", null, "mediacore_done_total|mediacore_done_total")]
    [InlineData("mediacore.share", "1", "mediacore_share_total|mediacore_share_ratio")]
    [InlineData("mediacore..odd--name", "%", "mediacore_odd_name_percent_total|mediacore_odd_name_percent")]
    [InlineData("7up", "", "_7up_total|_7up")]
    public void Names_FollowTheConvention(string name, string? unit, string expected)
    {
        Assert.Equal(expected, $"{MetricNames.Get(name, unit, MetricKind.Counter)}|{MetricNames.Get(name, unit, MetricKind.Gauge)}");
    }

    /// <summary>The scrape without the figures of the process and the exporter.</summary>
    private string Ours()
    {
        string text = _exporter.Scrape();
        return text[..text.IndexOf("# HELP mediacore_metrics_dropped_total", StringComparison.Ordinal)];
    }
}
