using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Plans;

/// <summary>The routing plans of tenants: drafts, what is wrong with them, and which revision is in force. What is published has passed <see cref="PlanCheck"/>; a roll-back as well, since what it names may be gone.</summary>
/// <param name="store">The database.</param>
/// <param name="isTrunk">Whether the tenant may use a trunk of a name; null where that is not known.</param>
public sealed class RoutingPlans(ServiceStore store, TrunkRule? isTrunk = null)
{
    /// <summary>Drafts, publishing and rolling back.</summary>
    public RevisionStore<RoutingPlan, RoutingPlanRevision> Revisions { get; } = new(store, "plan", checkWithin: async (context, owner, document) =>
        [.. PlanCheck.Check(document, owner.Name, await DocumentNames.ReadAsync(context, isTrunk)).Select(static error => error.ToString())]);

    /// <summary>All that keeps a document from coming into force; nothing where it may.</summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="name">Name of the plan that it is for.</param>
    /// <param name="document">The document.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<IReadOnlyList<DocumentError>> ValidateAsync(TenantScope scope, string name, string document, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(scope);
        return PlanCheck.Check(document, name, await DocumentNames.ReadAsync(context, isTrunk, cancellationToken));
    }
}
