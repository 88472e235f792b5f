using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;

namespace MediaCore.Benchmarks;

/// <summary>
/// An inventory of so many numbers of a thousand tenants with ten plans each, and the same numbers in plain hash tables. Numbers are in blocks, as carriers hand them out, and are asked for in no order, so that each look-up misses the caches.
/// </summary>
internal sealed class NumberDecisions : IPlanSurroundings
{
    private const int Tenants = 1_000;
    private const int PlansEach = 10;
    private const ulong FirstNumber = 12_000_000_000;
    private const ulong Step = 7;
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly Trunk s_trunk = new() { Name = "carrier" };
    private readonly FrozenDictionary<Guid, TenantConfiguration> _configurations;
    private readonly FrozenDictionary<Guid, int> _ruleOfPlan;
    private readonly NumberSnapshot _snapshot = NumberSnapshot.Build(new InventoryView(0, [], 0, []), new RouteTable([], []), new NumbersOptions(), new PeerCache());
    private readonly RoutingTable _table;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal) { ["line"] = "1" };
    private readonly CallFacts _call = new() { CallId = "0-benchmark", TenantId = Tenant.PlatformId, Number = "+12025550100", Caller = "+12025550199" };

    /// <summary>Makes all of it.</summary>
    /// <param name="numbers">Numbers of the inventory.</param>
    /// <param name="asked">How many of them are asked for; a power of two.</param>
    /// <param name="hasTexts">Whether there is a plain table by the numbers' texts, too; at ten million numbers it takes 800 MB.</param>
    public NumberDecisions(int numbers, int asked, bool hasTexts)
    {
        var configurations = new Dictionary<Guid, TenantConfiguration>();
        var rules = new Dictionary<Guid, int>();
        var routes = new NumberRoute[Tenants * PlansEach];
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            var owner = new Tenant { Id = Guid.NewGuid() };
            var plans = new Dictionary<string, PublishedDocument>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < PlansEach; i++)
            {
                // The rule for the line holds in one of two; elsewhere it is the one for the caller's country.
                bool byLine = i % 2 == 0;
                var plan = new RoutingPlan { TenantId = owner.Id, Name = string.Create(CultureInfo.InvariantCulture, $"plan{i}") };
                var revision = new RoutingPlanRevision
                {
                    TenantId = owner.Id,
                    OwnerId = plan.Id,
                    Number = 1,
                    Document = $$"""
                        { "rules": [
                          { "name": "blocked", "when": { "caller": ["anonymous", "+44*", "+49151*"] }, "then": [] },
                          { "name": "line", "when": { "variable": "line", "is": "{{(byLine ? "1" : "2")}}" }, "then": [] },
                          { "name": "home", "when": { "all": [{ "caller": ["+1202*"] }, { "percent": 100 }] }, "then": [] } ],
                          "default": { "then": [] } }
                        """,
                };
                plans.Add(plan.Name, new PublishedDocument(plan, revision));
                rules.Add(plan.Id, byLine ? 1 : 2);
                routes[(tenant * PlansEach) + i] = new NumberRoute(owner.Id, AssignmentTarget.RoutingPlan, plan.Id, revision.Id, false);
            }

            configurations.Add(owner.Id, new TenantConfiguration { Tenant = owner, Plans = plans.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase) });
        }

        _configurations = configurations.ToFrozenDictionary();
        _ruleOfPlan = rules.ToFrozenDictionary();
        var random = new Random(1);
        var builder = new NumberTable.Builder(numbers);
        ByKey = new Dictionary<ulong, NumberRoute>(numbers);
        ByText = new Dictionary<string, NumberRoute>(hasTexts ? numbers : 0, StringComparer.Ordinal);
        for (int i = 0; i < numbers; i++)
        {
            ulong key = FirstNumber + ((ulong)i * Step);
            int route = random.Next(routes.Length);
            builder.Set(key, route);
            ByKey.Add(key, routes[route]);
            if (hasTexts)
            {
                ByText.Add(TextOf(key), routes[route]);
            }
        }

        _table = new RoutingTable(builder.Build(), NumberTable.Empty, routes, 1, numbers);
        Keys = new ulong[asked];
        Texts = new string[asked];
        Users = new byte[asked][];
        for (int i = 0; i < asked; i++)
        {
            Keys[i] = FirstNumber + ((ulong)random.Next(numbers) * Step);
            Texts[i] = TextOf(Keys[i]);
        }

        for (int i = 0; i < asked; i++)
        {
            Users[i] = Encoding.ASCII.GetBytes(Texts[i]);
        }
    }

    /// <summary>What is asked for, and the same as texts.</summary>
    public ulong[] Keys { get; }

    /// <summary>E.164 with <c>+</c>.</summary>
    public string[] Texts { get; }

    /// <summary>The same as the user part of a Request-URI has it.</summary>
    public byte[][] Users { get; }

    /// <summary>The plain hash table by the numbers' values.</summary>
    public Dictionary<ulong, NumberRoute> ByKey { get; }

    /// <summary>The plain hash table by the numbers' texts; empty where none is wanted.</summary>
    public Dictionary<string, NumberRoute> ByText { get; }

    /// <summary>Where calls to a number go.</summary>
    public NumberRoute? Find(ulong key) => _table.TryFind(key, out NumberRoute? route) ? route : null;

    /// <summary>The same by its text.</summary>
    public NumberRoute? Find(string number) => _table.TryFind(number, out NumberRoute? route) ? route : null;

    /// <summary>What a shard does at an INVITE: from the user part of its Request-URI to the engine's plan for the call.</summary>
    public RoutePlan Route(byte[] user) => _snapshot.Route(new RouteRequest { Called = user, InboundTrunk = s_trunk }, _table);

    /// <summary>What the number service does then: the number's route, its tenant's configuration, the plan in force, and which of its rules holds.</summary>
    public int Decide(string number)
    {
        if (!_table.TryFind(number, out NumberRoute? route) || !_configurations.TryGetValue(route.TenantId, out TenantConfiguration? configuration)
            || configuration.FindName(route.TargetId) is not { } name)
        {
            return -1;
        }

        return Plan.Of(configuration.Plans[name])
            .Decide(new PlanFacts { Call = _call, Configuration = configuration, Now = s_now, Language = "en", Variables = _variables, Around = this });
    }

    /// <summary>Whether all ways agree on all that is asked for, and whether numbers that are not there are not found.</summary>
    public string? FindProblem()
    {
        for (int i = 0; i < Keys.Length; i++)
        {
            NumberRoute expected = ByKey[Keys[i]];
            if (!ReferenceEquals(Find(Keys[i]), expected) || !ReferenceEquals(Find(Texts[i]), expected) || (ByText.Count > 0 && !ReferenceEquals(ByText[Texts[i]], expected)))
            {
                return $"{Texts[i]} leads elsewhere than in the plain table.";
            }

            if (Route(Users[i]) is not { RejectStatus: 0, Steps: [ControlStep] } plan || plan.Number != Texts[i])
            {
                return $"The engine's plan for {Texts[i]} is not that it is offered to the number service.";
            }

            if (Decide(Texts[i]) != _ruleOfPlan[expected.TargetId])
            {
                return $"{Texts[i]} is decided by another rule than that of its plan.";
            }

            if (Find(Keys[i] + 1) is not null || Decide(TextOf(Keys[i] + 1)) >= 0)
            {
                return $"The number behind {Texts[i]} is nobody's and was found.";
            }
        }

        return null;
    }

    QueueFigures? IPlanSurroundings.FindQueue(CallQueue queue) => null;

    bool IPlanSurroundings.IsRegistered(string account) => true;

    int IPlanSurroundings.CountCalls(string number) => 1;

    private static string TextOf(ulong key) => string.Create(CultureInfo.InvariantCulture, $"+{key}");
}
