using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Plans;

/// <summary>Says what keeps tenants' documents from coming into force; nothing where they may.</summary>
/// <param name="store">The database.</param>
/// <param name="isTrunk">Whether the tenant may use a trunk of a name; null where that is not known.</param>
public sealed class DocumentChecks(ServiceStore store, TrunkRule? isTrunk = null)
{
    private readonly RoutingPlans _plans = new(store, isTrunk);
    private readonly MenuStore _menus = new(store, isTrunk);

    /// <summary>Revisions of plans, which check again within the transaction that publishes.</summary>
    public RevisionStore<RoutingPlan, RoutingPlanRevision> Plans => _plans.Revisions;

    /// <summary>Revisions of menus; as <see cref="Plans"/>.</summary>
    public RevisionStore<Menu, MenuRevision> Menus => _menus.Revisions;

    /// <summary>A routing plan.</summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="owner">The plan.</param>
    /// <param name="document">What is to be in force.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<IReadOnlyList<DocumentError>> CheckPlanAsync(TenantScope scope, Guid owner, string document, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(scope);
        string name = await context.RoutingPlans.Where(row => row.Id == owner).Select(static row => row.Name).SingleOrDefaultAsync(cancellationToken) ?? "";
        return await _plans.ValidateAsync(scope, name, document, cancellationToken);
    }

    /// <summary>A menu; as <see cref="CheckPlanAsync"/>.</summary>
    public Task<IReadOnlyList<DocumentError>> CheckMenuAsync(TenantScope scope, Guid owner, string document, CancellationToken cancellationToken = default) => _menus.ValidateAsync(scope, document, cancellationToken);

    /// <summary>A queue's settings; as <see cref="CheckPlanAsync"/>.</summary>
    public async Task<IReadOnlyList<DocumentError>> CheckQueueAsync(TenantScope scope, Guid owner, string document, CancellationToken cancellationToken = default)
    {
        List<DocumentError> errors = [.. QueueSettings.Parse(new CallQueue { Settings = document }, out QueueRules rules)];
        await using ServiceContext context = store.Open(scope);
        DocumentNames names = await DocumentNames.ReadAsync(context, isTrunk, cancellationToken);
        if (rules.Schedule is { } schedule && !names.Has(ReferenceKind.Schedule, schedule))
        {
            errors.Add(new DocumentError("$.schedule", $"there is no schedule \"{schedule}\""));
        }

        if (rules.Callback?.Trunk is { } trunk && !names.Has(ReferenceKind.Trunk, trunk))
        {
            errors.Add(new DocumentError("$.callback.trunk", $"there is no trunk \"{trunk}\""));
        }

        var found = new DocumentErrors();
        foreach ((int i, OverflowStep step) in rules.Overflow.Index())
        {
            string path = $"$.overflow[{i}]";
            PlanCheck.CheckActions(step.Then, path + ".then", names, found);
            if (step.Queue is { } queue && !names.Has(ReferenceKind.Queue, queue))
            {
                found.Add(path + ".queue", $"there is no queue \"{queue}\"");
            }
        }

        errors.AddRange(found.All);
        return errors;
    }

    /// <summary>A voicemail box's settings; as <see cref="CheckPlanAsync"/>.</summary>
    public Task<IReadOnlyList<DocumentError>> CheckBoxAsync(TenantScope scope, Guid owner, string document, CancellationToken cancellationToken = default)
    {
        DocumentErrors errors = new();
        VoicemailSettings.Parse(document, errors);
        return Task.FromResult(errors.All);
    }
}
