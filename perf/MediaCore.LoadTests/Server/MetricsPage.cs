using System.Globalization;

namespace MediaCore.LoadTests.Server;

/// <summary>A server's metrics in the Prometheus text format.</summary>
internal static class MetricsPage
{
    /// <summary>Name with labels → value.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> GetAsync(HttpClient http, Uri address, CancellationToken cancellation = default)
    {
        string page = await http.GetStringAsync(address, cancellation);
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (string line in page.Split('\n'))
        {
            int space = line.LastIndexOf(' ');
            if (space > 0 && line[0] != '#')
            {
                values[line[..space]] = double.Parse(line[(space + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture);
            }
        }

        return values;
    }
}
