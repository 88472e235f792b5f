namespace MediaCore.LoadTests.Server;

/// <summary>A look at the server.</summary>
/// <param name="Metrics">Name with labels → value.</param>
/// <param name="ResidentBytes">Proportional set size.</param>
/// <param name="Descriptors">Open files and sockets.</param>
internal sealed record ServerFigures(IReadOnlyDictionary<string, double> Metrics, long ResidentBytes, int Descriptors)
{
    /// <summary>The metric of the managed heap after its last collection, in bytes.</summary>
    public const string Heap = "dotnet_gc_last_collection_heap_size_bytes";

    /// <summary>Sum over the labels of a metric; throws when the server has no such metric, since a check of nothing checks nothing.</summary>
    /// <exception cref="CannotMeasureException">There is no such metric.</exception>
    public double Total(string name, string label = "")
    {
        double[] found = [.. Metrics.Where(m => m.Key.Split('{')[0] == name && m.Key.Contains(label, StringComparison.Ordinal)).Select(static m => m.Value)];
        return found.Length > 0 ? found.Sum() : throw new CannotMeasureException($"the server has no metric {name} {label}: is that the page of a MediaCore, and of this version?");
    }
}
