using System.Globalization;
using System.Text;

namespace MediaCore.Server.Metrics;

/// <summary>
/// All series of one metric. Finding a known series takes no lock and allocates nothing; a new one is added under a lock to a new table, which
/// is then published whole, so a reader sees either the old table or the new one.
/// </summary>
internal sealed class MetricFamily
{
    private readonly Lock _gate = new();
    private readonly double[]? _bounds;
    private readonly Dictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);
    private Table _table = new(16);
    private long _dropped;

    /// <summary>A metric; histograms have bounds.</summary>
    public MetricFamily(string name, MetricKind kind, string help, double[]? bounds)
    {
        Name = name;
        Kind = kind;
        Help = help;
        _bounds = bounds;
    }

    /// <summary>Exposed name.</summary>
    public string Name { get; }

    /// <summary>Exposed type.</summary>
    public MetricKind Kind { get; }

    /// <summary>Exposed help.</summary>
    public string Help { get; }

    /// <summary>Measurements that no series could be made for.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The series of these tags, made when new; null when the metric is full.</summary>
    public MetricSeries? Get(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        int hash = Hash(tags);
        MetricSeries? series = Volatile.Read(ref _table).Find(hash, tags) ?? Add(hash, tags);
        if (series is null)
        {
            Interlocked.Increment(ref _dropped);
        }

        return series;
    }

    /// <summary>Writes the metric; nothing when it has no series, but an empty histogram as one without measurements. Observed series that were not reported in this scrape are left out.</summary>
    public void Write(StringBuilder output, long scrape)
    {
        MetricSeries[] all;
        lock (_gate)
        {
            all = [.. _byLabels.Values];
        }

        if (all.Length == 0 && Kind == MetricKind.Histogram)
        {
            // Nothing can be recorded that would count as nothing, and a histogram that is absent cannot be told from one that is misspelt.
            all = [new MetricSeries("", _bounds)];
        }

        Array.Sort(all, static (a, b) => string.CompareOrdinal(a.Labels, b.Labels));
        bool first = true;
        foreach (MetricSeries series in all)
        {
            if (series.ObservedInScrape != 0 && series.ObservedInScrape != scrape)
            {
                continue;
            }

            if (first)
            {
                first = false;
                if (Help.Length > 0)
                {
                    output.Append("# HELP ").Append(Name).Append(' ').Append(Help.Replace("\\", @"\\").Replace("\n", @"\n")).Append('\n');
                }

                output.Append("# TYPE ").Append(Name).Append(' ').Append(Kind switch
                {
                    MetricKind.Counter => "counter",
                    MetricKind.Gauge => "gauge",
                    _ => "histogram",
                }).Append('\n');
            }

            series.Write(Name, output);
        }
    }

    private MetricSeries? Add(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            if (_table.Find(hash, tags) is { } known)
            {
                return known;
            }

            if (_table.Count >= MetricsLimits.MaxSeriesPerMetric)
            {
                return null;
            }

            // The same tags in another order are another entry of the table, but the same series.
            string labels = FormatLabels(tags);
            if (!_byLabels.TryGetValue(labels, out MetricSeries? series))
            {
                series = new MetricSeries(labels, _bounds);
                _byLabels.Add(labels, series);
            }

            Volatile.Write(ref _table, _table.With(new Entry(hash, tags.ToArray(), series)));
            return series;
        }
    }

    private static string FormatLabels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        KeyValuePair<string, object?>[] sorted = tags.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        StringBuilder text = new();
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].Key == sorted[i - 1].Key)
            {
                continue;
            }

            if (text.Length > 0)
            {
                text.Append(',');
            }

            text.Append(MetricNames.GetLabel(sorted[i].Key)).Append("=\"");
            string value = sorted[i].Value switch
            {
                null => "",
                bool flag => flag ? "true" : "false",
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                object other => other.ToString() ?? "",
            };
            foreach (char c in value.AsSpan(0, Math.Min(value.Length, MetricsLimits.MaxLabelValueLength)))
            {
                _ = c switch
                {
                    '\\' => text.Append(@"\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append(@"\n"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        return text.ToString();
    }

    private static int Hash(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        int hash = tags.Length;
        foreach (ref readonly KeyValuePair<string, object?> tag in tags)
        {
            hash = (hash * 31) + tag.Key.GetHashCode(StringComparison.Ordinal);
            hash = (hash * 31) + (tag.Value?.GetHashCode() ?? 0);
        }

        return hash;
    }

    private sealed class Entry(int hash, KeyValuePair<string, object?>[] tags, MetricSeries series)
    {
        public int Hash { get; } = hash;

        public MetricSeries Series { get; } = series;

        public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> other)
        {
            if (other.Length != tags.Length)
            {
                return false;
            }

            for (int i = 0; i < tags.Length; i++)
            {
                if (other[i].Key != tags[i].Key || !Equals(other[i].Value, tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>An open-addressed table that is never changed after it was published; at most half full, so a search ends.</summary>
    private sealed class Table(int size)
    {
        private readonly Entry?[] _slots = new Entry?[size];

        public int Count { get; private set; }

        public MetricSeries? Find(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            int mask = _slots.Length - 1;
            for (int i = hash & mask; _slots[i] is { } entry; i = (i + 1) & mask)
            {
                if (entry.Hash == hash && entry.Matches(tags))
                {
                    return entry.Series;
                }
            }

            return null;
        }

        public Table With(Entry added)
        {
            Table result = new((Count + 1) * 2 > _slots.Length ? _slots.Length * 2 : _slots.Length);
            foreach (Entry? entry in _slots)
            {
                if (entry is not null)
                {
                    result.Insert(entry);
                }
            }

            result.Insert(added);
            return result;
        }

        private void Insert(Entry entry)
        {
            int mask = _slots.Length - 1;
            int i = entry.Hash & mask;
            while (_slots[i] is not null)
            {
                i = (i + 1) & mask;
            }

            _slots[i] = entry;
            Count++;
        }
    }
}
