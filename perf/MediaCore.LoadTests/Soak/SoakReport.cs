using System.Globalization;
using System.Text;
using System.Text.Json;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Soak;

/// <summary>The report: a table of minutes, what held and what did not.</summary>
internal static class SoakReport
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static async Task WriteAsync(SoakOptions options, SoakResult result)
    {
        string text = Compose(options, result);
        await Console.Out.WriteLineAsync(text);
        if (options.Report.Length > 0)
        {
            await File.WriteAllTextAsync(options.Report + ".md", text);

            // Without the paths of this machine.
            await File.WriteAllTextAsync(options.Report + ".json", JsonSerializer.Serialize(new { options = options with { Program = "", Report = "" }, result.Minutes, result.Totals, result.Checks }, s_json));
        }
    }

    private static string Compose(SoakOptions options, SoakResult result)
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"# Soak: {options.Calls} calls for {options.Minutes} minutes\n\n");
        text.Append(culture, $"{options.Transcoded} of them PCMU to Opus, callers with {(options.IsPlain ? "plain RTP" : "SRTP")}, 50 packets/s each way, mean duration {options.CallSeconds} s{(options.Chaos.Length > 0 ? $"; trouble of 20 s after 10 s of quiet, in turn: {options.Chaos}" : "")}. {LoadReport.Show(options.Origin)}.\n\n");
        text.Append(culture, $"Delays are between the generator's clock right before sendto and the kernel's own stamp of what arrives (SO_TIMESTAMPNS), so when the generator gets round to reading counts for nothing. ");
        text.Append(culture, $"Callers send the same packets, protected before the start; of the SRTP of a relayed call that comes back 1 packet in {RtpStream.CheckEvery} is authenticated, decrypted and compared, its first among them, and of the others the header is read.\n\n");
        text.Append("| | should hold | seen |\n|---|---|---|\n");
        foreach (Finding check in result.Checks)
        {
            text.Append(culture, $"| {(check.Holds ? "ok" : "**FAILED**")} | {check.What} | {check.Seen} |\n");
        }

        text.Append("\n| minute | talking | ended | failed | lost | delay p50 µs | p99 | p99.9 | max | generator late ms | server CPU % | generator CPU % | stolen % | resident MiB | heap MiB | whole collections | descriptors | port pairs | codecs |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (SoakMinute m in result.Minutes)
        {
            text.Append(culture, $"| {m.Minute} | {m.Talking} | {m.Ended} | {m.Failed} | {m.Lost} | {m.Latency.P50:F0} | {m.Latency.P99:F0} | {m.Latency.P999:F0} | {m.Latency.Max:F0} | {m.GeneratorLateMilliseconds:F1} | {m.CpuPercent:F0} | {m.GeneratorCpuPercent:F0} | {m.StolenPercent:F1} | {m.ResidentMebibytes:F1} | {m.HeapMebibytes:F1} | {m.Collections} | {m.Descriptors} | {m.PortsUsed} | {m.CodecsUsed} |\n");
        }

        return text.ToString();
    }
}
