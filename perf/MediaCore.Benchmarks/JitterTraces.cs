using System.Globalization;
using System.Text;
using System.Text.Json;
using MediaCore.Rtp.Jitter;
using MediaCore.Rtp.Tests.Jitter.Traces;

namespace MediaCore.Benchmarks;

/// <summary>The jitter buffer against the best fixed buffer in hindsight. Deterministic: it takes no time into account but the traces'.</summary>
internal static class JitterTraces
{
    private const ulong FileSeed = 100;
    private const int Packets = 9000;
    private const int HeldOutSeeds = 20;

    private static readonly int[] s_worths = [5, 10, 20, 40];

    private static readonly (TraceKind Kind, string File)[] s_kinds =
    [
        (TraceKind.WifiBursts, "wifi-bursts"),
        (TraceKind.MobileHandover, "mobile-handover"),
        (TraceKind.LanDrift, "lan-drift"),
        (TraceKind.SlowCongestion, "slow-congestion"),
        (TraceKind.BufferbloatSteps, "bufferbloat-steps"),
    ];

    /// <summary>Writes the five trace files.</summary>
    internal static int Write(string folder, TextWriter output)
    {
        foreach ((TraceKind kind, string file) in s_kinds)
        {
            string path = Path.Combine(folder, $"{file}.txt");
            File.WriteAllText(path, TraceGenerator.Create(kind, FileSeed, Packets).Format($"model {kind}, seed {FileSeed}, {Packets} packets; written by MediaCore.Benchmarks --jitter-traces"));
            output.WriteLine(path);
        }

        return 0;
    }

    /// <summary>Prints the tables, and writes the figures as JSON where asked to.</summary>
    internal static int Run(string folder, string? json, TextWriter output)
    {
        List<object> rows = [];
        StringBuilder table = new();
        table.AppendLine("| traces | 1 % is worth | ratio | worst | mean delay ms | best fixed ms | late loss | ratio if the fixed buffer drifts | speech scaled |");
        table.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (int worth in s_worths)
        {
            List<PlayoutResult> files = [];
            foreach ((_, string file) in s_kinds)
            {
                files.Add(PlayoutSimulation.Run(DelayTrace.Parse(file, File.ReadAllText(Path.Combine(folder, $"{file}.txt"))), Options(worth)));
                Add(table, rows, file, worth, [files[^1]]);
            }

            Add(table, rows, "the five files", worth, files);
        }

        foreach (int worth in s_worths)
        {
            List<PlayoutResult> all = [];
            foreach ((TraceKind kind, string file) in s_kinds)
            {
                List<PlayoutResult> results = [.. Enumerable.Range(301, HeldOutSeeds).Select(seed => PlayoutSimulation.Run(TraceGenerator.Create(kind, (ulong)seed, Packets), Options(worth)))];
                all.AddRange(results);
                Add(table, rows, $"{file}, {HeldOutSeeds} other seeds", worth, results);
            }

            Add(table, rows, $"all {all.Count} of other seeds", worth, all);
        }

        output.Write(table);
        if (json is not null)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }) + "\n");
        }

        return 0;
    }

    private static JitterBufferOptions Options(int worth) => new() { DelayPerLossPercentMilliseconds = worth };

    private static void Add(StringBuilder table, List<object> rows, string name, int worth, List<PlayoutResult> results)
    {
        double ratio = Math.Exp(results.Average(result => Math.Log(result.Ratio)));
        double drifting = Math.Exp(results.Average(result => Math.Log(result.DriftingRatio)));
        double worst = results.Max(result => result.Ratio);
        double mean = results.Average(result => result.MeanDelayMilliseconds);
        double @fixed = results.Average(result => result.FixedDelayMilliseconds);
        double late = results.Average(result => result.LateLoss);
        double scaled = results.Average(result => result.ScaledFraction);
        table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {worth} ms | {ratio:F3} | {worst:F3} | {mean:F1} | {@fixed:F1} | {late * 100:F2} % | {drifting:F3} | {scaled * 100:F1} % |");
        rows.Add(new { traces = name, delay_per_loss_percent_ms = worth, ratio, worst, mean_delay_ms = mean, best_fixed_ms = @fixed, late_loss = late, ratio_with_drifting_fixed = drifting, scaled_speech = scaled });
    }
}
