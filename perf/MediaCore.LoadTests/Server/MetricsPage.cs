using System.Globalization;

namespace MediaCore.LoadTests.Server;

/// <summary>A server's metrics in the Prometheus text format.</summary>
internal static class MetricsPage
{
    /// <summary>Name with labels → value; lines that are no metric are left out.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> GetAsync(HttpClient http, Uri address, CancellationToken cancellation = default)
    {
        string page = await http.GetStringAsync(address, cancellation);
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (string line in page.Split('\n'))
        {
            int space = line.LastIndexOf(' ');
            if (space > 0 && line[0] != '#' && double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                values[line[..space]] = value;
            }
        }

        return values;
    }
}
