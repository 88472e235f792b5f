namespace MediaCore.LoadTests.Media;

/// <summary>Percentiles of a period, in µs.</summary>
internal sealed record LatencySummary(long Count, double P50, double P99, double P999, double Max);
