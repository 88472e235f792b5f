using System.Globalization;
using MediaCore.Engine.CallRecords;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Benchmarks;

/// <summary>What a held call is made of: the growth of the managed heap from half of the calls to all of them, and the types that it consists of.</summary>
internal static class HeldCalls
{
    /// <summary>Longer than any transaction lives.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(2);

    /// <summary>Measures; 0.</summary>
    public static int Run(int calls, TextWriter output)
    {
        using CallRecordJournal journal = new(new CallRecordJournalOptions { Folder = Directory.CreateTempSubdirectory("mediacore-benchmark-").FullName, MaxFileBytes = 1 << 20, MaxFilesKept = 1 });
        CallScenario scenario = new(journal, NullLoggerFactory.Instance, calls);
        int half = calls / 2;
        Hold(scenario, half);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var shapeBefore = HeapShape.Measure(scenario.Root);
        Hold(scenario, calls - half);
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var shape = HeapShape.Measure(scenario.Root);
        double each = calls - half;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.ActiveCalls} calls held; {bytes / each:F0} bytes of the managed heap a call"));
        output.WriteLine("| type | objects a call | bytes a call |\n|---|---|---|");
        foreach ((Type type, (long count, long total)) in shape.OrderByDescending(entry => entry.Value.Bytes - shapeBefore.GetValueOrDefault(entry.Key).Bytes))
        {
            (long count, long bytes) grown = (count - shapeBefore.GetValueOrDefault(type).Count, total - shapeBefore.GetValueOrDefault(type).Bytes);
            if (grown.bytes / each >= 8)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {type} | {grown.count / each:F1} | {grown.bytes / each:F0} |"));
            }
        }

        GC.KeepAlive(scenario);
        return 0;
    }

    private static void Hold(CallScenario scenario, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            scenario.HoldCall();
        }

        scenario.Pass(s_rest);
    }
}
