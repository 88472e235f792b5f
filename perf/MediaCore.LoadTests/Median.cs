namespace MediaCore.LoadTests;

/// <summary>What half of the figures are at most.</summary>
internal static class Median
{
    /// <summary>The upper one of the two in the middle; NaN of none.</summary>
    public static double Of(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted.Length > 0 ? sorted[sorted.Length / 2] : double.NaN;
    }
}
