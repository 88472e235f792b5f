using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Plans;

/// <summary>
/// Says all that is wrong with a plan before it comes into force: what cannot be read, names that nobody has, rules that no call can reach, ways that end with a caller left standing, numbers that cannot exist, plans that lead to each other.
/// </summary>
public static class PlanCheck
{
    /// <summary>Checks a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="owner">The plan's name.</param>
    /// <param name="names">What there is to be named.</param>
    public static IReadOnlyList<DocumentError> Check(string json, string owner, DocumentNames names)
    {
        ArgumentNullException.ThrowIfNull(names);
        DocumentErrors errors = new();
        if (PlanReader.Parse(json, owner, errors) is not { } plan || errors.All.Count > 0)
        {
            return errors.All;
        }

        string? always = null;
        foreach (PlanRule rule in plan.Rules)
        {
            if (always is not null && rule.Path != "$.default")
            {
                errors.Add(rule.Path, $"is never reached: rule \"{always}\" before it has no condition and ends the plan");
            }

            always ??= rule is { When: null, Stop: true } && rule.Path != "$.default" ? rule.Name : null;
            if (rule.When is { } condition)
            {
                CheckNames(PlanReferences.Of(condition, rule.Path + ".when"), names, errors);
            }

            CheckActions(rule.Then, rule.Path + ".then", rule, names, errors);
            foreach ((Calls.ActivityOutcome outcome, IReadOnlyList<CallAction> actions) in rule.Otherwise)
            {
                CheckActions(actions, $"{rule.Path}.else.{PlanReader.Outcomes.First(one => one.Value == outcome).Key}", rule, names, errors);
            }
        }

        CheckLoops(plan, owner, names, errors);
        return [.. errors.All.Distinct()];
    }

    /// <summary>What is wrong with actions that are carried out one after the other, wherever they stand.</summary>
    internal static void CheckActions(IReadOnlyList<CallAction> actions, string path, DocumentNames names, DocumentErrors errors)
    {
        for (int i = 0; i < actions.Count; i++)
        {
            string at = $"{path}[{i}]";
            CheckNames(PlanReferences.Of(actions[i], at), names, errors);
            foreach (RingTarget target in actions[i] switch { RingAction ring => ring.Targets, ForwardAction forward => [forward.To], _ => [] })
            {
                if (target.Number is { } number && (!NumberingPlans.TryParse(number, null, out PhoneNumber parsed) || parsed.Validity == NumberValidity.Impossible))
                {
                    errors.Add(at, $"{number} is of no possible length for its country");
                }
            }

            if (i < actions.Count - 1 && actions[i] is (RejectAction or HangupAction))
            {
                errors.Add($"{path}[{i + 1}]", "is never reached: the action before it ends the call");
            }
        }
    }

    private static void CheckActions(IReadOnlyList<CallAction> actions, string path, PlanRule rule, DocumentNames names, DocumentErrors errors)
    {
        CheckActions(actions, path, names, errors);
        bool goesOn = !rule.Stop && rule.Path != "$.default";
        if (goesOn)
        {
            return;
        }

        // What has told the caller nothing may not be the end: a queue or a menu has answered the call and leaves the caller in silence.
        switch (actions.Count == 0 ? null : actions[^1])
        {
            case null:
                errors.Add(path, "does nothing with the caller; add an action, or \"stop\": false where the rules behind it are to decide");
                break;
            case SetAction or TagAction or NotifyAction or RecordAction:
                errors.Add($"{path}[{actions.Count - 1}]", "leaves the caller standing: put an action behind it that leads the caller somewhere (ring, voicemail, announce, reject …), or \"stop\": false");
                break;
            case QueueAction or MenuAction when !path.Contains(".else.", StringComparison.Ordinal) && !rule.Otherwise.ContainsKey(Calls.ActivityOutcome.TimedOut):
                errors.Add($"{path}[{actions.Count - 1}]", "has no exit for callers who wait too long or choose nothing: put an action behind it, or \"else\" with timedOut or any");
                break;
            default:
                break;
        }
    }

    private static void CheckNames(IEnumerable<Reference> references, DocumentNames names, DocumentErrors errors)
    {
        foreach (Reference reference in references)
        {
            if (!names.Has(reference.Kind, reference.Name))
            {
                errors.Add(reference.Path, $"there is no {DocumentNames.Word(reference.Kind)} \"{reference.Name}\"{(reference.Kind is ReferenceKind.Plan or ReferenceKind.Menu ? " in force; publish it first" : "")}");
            }
        }
    }

    private static void CheckLoops(Plan plan, string owner, DocumentNames names, DocumentErrors errors)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string next, string path) in Led(plan))
        {
            if (FindWay(next, owner, names, seen) is { } way)
            {
                errors.Add(path, $"leads back to this plan: {owner} → {string.Join(" → ", way)}");
            }
        }
    }

    /// <summary>The plans from one to the owner, both included; null where there is no way.</summary>
    private static IReadOnlyList<string>? FindWay(string from, string owner, DocumentNames names, HashSet<string> seen)
    {
        if (from.Equals(owner, StringComparison.OrdinalIgnoreCase))
        {
            return [owner];
        }

        if (!seen.Add(from) || names.FindPlan(from) is not { } plan)
        {
            return null;
        }

        foreach ((string next, _) in Led(plan))
        {
            if (FindWay(next, owner, names, seen) is { } way)
            {
                return [from, .. way];
            }
        }

        return null;
    }

    private static IEnumerable<(string Plan, string Path)> Led(Plan plan)
        => plan.Rules.SelectMany(static rule => rule.Otherwise.Values.Append(rule.Then).SelectMany(static actions => actions).OfType<PlanAction>().Select(action => (action.Plan, rule.Path))).Distinct();
}
