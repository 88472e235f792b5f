using System.Collections.Frozen;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;

namespace MediaCore.Numbers.Tests.Plans;

/// <summary>A tenant with plans, and how things are around its calls, as a test says it.</summary>
internal sealed class PlanWorld : IPlanSurroundings
{
    public const string Number = "+12025550100";

    private readonly Dictionary<string, PublishedDocument> _plans = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, QueueFigures> Queues { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Registered { get; } = new(StringComparer.Ordinal);

    public int Calls { get; set; } = 1;

    public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Language { get; set; } = "en";

    public CallFacts Call { get; set; } = new() { CallId = "0-probe", TenantId = Guid.Empty, Number = Number, Caller = "+12025550199", Called = "12025550100" };

    public PlanWorld Plan(string name, string document)
    {
        var owner = new RoutingPlan { Name = name };
        _plans[name] = new PublishedDocument(owner, new RoutingPlanRevision { OwnerId = owner.Id, Number = 1, Document = document });
        return this;
    }

    public TenantConfiguration Configuration() => new()
    {
        Tenant = new Tenant { Id = Guid.Empty, Name = "test" },
        Plans = _plans.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
        Schedules = new[]
        {
            new Schedule { Name = "always", Override = ScheduleOverride.Open },
            new Schedule { Name = "never", Override = ScheduleOverride.Closed },
        }.ToFrozenDictionary(static row => row.Name, StringComparer.OrdinalIgnoreCase),
        Queues = new[] { new CallQueue { Name = "sales" } }.ToFrozenDictionary(static row => row.Name, StringComparer.OrdinalIgnoreCase),
        Users = new[] { new User { Name = "ann", Account = "ann-1" }, new User { Name = "bob", Account = "bob-1", Disabled = true } }.ToFrozenDictionary(static row => row.Name, StringComparer.OrdinalIgnoreCase),
    };

    public PlanFacts Facts() => new() { Call = Call, Configuration = Configuration(), Now = Now, Language = Language, Variables = Variables, Around = this };

    public static Plan Read(string document)
    {
        DocumentErrors errors = new();
        Plan? plan = PlanReader.Parse(document, "salt", errors);
        Assert.Empty(errors.All);
        return plan!;
    }

    public QueueFigures? FindQueue(CallQueue queue) => Queues.TryGetValue(queue.Name, out QueueFigures figures) ? figures : null;

    public bool IsRegistered(string account) => Registered.Contains(account);

    public int CountCalls(string number) => Calls;
}
