namespace MediaCore.Server.Configuration;

/// <summary>Bounds of what a configuration may hold.</summary>
internal static class ConfigurationLimits
{
    /// <summary>Largest file read. A thousand trunks with ten targets each take about 200 kB, so 4 MiB is a slip (a log file, a core dump), not a configuration.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Deepest nesting; the format itself needs four levels.</summary>
    public const int MaxDepth = 16;

    /// <summary>Highest list index that an override may name.</summary>
    public const int MaxListIndex = 999;

    /// <summary>Errors printed; a file that is wrong in more places is not the file that was meant.</summary>
    public const int MaxErrors = 100;

    /// <summary>Longest trunk or route name: it becomes a metric label and a column of the call record.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Longest value of one trunk, route or section that is given over the control interface. The largest that make sense, a trunk with some hundreds of header rules, have 50 kB.</summary>
    public const int MaxResourceCharacters = 256 * 1024;

    /// <summary>Items of a list while it is changed over the control interface: each is shown with its value, and a change looks at all of them.</summary>
    public const int MaxResources = 5_000;
}
