using BenchmarkDotNet.Attributes;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;

namespace MediaCore.Benchmarks;

/// <summary>Which rule of a routing plan a call follows (goal 16): rules with a prefix, a share and a variable each, of which the last holds.</summary>
[MemoryDiagnoser]
public class PlanBenchmark : IPlanSurroundings
{
    private Plan? _plan;
    private PlanFacts? _facts;

    /// <summary>Rules of the plan.</summary>
    [Params(10, 200, 1_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        IEnumerable<string> rules = Enumerable.Range(0, Rules).Select(i => $$"""{ "name": "r{{i}}", "when": { "all": [{ "caller": ["+1*", "+44{{i}}*"] }, { "percent": 100 }, { "variable": "x{{i}}", "is": "1" }] }, "then": [] }""");
        _plan = PlanReader.Parse($$"""{ "rules": [{{string.Join(", ", rules)}}], "default": { "then": [] } }""", "salt", new DocumentErrors());
        _facts = new PlanFacts
        {
            Call = new CallFacts { CallId = "0-benchmark", TenantId = Tenant.PlatformId, Number = "+12025550100", Caller = "+12025550199" },
            Configuration = new TenantConfiguration { Tenant = new Tenant() },
            Now = DateTimeOffset.UnixEpoch,
            Language = "en",
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { [$"x{Rules - 1}"] = "1" },
            Around = this,
        };
    }

    [Benchmark]
    public int Decide() => _plan!.Decide(_facts!);

    QueueFigures? IPlanSurroundings.FindQueue(CallQueue queue) => null;

    bool IPlanSurroundings.IsRegistered(string account) => true;

    int IPlanSurroundings.CountCalls(string number) => 1;
}
