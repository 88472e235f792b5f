using BenchmarkDotNet.Attributes;
using MediaCore.Numbers.Routing;

namespace MediaCore.Benchmarks;

/// <summary>Where the calls to one of ten million numbers go, and by which rule, beside a plain hash table of as many keys (goal 16).</summary>
[MemoryDiagnoser]
public class NumberTableBenchmark : IAllocationSubject
{
    private const int Asked = 65_536;
    private NumberDecisions? _world;
    private int _next;

    public static IEnumerable<int> Sizes => [1_000, 10_000_000];

    /// <summary>Numbers of the inventory.</summary>
    [ParamsSource(nameof(Sizes))]
    public int Numbers { get; set; } = 1_000;

    public string Name => "Numbers.Decision";

    public void Run() => World.Decide(World.Texts[_next++ & (Asked - 1)]);

    [GlobalSetup]
    public void Prepare() => _world = new NumberDecisions(Numbers, Asked, hasTexts: false);

    [Benchmark(Baseline = true)]
    public NumberRoute? PlainHash() => World.ByKey.GetValueOrDefault(World.Keys[_next++ & (Asked - 1)]);

    [Benchmark]
    public NumberRoute? Lookup() => World.Find(World.Keys[_next++ & (Asked - 1)]);

    [Benchmark]
    public int Decide() => World.Decide(World.Texts[_next++ & (Asked - 1)]);

    private NumberDecisions World => _world ??= new NumberDecisions(Numbers, Asked, hasTexts: false);
}
