using System.Globalization;
using System.Text;

namespace MediaCore.Server.Metrics;

/// <summary>
/// One labelled series of a metric. Written from any thread without a lock, and without allocating; read by the scrape.
/// </summary>
internal sealed class MetricSeries
{
    private readonly double[]? _bounds;
    private readonly long[]? _buckets;
    private double _value;
    private long _observedInScrape;

    /// <summary>A series of a counter or gauge, or of a histogram when there are bounds.</summary>
    public MetricSeries(string labels, double[]? bounds)
    {
        Labels = labels;
        _bounds = bounds;
        _buckets = bounds is null ? null : new long[bounds.Length + 1];
    }

    /// <summary>The labels as written between the braces; empty for none.</summary>
    public string Labels { get; }

    /// <summary>Number of the last scrape that an observable instrument reported this series in; 0 for series that are pushed.</summary>
    public long ObservedInScrape => Volatile.Read(ref _observedInScrape);

    /// <summary>Value of a counter or gauge, sum of a histogram.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Adds to a counter or up-down counter.</summary>
    public void Add(double amount)
    {
        double seen = Volatile.Read(ref _value);
        while (true)
        {
            double previous = Interlocked.CompareExchange(ref _value, seen + amount, seen);

            // Compared as bits: a NaN is not equal to itself and would loop for ever.
            if (BitConverter.DoubleToInt64Bits(previous) == BitConverter.DoubleToInt64Bits(seen))
            {
                return;
            }

            seen = previous;
        }
    }

    /// <summary>Sets a gauge.</summary>
    public void Set(double value) => Volatile.Write(ref _value, value);

    /// <summary>
    /// Takes what an observable instrument reported in a scrape (scrapes do not overlap). Several reports of one series in one scrape are parts
    /// of a whole, as one per shard, and add up.
    /// </summary>
    public void Observe(double value, long scrape)
    {
        Set(_observedInScrape == scrape ? _value + value : value);
        Volatile.Write(ref _observedInScrape, scrape);
    }

    /// <summary>Records a value of a histogram.</summary>
    public void Record(double value)
    {
        if (_bounds is null || _buckets is null || double.IsNaN(value))
        {
            return;
        }

        int index = 0;
        while (index < _bounds.Length && value > _bounds[index])
        {
            index++;
        }

        Interlocked.Increment(ref _buckets[index]);
        Add(value);
    }

    /// <summary>Writes the lines of the series.</summary>
    public void Write(string name, StringBuilder output)
    {
        if (_bounds is null || _buckets is null)
        {
            WriteLine(output, name, "", Labels, "", Value);
            return;
        }

        long count = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            count += Volatile.Read(ref _buckets[i]);
            string bound = i < _bounds.Length ? Format(_bounds[i]) : "+Inf";
            WriteLine(output, name, "_bucket", Labels, $"le=\"{bound}\"", count);
        }

        // The count is the last bucket, so that the two agree whatever was recorded meanwhile.
        WriteLine(output, name, "_sum", Labels, "", Value);
        WriteLine(output, name, "_count", Labels, "", count);
    }

    /// <summary>A number as the text format wants it.</summary>
    public static string Format(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static void WriteLine(StringBuilder output, string name, string suffix, string labels, string label, double value)
    {
        output.Append(name).Append(suffix);
        if (labels.Length > 0 || label.Length > 0)
        {
            output.Append('{').Append(labels);
            if (labels.Length > 0 && label.Length > 0)
            {
                output.Append(',');
            }

            output.Append(label).Append('}');
        }

        output.Append(' ').Append(Format(value)).Append('\n');
    }
}
