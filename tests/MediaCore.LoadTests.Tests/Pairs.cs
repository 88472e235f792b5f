namespace MediaCore.LoadTests.Tests;

internal static class Pairs
{
    /// <summary>Each element with the one after it.</summary>
    public static IEnumerable<(double Before, double After)> Pairwise(this IEnumerable<double> values)
    {
        double? last = null;
        foreach (double value in values)
        {
            if (last is { } before)
            {
                yield return (before, value);
            }

            last = value;
        }
    }
}
