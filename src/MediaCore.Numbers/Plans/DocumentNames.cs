using System.Collections.Frozen;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Plans;

/// <summary>What documents of a tenant may name, as of one moment: what a document is checked against before it comes into force.</summary>
public sealed class DocumentNames
{
    private readonly FrozenDictionary<ReferenceKind, FrozenSet<string>> _names;
    private readonly FrozenDictionary<string, string> _plans;
    private readonly Func<string, bool>? _isTrunk;

    private DocumentNames(FrozenDictionary<ReferenceKind, FrozenSet<string>> names, FrozenDictionary<string, string> plans, Func<string, bool>? isTrunk)
        => (_names, _plans, _isTrunk) = (names, plans, isTrunk);

    /// <summary>Reads what the tenant of a context has.</summary>
    /// <param name="context">The database as the tenant sees it.</param>
    /// <param name="isTrunk">Whether there is a trunk of a name that the tenant may use; null where that is not known, and every name is taken.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<DocumentNames> ReadAsync(ServiceContext context, TrunkRule? isTrunk = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dictionary<ReferenceKind, FrozenSet<string>> names = new()
        {
            [ReferenceKind.Menu] = await Set(context.Menus.Where(static row => row.PublishedId != null).Select(static row => row.Name)),
            [ReferenceKind.Queue] = await Set(context.Queues.Select(static row => row.Name)),
            [ReferenceKind.Box] = await Set(context.VoicemailBoxes.Select(static row => row.Box)),
            [ReferenceKind.Schedule] = await Set(context.Schedules.Select(static row => row.Name)),
            [ReferenceKind.Extension] = await Set(context.Users.Where(static row => row.Extension != null).Select(static row => row.Extension!)),
            [ReferenceKind.User] = await Set(context.Users.Select(static row => row.Name)),
            [ReferenceKind.Prompt] = await Set(context.Prompts.Select(static row => row.Name)),
        };
        Guid tenantId = context.Scope.TenantId;
        Tenant? tenant = isTrunk is null ? null : await context.Tenants.AsNoTracking().SingleOrDefaultAsync(row => row.Id == tenantId, cancellationToken);
        var plans = await context.RoutingPlans.Join(context.RoutingPlanRevisions, static plan => plan.PublishedId, static revision => (Guid?)revision.Id, static (plan, revision) => new { plan.Name, revision.Document }).ToListAsync(cancellationToken);
        return new DocumentNames(names.ToFrozenDictionary(), plans.DistinctBy(static one => one.Name, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(static one => one.Name, static one => one.Document, StringComparer.OrdinalIgnoreCase), tenant is null ? null : name => isTrunk!(tenant, name));

        async Task<FrozenSet<string>> Set(IQueryable<string> query) => (await query.ToListAsync(cancellationToken)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether there is one of that name.</summary>
    public bool Has(ReferenceKind kind, string name) => kind switch
    {
        ReferenceKind.Plan => _plans.ContainsKey(name),
        ReferenceKind.Trunk => _isTrunk?.Invoke(name) ?? true,
        _ => _names[kind].Contains(name),
    };

    /// <summary>The revision of a plan that is in force; null for none.</summary>
    public Plan? FindPlan(string name) => _plans.TryGetValue(name, out string? document) ? PlanReader.Parse(document, name, new DocumentErrors()) : null;

    /// <summary>What is called what in messages.</summary>
    internal static string Word(ReferenceKind kind) => kind switch
    {
        ReferenceKind.Box => "voicemail box",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
