namespace MediaCore.LoadTests;

/// <summary>Where figures that are taken at equal distances go.</summary>
internal static class Trend
{
    /// <summary>
    /// How much they rise from one to the next: the median of the slopes between all pairs (Theil 1950, Sen 1968), which a few figures far off do not turn, as a collection of garbage now and then makes them. NaN of fewer than two.
    /// </summary>
    public static double SlopeOf(IReadOnlyList<double> figures)
    {
        List<double> slopes = [];
        for (int i = 0; i < figures.Count; i++)
        {
            for (int j = i + 1; j < figures.Count; j++)
            {
                slopes.Add((figures[j] - figures[i]) / (j - i));
            }
        }

        return Median.Of(slopes);
    }
}
