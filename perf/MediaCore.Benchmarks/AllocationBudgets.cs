using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MediaCore.Benchmarks;

/// <summary>
/// Runs every <see cref="IAllocationSubject"/> and compares the bytes that one operation allocates with the file's budget. A subject without a budget
/// or a budget without a subject is a failure too, so neither can be forgotten.
/// </summary>
internal static class AllocationBudgets
{
    private const int MinWarmupRuns = 1_000;
    private const int MeasuredRuns = 10_000;

    // Long enough for the runtime to replace first-tier code (100 ms after the last first-tier compilation).
    private static readonly TimeSpan s_minWarmup = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_maxMeasured = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Prints a table; returns 0 when all budgets are kept, 1 when not, 2 when the file cannot be used.</summary>
    internal static int Check(string path, TextWriter output)
    {
        SortedDictionary<string, double>? budgets;
        try
        {
            using FileStream file = File.OpenRead(path);
            budgets = JsonSerializer.Deserialize<SortedDictionary<string, double>>(file, s_json);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            output.WriteLine($"The budgets cannot be read from {path}: {e.Message}");
            return 2;
        }

        if (budgets is null)
        {
            output.WriteLine($"{path} holds no budgets. It is a JSON object of names and bytes per operation.");
            return 2;
        }

        bool kept = true;
        output.WriteLine($"{"subject",-48} {"bytes/op",12} {"budget",12}");
        foreach (IAllocationSubject subject in Subjects())
        {
            bool isKnown = budgets.Remove(subject.Name, out double budget);
            double measured = Measure(subject, isKnown ? budget : double.MaxValue);
            if (!isKnown)
            {
                kept = false;
                output.WriteLine($"{subject.Name,-48} {Text(measured),12} {"none",12}  NO BUDGET");
                continue;
            }

            bool within = measured <= budget;
            kept &= within;
            output.WriteLine($"{subject.Name,-48} {Text(measured),12} {Text(budget),12}  {(within ? "ok" : "EXCESS")}");
        }

        foreach (string name in budgets.Keys)
        {
            kept = false;
            output.WriteLine($"{name,-48} {"none",12} {Text(budgets[name]),12}  NO SUBJECT");
        }

        return kept ? 0 : 1;
    }

    private static readonly JsonSerializerOptions s_json = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static IEnumerable<IAllocationSubject> Subjects() => typeof(AllocationBudgets).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IAllocationSubject)))
        .Select(type => (IAllocationSubject)Activator.CreateInstance(type, nonPublic: true)!)
        .OrderBy(subject => subject.Name, StringComparer.Ordinal);

    /// <summary>
    /// Bytes per run in steady state: batches until one keeps the budget. First-tier code boxes what later code does not, and on a busy machine the runtime replaces it late, so a batch above the budget
    /// is followed by others for as long as <see cref="s_patience"/>; the lowest counts.
    /// </summary>
    private static double Measure(IAllocationSubject subject, double budget)
    {
        Stopwatch clock = Stopwatch.StartNew();
        for (int runs = 0; runs < MinWarmupRuns || clock.Elapsed < s_minWarmup; runs++)
        {
            subject.Run();
        }

        double lowest = double.MaxValue;
        Stopwatch patience = Stopwatch.StartNew();
        do
        {
            clock.Restart();
            int measured = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (measured < MeasuredRuns && clock.Elapsed < s_maxMeasured)
            {
                subject.Run();
                measured++;
            }

            lowest = Math.Min(lowest, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / measured);
        }
        while (lowest > budget && patience.Elapsed < s_patience);

        return lowest;
    }

    private static string Text(double bytes) => bytes.ToString("0.##", CultureInfo.InvariantCulture);
}
