using System.Text;

namespace MediaCore.Server.Metrics;

/// <summary>
/// Names of the Prometheus text format from names and units of System.Diagnostics.Metrics: dots become underscores, the unit becomes a suffix
/// (<c>s</c> → <c>_seconds</c>, <c>By</c> → <c>_bytes</c>), counters end in <c>_total</c>. Units in braces are remarks and leave no trace.
/// </summary>
internal static class MetricNames
{
    /// <summary>The exposed name.</summary>
    public static string Get(string instrumentName, string? unit, MetricKind kind)
    {
        StringBuilder name = new(instrumentName.Length + 16);
        foreach (char c in instrumentName)
        {
            char written = char.IsAsciiLetterOrDigit(c) || c == ':' ? c : '_';
            if (written != '_' || (name.Length > 0 && name[^1] != '_'))
            {
                name.Append(written);
            }
        }

        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            name.Insert(0, '_');
        }

        string suffix = GetUnitSuffix(unit, kind);
        if (suffix.Length > 0 && !EndsWith(name, suffix) && !EndsWith(name, suffix + "_total"))
        {
            name.Append('_').Append(suffix);
        }

        if (kind == MetricKind.Counter && !EndsWith(name, "total"))
        {
            name.Append("_total");
        }

        return name.ToString();
    }

    /// <summary>A label's name: letters, digits and underscores, not beginning with a digit.</summary>
    public static string GetLabel(string tag)
    {
        StringBuilder name = new(tag.Length + 1);
        foreach (char c in tag)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            name.Insert(0, '_');
        }

        // Names that begin with two underscores are the scraper's own.
        return name.Length > 1 && name[0] == '_' && name[1] == '_' ? name.ToString().TrimStart('_') : name.ToString();
    }

    private static string GetUnitSuffix(string? unit, MetricKind kind)
    {
        switch (unit)
        {
            case null or "":
                return "";
            case "s":
                return "seconds";
            case "ms":
                return "milliseconds";
            case "us":
                return "microseconds";
            case "ns":
                return "nanoseconds";
            case "By":
                return "bytes";
            case "%":
                return "percent";
            case "1":
                return kind == MetricKind.Gauge ? "ratio" : "";
        }

        if (unit[0] == '{')
        {
            return "";
        }

        StringBuilder suffix = new(unit.Length);
        foreach (char c in unit)
        {
            suffix.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_');
        }

        return suffix.ToString().Trim('_');
    }

    private static bool EndsWith(StringBuilder name, string suffix)
    {
        int start = name.Length - suffix.Length;
        if (start < 0 || (start > 0 && name[start - 1] != '_'))
        {
            return false;
        }

        for (int i = 0; i < suffix.Length; i++)
        {
            if (name[start + i] != suffix[i])
            {
                return false;
            }
        }

        return true;
    }
}
