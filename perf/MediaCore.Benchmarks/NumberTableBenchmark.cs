using BenchmarkDotNet.Attributes;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Routing;

namespace MediaCore.Benchmarks;

/// <summary>Where the calls to one of ten million numbers go, beside a plain hash table of as many keys (goal 16). Numbers are asked for in no order, so each look-up misses the caches.</summary>
[MemoryDiagnoser]
public class NumberTableBenchmark
{
    private const int Asked = 65_536;
    private readonly ulong[] _asked = new ulong[Asked];
    private RoutingTable _table = RoutingTable.Empty;
    private Dictionary<ulong, NumberRoute> _plain = [];
    private int _next;

    public static IEnumerable<int> Sizes => [1_000, 10_000_000];

    /// <summary>Numbers of the inventory.</summary>
    [ParamsSource(nameof(Sizes))]
    public int Numbers { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        // A thousand tenants with ten plans each; numbers in blocks, as carriers hand them out.
        NumberRoute[] routes = [.. Enumerable.Range(0, 10_000).Select(static _ => new NumberRoute(Guid.NewGuid(), AssignmentTarget.RoutingPlan, Guid.NewGuid(), Guid.NewGuid(), false))];
        var random = new Random(1);
        var builder = new NumberTable.Builder(Numbers);
        _plain = new Dictionary<ulong, NumberRoute>(Numbers);
        for (int i = 0; i < Numbers; i++)
        {
            ulong key = 12_000_000_000UL + (ulong)i * 7;
            int route = random.Next(routes.Length);
            builder.Set(key, route);
            _plain.Add(key, routes[route]);
        }

        _table = new RoutingTable(builder.Build(), NumberTable.Empty, routes, 1, Numbers);
        for (int i = 0; i < Asked; i++)
        {
            _asked[i] = 12_000_000_000UL + (ulong)random.Next(Numbers) * 7;
        }
    }

    [Benchmark(Baseline = true)]
    public NumberRoute? PlainHash() => _plain.GetValueOrDefault(_asked[_next++ & (Asked - 1)]);

    [Benchmark]
    public NumberRoute? Lookup() => _table.TryFind(_asked[_next++ & (Asked - 1)], out NumberRoute? route) ? route : null;
}
