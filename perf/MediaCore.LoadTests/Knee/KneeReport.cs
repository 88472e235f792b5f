using System.Globalization;
using System.Text;
using System.Text.Json;
using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Knee;

/// <summary>The report of a search.</summary>
internal static class KneeReport
{
    public static async Task WriteAsync(LoadOptions options, ServiceLevel level, KneeResult result)
    {
        string text = Compose(options, level, result);
        await Console.Out.WriteLineAsync(text);
        if (options.Report.Length > 0)
        {
            await File.WriteAllTextAsync(options.Report + ".md", text);
            var steps = result.Steps.Concat(result.Beyond).Select(static s => new { s.Rate, s.Broken, s.Goodput, s.Result.SetUp, s.Result.Lateness, s.Result.RtpLateMilliseconds, s.Result.FailureShare, s.Result.LossShare, s.Result.ServerCpuSeconds, s.Result.WallSeconds, s.Result.PortsRefused, s.Result.Totals });
            await File.WriteAllTextAsync(options.Report + ".json", JsonSerializer.Serialize(new { options.Origin.Command, options.Origin.Commit, options.Origin.Machine, level, result.Knee, result.IsBound, result.IsOfPorts, result.RecoverySeconds, steps }, LoadReport.Json));
        }
    }

    private static string Compose(LoadOptions options, ServiceLevel level, KneeResult result)
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"# Knee: {string.Join(", ", options.Mix.Scenarios.Select(static s => s.Name))}\n\nLevel: set-up p99 at most {level.SetUpP99Milliseconds} ms from the intended moment, at most {level.Failures:P1} of calls failed, at most {level.Loss:P1} of packets lost. Poisson arrivals, {options.Arrivals.Seconds} s a rate. {LoadReport.Show(options.Origin)}.\n\n");
        text.Append(result.Knee == 0
            ? "**The level holds at no rate that was tried.**\n"
            : string.Create(culture, $"**The knee is {result.Knee:F1} calls/s**{(result.IsBound ? " or more: it is the highest rate that was asked for" : "")}. After a burst of twice the knee the level holds again {(double.IsNaN(result.RecoverySeconds) ? "not within the run" : string.Create(culture, $"{result.RecoverySeconds:F0} s later"))}, at half the knee.\n"));
        if (result.IsOfPorts)
        {
            text.Append("\n**That is no knee of the server: at the lowest rate that broke the level it had no media port for some sides of calls (media.ports; ulimit -n).**\n");
        }

        text.Append("\n| calls/s | | goodput/s | set-up p50 ms | p99 ms | failed | of them 503 | sides without a port | packets lost | begun late p99 ms | packets late ms | server CPU s |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (KneeStep s in result.Steps.Concat(result.Beyond))
        {
            text.Append(culture, $"| {s.Rate:F1} | {(s.Broken.Length == 0 ? "holds" : s.Broken)} | {s.Goodput:F1} | {s.Result.SetUp.P50 / 1000:F1} | {s.Result.SetUp.P99 / 1000:F1} | {s.Result.Totals.Failed} | {s.Result.Totals.Refused} | {s.Result.PortsRefused} | {s.Result.Totals.Sent - s.Result.Totals.Received} | {s.Result.Lateness.P99 / 1000:F1} | {s.Result.RtpLateMilliseconds:F1} | {s.Result.ServerCpuSeconds:F2} |\n");
        }

        return text.ToString();
    }
}
