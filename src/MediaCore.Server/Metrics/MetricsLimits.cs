namespace MediaCore.Server.Metrics;

/// <summary>Bounds of the metrics kept for <c>/metrics</c>.</summary>
internal static class MetricsLimits
{
    /// <summary>
    /// Series per metric. Labels come from closed sets (method, status class, codec, trunk), so the largest honest metric has a few hundred; a
    /// label that a peer can choose would be our bug, and this keeps it from eating the memory. Measurements of further series are dropped and counted.
    /// </summary>
    public const int MaxSeriesPerMetric = 2000;

    /// <summary>Metrics over all meters; the platform's own and ours are about a hundred.</summary>
    public const int MaxMetrics = 1000;

    /// <summary>Longest label value written, in characters.</summary>
    public const int MaxLabelValueLength = 128;
}
