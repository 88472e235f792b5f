using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Lookups;

/// <summary>Figures of look-ups.</summary>
internal static class LookupMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");

    /// <summary>Look-ups by what came of them: <c>answered</c>, <c>failed</c> (status, JSON, connection), <c>refused</c> (the address), <c>timed_out</c>, <c>busy</c>.</summary>
    private static readonly Counter<long> Lookups = Meter.CreateCounter<long>("mediacore.numbers.lookups", "{lookup}", "Questions of menus to web servers, by what came of them.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (string result in (ReadOnlySpan<string>)["answered", "failed", "refused", "timed_out", "busy"])
        {
            Lookups.Add(0, new KeyValuePair<string, object?>("result", result));
        }
    }

    internal static void Count(string result) => Lookups.Add(1, new KeyValuePair<string, object?>("result", result));
}
