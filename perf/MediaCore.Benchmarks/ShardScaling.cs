using System.Globalization;
using System.Text.Json;
using MediaCore.Engine;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;

namespace MediaCore.Benchmarks;

/// <summary>
/// Calls per second of two shards on two processors beside one shard on one, in turns: <c>--shards SECONDS [FILE]</c>. Whoever shares the machine disturbs wall
/// time more than processor time, so both are told: calls per second, and calls per second of processor time taken. The third of each turn is two shards that know nothing of each other,
/// which is what this machine gives at best: what they lose against one is memory, caches and the runtime's collector, what the pair loses against them is hand-over and sharing.
/// </summary>
internal static class ShardScaling
{
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Below this share of the wall time in processor time a shard was kept waiting by other programs. Asked of one shard, which leaves the other processor to them and to the collector; two have
    /// both, and what the collector takes of these is a part of what two shards cost.
    /// </summary>
    private const double QuietShare = 0.97;

    public static int Run(double seconds, string? path, TextWriter output)
    {
        if (Environment.ProcessorCount < 2)
        {
            output.WriteLine("Two processors are needed.");
            return 2;
        }

        using var one = new ShardGroup(1);
        using var two = new ShardGroup(2);
        using var apart = new ShardGroup(1);
        using var beside = new ShardGroup(1, processor: 1);
        int pairs = Math.Max(3, (int)(seconds / (3 * (s_round + ShardGroup.RunUp).TotalSeconds)));
        var rounds = new List<(ShardRound One, ShardRound Two, ShardRound Apart)>();
        for (int i = 0; i <= pairs; i++)
        {
            ShardRound first = ShardGroup.Measure(s_round, one);
            ShardRound second = ShardGroup.Measure(s_round, two);
            ShardRound third = ShardGroup.Measure(s_round, apart, beside);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? "warm-up" : i),-8} one {first}   two {second}   apart {third}   ratio {second.PerSecond / first.PerSecond:F2}, by CPU {2 * second.PerCpuSecond / first.PerCpuSecond:F2}, apart {2 * third.PerCpuSecond / first.PerCpuSecond:F2}"));
            if (i > 0)
            {
                rounds.Add((first, second, third));
            }
        }

        double ratio = Median(rounds.Select(static r => r.Two.PerSecond / r.One.PerSecond));
        double perCpu = Median(rounds.Select(static r => 2 * r.Two.PerCpuSecond / r.One.PerCpuSecond));
        double apartPerCpu = Median(rounds.Select(static r => 2 * r.Apart.PerCpuSecond / r.One.PerCpuSecond));
        bool isQuiet = Median(rounds.Select(static r => r.One.Share)) >= QuietShare;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Two shards / one shard: {ratio:F2} calls per second, {perCpu:F2} by processor time; two that share nothing {apartPerCpu:F2} by processor time (median of {rounds.Count} pairs)"));
        output.WriteLine(isQuiet ? "The machine was quiet." : "The machine was NOT quiet: the first figure says nothing, those by processor time little more than their order.");
        if (path is not null)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(
                new { ratio, ratioByCpu = perCpu, ratioApartByCpu = apartPerCpu, isQuiet, rounds = rounds.Select(static r => new { one = r.One.ToReport(), two = r.Two.ToReport(), apart = r.Apart.ToReport() }) },
                s_json));
        }

        return 0;
    }

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>What a group of shards did in a round.</summary>
internal readonly record struct ShardRound(int Shards, long Calls, long HandedOver, double Seconds, double CpuSeconds)
{
    public double PerSecond => Calls / Seconds;

    public double PerCpuSecond => Calls / CpuSeconds;

    /// <summary>Processor time of the shards' wall time.</summary>
    public double Share => CpuSeconds / (Shards * Seconds);

    public object ToReport() => new { calls = Calls, handedOver = HandedOver, seconds = Seconds, cpuSeconds = CpuSeconds };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{PerSecond,6:F0}/s {1e6 * CpuSeconds / Calls,5:F1} us CPU, {100 * Share,3:F0}% on, {(double)HandedOver / Calls,4:F2} handed over");
}

/// <summary>Shards that share what the engine's shards share, each on a thread and a processor of its own.</summary>
internal sealed class ShardGroup : IDisposable
{
    private readonly ScaledShard[] _shards;
    private readonly CallRecordJournal _records =
        new(new CallRecordJournalOptions { Folder = Directory.CreateTempSubdirectory("mediacore-shards-").FullName, MaxFileBytes = 16 << 20, MaxFilesKept = 1 });

    /// <summary>Before each round, for caches, and for the processors to take up speed.</summary>
    public static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.5);

    public ShardGroup(int count, int processor = 0)
    {
        var sessions = new SessionTable(1 << 16);
        var calls = new ScriptedCall[count * ScaledShard.CallsPerShard];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = new ScriptedCall(i);
        }

        _shards = new ScaledShard[count];
        for (int i = 0; i < count; i++)
        {
            _shards[i] = new ScaledShard(i, processor + i, _shards, calls, sessions, _records);
        }

        ShardStatistics[] statistics = [.. _shards.Select(static s => s.Context.Statistics)];
        var placement = new ShardPlacement(CallPlacement.Spread, statistics);
        foreach (ScaledShard shard in _shards)
        {
            shard.Context.AllStatistics = statistics;
            shard.Context.Placement = placement;
        }

        foreach (ScaledShard shard in _shards)
        {
            shard.Start();
        }
    }

    /// <summary>A round of groups at the same time, as of one.</summary>
    public static ShardRound Measure(TimeSpan span, params ShardGroup[] groups)
    {
        ScaledShard[] shards = [.. groups.SelectMany(static g => g._shards)];
        Array.ForEach(shards, static s => s.Resume());
        Thread.Sleep(RunUp);
        (long calls, long handedOver, double cpu) = Totals(shards);
        Timestamp start = MonotonicClock.Now;
        Thread.Sleep(span);
        (long callsAfter, long handedOverAfter, double cpuAfter) = Totals(shards);
        double seconds = (MonotonicClock.Now - start).TotalSeconds;
        Array.ForEach(shards, static s => s.Pause());
        if (callsAfter == calls)
        {
            throw new InvalidOperationException("No call has ended: " + string.Join("; ", shards.Select(static s => s.Problem)));
        }

        return new ShardRound(shards.Length, callsAfter - calls, handedOverAfter - handedOver, seconds, cpuAfter - cpu);
    }

    private static (long Calls, long HandedOver, double Cpu) Totals(ScaledShard[] shards) =>
        (shards.Sum(static s => s.Completed), shards.Sum(static s => Volatile.Read(ref s.Context.Statistics.HandedOver)), shards.Sum(static s => s.CpuSeconds));

    public void Dispose()
    {
        Array.ForEach(_shards, static s => s.Dispose());
        _records.Dispose();
    }
}
