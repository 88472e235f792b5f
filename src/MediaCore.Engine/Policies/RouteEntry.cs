using System.Collections.Immutable;
using System.Text;

namespace MediaCore.Engine.Policies;

/// <summary>A rule of the table with the plan or plans it leads to.</summary>
internal sealed class RouteEntry
{
    private readonly RoutePlan? _plan;
    private readonly RateTrie? _rates;

    /// <summary>Compiles a rule.</summary>
    /// <exception cref="ArgumentException">It neither routes nor refuses.</exception>
    public RouteEntry(RouteRule rule)
    {
        Rule = rule;
        if (rule.RejectStatus != 0)
        {
            _plan = new RoutePlan { Route = rule.Name, RejectStatus = rule.RejectStatus, RejectCause = rule.RejectCause };
        }
        else if (rule.Conference is { } room)
        {
            _plan = MakePlan(new ConferenceStep(room));
        }
        else if (rule is { Control: not null, Trunks.IsDefaultOrEmpty: true })
        {
            _plan = MakePlan();
        }
        else if (rule.Trunks.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"Route '{rule.Name}' has no trunks.", nameof(rule));
        }
        else if (rule.Rates is { } sheet)
        {
            _rates = RateTrie.Build(sheet, rule.Trunks, step => MakePlan(step), rule.RingTime);
        }
        else
        {
            _plan = MakePlan(new DialStep([.. rule.Trunks.Select(static trunk => new TrunkTarget(trunk))], Parallel: false, rule.RingTime) { Ranks = rule.Ranks });
        }
    }

    /// <summary>The rule.</summary>
    public RouteRule Rule { get; }

    /// <summary>What the rule says to a call; null when it does not match.</summary>
    public RoutePlan? Match(in RouteRequest request) =>
        Rule.To.IsMatch(request.Called) && (Rule.From is null || Rule.From.IsMatch(request.Caller)) && CameBy(request) && IsAccount(request) && IsOpen(request)
            ? GetPlan(request)
            : null;

    /// <summary>What the rule does with a call, whether it matches or not; null when its rates have no prefix of the number.</summary>
    public RoutePlan? GetPlan(in RouteRequest request) => _rates is null ? _plan : _rates.Find(request.Called);

    /// <summary>Why the rule matches or not, in words.</summary>
    public string Explain(in RouteRequest request) =>
        !Rule.To.IsMatch(request.Called) ? $"the number is not \"{Rule.To}\""
        : Rule.From is not null && !Rule.From.IsMatch(request.Caller) ? $"the caller is not \"{Rule.From}\""
        : !CameBy(request) ? $"the call did not come in by {string.Join(" or ", Rule.InboundTrunks.Order(StringComparer.Ordinal))}"
        : !IsAccount(request) ? $"the account is not {string.Join(" or ", Rule.Accounts.Select(static a => $"\"{a}\""))}"
        : !IsOpen(request) ? $"the time is not within {string.Join(" or ", Rule.Windows)}"
        : _rates is not null && _rates.Find(request.Called) is null ? "no prefix of the number is in its rates"
        : "matches";

    /// <summary>A plan of the rule: where its callers are offered to an application that comes first, and the rest is for those whom nobody claims.</summary>
    private RoutePlan MakePlan(RouteStep? step = null)
    {
        ImmutableArray<RouteStep>.Builder steps = ImmutableArray.CreateBuilder<RouteStep>();
        if (Rule.Control is { } control)
        {
            steps.Add(control);
        }

        if (step is not null)
        {
            steps.Add(step);
        }

        return new RoutePlan { Route = Rule.Name, Steps = steps.ToImmutable(), Record = Rule.Record };
    }

    private bool CameBy(in RouteRequest request) =>
        Rule.InboundTrunks.Count == 0 || (request.InboundTrunk is { } trunk && Rule.InboundTrunks.Contains(trunk.Name));

    private bool IsAccount(in RouteRequest request)
    {
        if (Rule.Accounts.IsEmpty)
        {
            return true;
        }

        Span<byte> name = stackalloc byte[256];
        if (request.Account is not { } account || !Encoding.UTF8.TryGetBytes(account, name, out int length))
        {
            return false;
        }

        foreach (NumberPattern pattern in Rule.Accounts)
        {
            if (pattern.IsMatch(name[..length]))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOpen(in RouteRequest request)
    {
        foreach (TimeWindow window in Rule.Windows)
        {
            if (window.Contains(request.Time))
            {
                return true;
            }
        }

        return Rule.Windows.IsEmpty;
    }
}
