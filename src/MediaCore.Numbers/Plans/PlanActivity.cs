using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;

namespace MediaCore.Numbers.Plans;

/// <summary>Follows a routing plan, in the revision that was in force when the call came.</summary>
/// <param name="name">The plan's name.</param>
public sealed class PlanActivity(string name) : CallActivity
{
    private Plan? _plan;
    private PlanWalk? _walk;

    /// <inheritdoc/>
    public override string Kind => "plan";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (!Call.Configuration.Plans.TryGetValue(name, out PublishedDocument? document))
        {
            Trace($"there is no plan \"{name}\" in force");
            Finish(new ActivityResult(ActivityOutcome.Failed, $"there is no plan \"{name}\" in force", 480, 31));
            return;
        }

        _plan = Plan.Of(document);
        _walk = new PlanWalk(_plan);
        Call.Pass(WaypointKinds.Plan, $"{name}@{document.Revision.Number}");
        Trace($"\"{name}\" revision {document.Revision.Number}");
        Go(null);
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        Trace($"{child.Kind}: {result.Outcome}{(result.Detail.Length > 0 ? $" ({result.Detail})" : "")}");
        Go(result);
    }

    private void Go(ActivityResult? last)
    {
        var facts = new PlanFacts
        {
            Call = Call.Facts,
            Configuration = Call.Configuration,
            Now = Now,
            Language = Call.Language,
            Variables = Call.Variables,
            Around = new PlanSurroundings(Call.Services),
        };
        if (_walk!.Next(facts, last, Note) is { } action)
        {
            Run(ActivityCatalog.Make(action, _walk.After));
        }
        else
        {
            Finish(_walk.Result);
        }
    }

    private void Note(PlanRule rule, int from)
    {
        string passed = string.Join(", ", _plan!.Rules.Skip(from).TakeWhile(one => one != rule).Select(static one => one.Name));
        Trace(passed.Length == 0 ? $"rule \"{rule.Name}\"" : $"rule \"{rule.Name}\"; not {passed}");
    }
}
