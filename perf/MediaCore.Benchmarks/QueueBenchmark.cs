using BenchmarkDotNet.Attributes;
using MediaCore.Numbers.Queues;

namespace MediaCore.Benchmarks;

/// <summary>A caller comes to a queue and is given to an agent, by how many agents there are (goal 16).</summary>
[MemoryDiagnoser]
public class QueueBenchmark : IAllocationSubject
{
    private QueueDecisions? _longestIdle;
    private QueueDecisions? _roundRobin;
    private QueueDecisions? _random;

    public static IEnumerable<int> Sizes => [1_000, 100_000];

    /// <summary>Agents who have signed in.</summary>
    [ParamsSource(nameof(Sizes))]
    public int Agents { get; set; } = 1_000;

    public string Name => "QueueCore.Caller";

    public void Run() => LongestIdle();

    [GlobalSetup]
    public void Prepare()
    {
        _longestIdle = new QueueDecisions(Agents, QueueStrategy.LongestIdle);
        _roundRobin = new QueueDecisions(Agents, QueueStrategy.RoundRobin);
        _random = new QueueDecisions(Agents, QueueStrategy.Random);
    }

    [Benchmark(Baseline = true)]
    public void LongestIdle() => (_longestIdle ??= new QueueDecisions(Agents, QueueStrategy.LongestIdle)).Turn();

    [Benchmark]
    public void RoundRobin() => _roundRobin!.Turn();

    [Benchmark]
    public void Random() => _random!.Turn();
}
