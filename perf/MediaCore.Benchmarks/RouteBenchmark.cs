using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Benchmarks;

/// <summary>One decision by a rate sheet of a million prefixes and ten trunks, behind routes with hours and inbound trunks.</summary>
[MemoryDiagnoser]
public class RouteBenchmark : IAllocationSubject
{
    private const int Prefixes = 1_000_000;
    private readonly RouteTable _table;
    private readonly byte[][] _numbers;
    private readonly Trunk _inbound;
    private int _next;

    public RouteBenchmark()
    {
        Trunk[] trunks = [.. Enumerable.Range(0, 10).Select(static i => new Trunk { Name = $"carrier-{i}" })];
        var random = new Random(1);
        var entries = new RateEntry[Prefixes];
        for (int i = 0; i < entries.Length; i++)
        {
            // Seven digits each, one line per prefix, as the decks of wholesale carriers look.
            byte[] digits = Encoding.ASCII.GetBytes((1_000_000 + i).ToString(CultureInfo.InvariantCulture));
            ulong prefix = RatePrefix.TryParse(digits, out ulong packed) ? packed : throw new InvalidOperationException("Seven digits are a prefix.");
            entries[i] = new RateEntry(prefix, random.Next(1_000, 100_000), i + 1, (ushort)random.Next(trunks.Length), 1, 1);
        }

        var sheet = new RateSheet([.. trunks.Select(static t => t.Name)], entries);
        _inbound = trunks[0];
        _table = new RouteTable(trunks,
        [
            new RouteRule { Name = "own", To = NumberPattern.Parse("+1202555*"), InboundTrunks = new[] { "carrier-9" }.ToFrozenSet(), Trunks = [trunks[9]] },
            new RouteRule { Name = "least-cost", To = NumberPattern.Parse("+*"), Trunks = [.. trunks], Rates = sheet },
        ]);
        _numbers = [.. Enumerable.Range(0, 1024).Select(_ => Encoding.ASCII.GetBytes($"+{random.NextInt64(10_000_000_000, 20_000_000_000)}"))];
    }

    public string Name => "RouteTable.Decision";

    public void Run() => Decide();

    [Benchmark]
    public RoutePlan Decide() => _table.Route(new RouteRequest { Called = _numbers[_next++ & 1023], InboundTrunk = _inbound });
}
