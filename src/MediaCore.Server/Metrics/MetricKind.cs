namespace MediaCore.Server.Metrics;

/// <summary>Type of a metric in the text format.</summary>
internal enum MetricKind
{
    /// <summary>Only rises.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Counts in buckets, with sum and count.</summary>
    Histogram,
}
