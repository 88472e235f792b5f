using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Load;

/// <summary>The report of a run: Markdown to read, JSON to compute with, HTML with plots.</summary>
internal static class LoadReport
{
    /// <summary>How reports are written.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,

        // What is not known of a server is not 0.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static async Task WriteAsync(LoadOptions options, LoadResult result)
    {
        string text = Compose(options, result);
        await Console.Out.WriteLineAsync(text);
        if (options.Report.Length > 0)
        {
            await File.WriteAllTextAsync(options.Report + ".md", text);
            await File.WriteAllTextAsync(options.Report + ".json", JsonSerializer.Serialize(
                new { options.Origin.Command, options.Origin.Commit, options.Origin.Machine, arrivals = options.Arrivals, result.IsWhole, result.FailureShare, result.LossShare, result.SetUp, result.OthersPart, result.Ringing, result.TearDown, result.Lateness, result.RtpLateMilliseconds, result.Left, result.GeneratorCpuSeconds, result.ServerCpuSeconds, result.PortsRefused, result.WallSeconds, result.Totals, result.Scenarios, result.Seconds, result.Begun },
                Json));
            await File.WriteAllTextAsync(options.Report + ".html", HtmlReport.Compose($"Load: {options.Origin.Command}", Show(options.Origin), result, Sums(result)));
        }
    }

    /// <summary>What was run, of which sources, on what.</summary>
    public static string Show(Origin origin) => $"`{origin.Command}` at {origin.Commit}; {origin.Machine}; the generator runs on it too";

    /// <summary>The sums of a run: what and how much.</summary>
    private static List<(string What, string Seen)> Sums(LoadResult result)
    {
        CallTotals t = result.Totals;
        List<(string, string)> sums =
        [
            ("calls", Text($"{t.Started} begun, {t.Answered} answered, {t.Ended} went as their scenario says, {t.Failed} failed ({t.Refused} of them refused with 503), {result.Left} had not ended")),
            ("goodput", Text($"{t.Ended / Math.Max(result.WallSeconds, 1e-3):F1} calls/s over {result.WallSeconds:F1} s, the tail included")),
            ("set-up, from the intended moment", Show(result.SetUp)),
            ("of it not the generator's own (lateness, turns, callees' ringing)", Show(result.OthersPart)),
            ("first 18x, from the intended moment", Show(result.Ringing)),
            ("BYE to its answer", Show(result.TearDown)),
            ("how late the generator began calls (part of set-up and 18x)", Show(result.Lateness)),
            ("retransmissions", Text($"{t.Retransmissions}")),
        ];
        if (t.Sides > 0)
        {
            sums.Add(("packets", Text($"{t.Received} of {t.Sent} came, {t.Altered} altered, {t.Unauthentic} not authentic, {t.SendErrors} not sent; {t.TranscodedReceived} of {t.TranscodedSent} transcoded")));
            sums.Add(("how late the generator sent packets at most (no part of their delay)", Text($"{result.RtpLateMilliseconds:F2} ms")));
            sums.Add(("sides of calls that heard nothing", Text($"{t.SilentSides} of {t.Sides}; {t.MuteSides} sent nothing")));
        }

        if (t.TranscodedSent > 0)
        {
            sums.Add(("the other side's tone in transcoded calls", Text($"{t.ToneWindows} of {t.Windows} tenths of a second, {t.Undecoded} packets could not be decoded{(TranscodedSound.IsHeard(t) ? "" : ": **not heard**")}{(TranscodedSound.IsDelivered(t) ? "" : "; **not as many packets as were sent**")}")));
        }

        if (result.PortsRefused > 0)
        {
            sums.Add(("sides that the server had no media port for", Text($"**{result.PortsRefused}**: what was measured is its range of ports (media.ports), or the files that it may have open (ulimit -n)")));
        }

        if (!double.IsNaN(result.ServerCpuSeconds))
        {
            sums.Add(("server's processor time", Text($"{result.ServerCpuSeconds:F2} s, {1000 * result.ServerCpuSeconds / Math.Max(1, t.Ended):F3} ms per call")));
        }

        sums.Add(("generator's processor time", Text($"{result.GeneratorCpuSeconds:F2} s, {1000 * result.GeneratorCpuSeconds / Math.Max(1, t.Ended):F3} ms per call")));
        sums.AddRange(t.Problems.Select(static p => ("failed", Text($"{p.Value} × {p.Key}"))));
        return sums;
    }

    private static string Compose(LoadOptions options, LoadResult result)
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"# Load: {options.Arrivals.Shape.ToString().ToLowerInvariant()} arrivals, {options.Arrivals.Rate}/s for {options.Arrivals.Seconds} s\n\n{Show(options.Origin)}.\n\n| | |\n|---|---|\n");
        foreach ((string what, string seen) in Sums(result))
        {
            text.Append(culture, $"| {what} | {seen} |\n");
        }

        text.Append("\n| scenario | begun | ended | failed | set-up |\n|---|---|---|---|---|\n");
        foreach (ScenarioResult s in result.Scenarios)
        {
            text.Append(culture, $"| {s.Name} | {s.Started} | {s.Ended} | {s.Failed} | {Show(s.SetUp)} |\n");
        }

        text.Append("\n| second | begun | answered | failed | 503 | up | again | lost | set-up p50 ms | p99 ms | media p99 ms | packets late ms | server CPU % | generator CPU % | stolen % | MiB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (LoadSecond s in result.Seconds)
        {
            text.Append(culture, $"| {s.Second:F0} | {s.Started} | {s.Answered} | {s.Failed} | {s.Refused} | {s.Up} | {s.Retransmissions} | {s.Lost} | {s.SetUp.P50 / 1000:F1} | {s.SetUp.P99 / 1000:F1} | {s.Media.P99 / 1000:F1} | {s.RtpLateMilliseconds:F1} | {s.CpuPercent:F0} | {s.GeneratorCpuPercent:F0} | {s.StolenPercent:F1} | {s.ResidentMebibytes:F0} |\n");
        }

        return text.ToString();
    }

    private static string Show(LatencySummary l) => l.Count == 0 ? "none" : Text($"p50 {l.P50 / 1000:F2}, p99 {l.P99 / 1000:F2}, p99.9 {l.P999 / 1000:F2}, max {l.Max / 1000:F2} ms ({l.Count})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
