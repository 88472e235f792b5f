using System.Globalization;
using System.Text;
using System.Text.Json;
using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Control;

/// <summary>The report: what held and what did not, and the server meanwhile.</summary>
internal static class ControlReport
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static async Task WriteAsync(ControlOptions options, ControlResult result)
    {
        string text = Compose(options, result);
        await Console.Out.WriteLineAsync(text);
        if (options.Report.Length > 0)
        {
            await File.WriteAllTextAsync(options.Report + ".md", text);

            // Without the paths of this machine.
            await File.WriteAllTextAsync(options.Report + ".json", JsonSerializer.Serialize(new { options = options with { Program = "", Report = "" }, result.Findings, result.Invites, result.Byes, result.Lateness, result.Moments }, s_json));
        }
    }

    private static string Compose(ControlOptions options, ControlResult result)
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"# Control: {options.CallsPerSecond} calls a second for {options.Seconds} seconds over one session\n\n");
        text.Append(culture, $"Each call is originated, answered, sent a digit and hung up by commands. Times are from the moment at which the command was due (originate) or queued (hangup) to the request at the callee's socket, so that what waits for the stream counts, without those of {options.WarmUp} seconds before, in which the runtime compiles; their calls count for everything else. {LoadReport.Show(options.Origin)}.\n\n");
        text.Append(culture, $"The controller queued its calls late by p50 {result.Lateness.P50:F0}, p99 {result.Lateness.P99:F0}, max {result.Lateness.Max:F0} µs, which is in the times to the INVITE.\n\n");
        text.Append("| | should hold | seen |\n|---|---|---|\n");
        foreach (Finding finding in result.Findings)
        {
            text.Append(culture, $"| {(finding.Holds ? "ok" : "**FAILED**")} | {finding.What} | {finding.Seen} |\n");
        }

        text.Append("\n| second | calls | server CPU % | resident MiB | heap MiB | events |\n|---|---|---|---|---|---|\n");
        foreach (ControlMoment m in result.Moments)
        {
            text.Append(culture, $"| {m.Second} | {m.ActiveCalls} | {m.CpuPercent:F0} | {m.ResidentMebibytes:F1} | {m.HeapMebibytes:F1} | {m.Events} |\n");
        }

        return text.ToString();
    }
}
