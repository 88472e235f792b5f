using System.Globalization;

namespace MediaCore.LoadTests.Soak;

/// <summary>
/// Whether the server's memory goes on rising. Two medians 15 % apart pass a server that loses a little all the time; so the slope of the last two thirds is looked at too, over the time that they took. The first third is the
/// runtime's: it commits its heap as it goes.
/// </summary>
internal static class MemoryTrend
{
    /// <summary>The rise over the judged minutes that is not told from the collector's ups and downs.</summary>
    private const double MostRise = 0.04;

    /// <summary>Of fewer minutes than that nothing is said: one collection makes the slope.</summary>
    private const int FewestMinutes = 8;

    private const int MinutesPerHour = 60;

    /// <param name="residentMebibytes">One figure a minute, of the whole run.</param>
    public static Finding Judge(IReadOnlyList<double> residentMebibytes)
    {
        double[] judged = [.. residentMebibytes.Skip(residentMebibytes.Count / 3)];
        if (judged.Length < FewestMinutes)
        {
            return new Finding("memory does not go on rising", true, $"not judged: {judged.Length} minutes after the first third, {FewestMinutes} are needed (a soak of 12)");
        }

        double slope = Trend.SlopeOf(judged);
        double rise = slope * (judged.Length - 1) / Median.Of(judged);
        return new Finding("memory does not go on rising", rise <= MostRise, string.Create(CultureInfo.InvariantCulture, $"{slope * MinutesPerHour:F1} MiB/h in the last {judged.Length} minutes, {rise:P1} over them"));
    }
}
