using System.Diagnostics.Metrics;

namespace MediaCore.Control.Authentication;

/// <summary>Figures of authentication; see runbook.md.</summary>
internal static class AuthenticationMetrics
{
    private static readonly Meter s_meter = new("MediaCore.Control.Authentication");
    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>("mediacore.control.authentication.refused", "{call}", "Calls refused for their credentials, by reason.");

    /// <summary>Reasons that calls are refused for.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["missing", "wrong", "scope", "rate"];

    public static void CountRefused(string reason) => s_refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>An alert on them finds a 0.</summary>
    public static void Publish()
    {
        foreach (string reason in Reasons)
        {
            s_refused.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }
}
