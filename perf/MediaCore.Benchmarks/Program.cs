using BenchmarkDotNet.Running;
using MediaCore.Benchmarks;

// --budgets FILE compares allocations with the budgets (seconds, for CI); anything else goes to BenchmarkDotNet (minutes, for a quiet machine).
if (args is ["--budgets", var path])
{
    return AllocationBudgets.Check(path, Console.Out);
}

// --repeat NAME SECONDS [FILE] runs matching benchmarks in turns in this process: for a profiler, and for a machine that is not quiet.
if (args is ["--repeat", var filter, var text, .. { Length: <= 1 } file] && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double seconds))
{
    return Repeat.Run(filter, seconds, Console.Out, file.FirstOrDefault());
}

if (args is ["--budgets", ..])
{
    Console.Error.WriteLine("usage: MediaCore.Benchmarks --budgets perf/AllocationBudgets.json");
    return 2;
}

BenchmarkSwitcher.FromAssembly(typeof(AllocationBudgets).Assembly).Run(args);
return 0;
