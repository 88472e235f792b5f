using BenchmarkDotNet.Running;
using MediaCore.Benchmarks;

// --budgets FILE compares allocations with the budgets (seconds, for CI); anything else goes to BenchmarkDotNet (minutes, for a quiet machine).
if (args is ["--budgets", var path])
{
    return AllocationBudgets.Check(path, Console.Out);
}

if (args is ["--budgets", ..])
{
    Console.Error.WriteLine("usage: MediaCore.Benchmarks --budgets perf/AllocationBudgets.json");
    return 2;
}

BenchmarkSwitcher.FromAssembly(typeof(AllocationBudgets).Assembly).Run(args);
return 0;
