using System.Collections.Frozen;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Configuration;

/// <summary>
/// Makes <see cref="TenantConfiguration"/>s of the database: first of all tenants, later of those of whom the audit tells a change. Rows that deletion has taken are told by it as well. Not thread-safe: owned by its feed.
/// </summary>
internal sealed class ConfigurationReader(ServiceStore store)
{
    /// <summary>Changed tenants that are read one by one; more are an import or a first start, and all are read again.</summary>
    internal const int MaxSingleTenants = 100;

    // As the audit names them.
    private static readonly string[] s_entities =
    [
        nameof(Tenant), nameof(RoutingPlan), nameof(RoutingPlanRevision), nameof(Menu), nameof(MenuRevision), nameof(Schedule), nameof(CallQueue), nameof(VoicemailBox), nameof(User), nameof(Prompt), nameof(SipAccount),
    ];

    private FrozenDictionary<Guid, TenantConfiguration> _current = FrozenDictionary<Guid, TenantConfiguration>.Empty;
    private long _seq = -1;

    /// <summary>What is in force now; null when nothing has changed.</summary>
    internal async Task<FrozenDictionary<Guid, TenantConfiguration>?> ReadAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);

        // Read before the rows: what is committed meanwhile is read now and again the next time, never missed.
        long seq = await context.State.AsNoTracking().Select(static row => row.Seq).SingleAsync(cancellationToken);
        if (seq == _seq)
        {
            return null;
        }

        Guid[]? changed = null;
        if (_seq >= 0)
        {
            long before = _seq;
            string[] entities = s_entities;
            changed = await context.Audit.AsNoTracking().Where(row => row.Seq > before && row.Seq <= seq && entities.Contains(row.Entity))
                .Select(static row => row.Entity == nameof(Tenant) ? row.EntityId : row.TenantId).Distinct().ToArrayAsync(cancellationToken);
            if (changed.Length == 0)
            {
                _seq = seq;
                return null;
            }
        }

        FrozenDictionary<Guid, TenantConfiguration> next;
        if (changed is { Length: <= MaxSingleTenants })
        {
            Dictionary<Guid, TenantConfiguration> all = new(_current);
            foreach (Guid tenant in changed)
            {
                all.Remove(tenant);
                foreach (TenantConfiguration one in await ReadAsync(context, tenant, seq, cancellationToken))
                {
                    all[tenant] = one;
                }
            }

            next = all.ToFrozenDictionary();
        }
        else
        {
            next = (await ReadAsync(context, null, seq, cancellationToken)).ToFrozenDictionary(static one => one.Tenant.Id);
        }

        (_current, _seq) = (next, seq);
        return next;
    }

    private static async Task<IEnumerable<TenantConfiguration>> ReadAsync(ServiceContext context, Guid? tenant, long seq, CancellationToken cancellationToken)
    {
        List<Tenant> tenants = await context.Tenants.AsNoTracking().Where(row => tenant == null || row.Id == tenant).ToListAsync(cancellationToken);
        ILookup<Guid, RoutingPlanRevision> plans = await Published(context.RoutingPlanRevisions);
        ILookup<Guid, RoutingPlan> planOwners = await Of(context.RoutingPlans);
        ILookup<Guid, MenuRevision> menus = await Published(context.MenuRevisions);
        ILookup<Guid, Menu> menuOwners = await Of(context.Menus);
        ILookup<Guid, Schedule> schedules = await Of(context.Schedules);
        ILookup<Guid, CallQueue> queues = await Of(context.Queues);
        ILookup<Guid, VoicemailBox> boxes = await Of(context.VoicemailBoxes);
        ILookup<Guid, User> users = await Of(context.Users);
        ILookup<Guid, Prompt> prompts = await Of(context.Prompts);
        ILookup<Guid, SipAccount> accounts = await Of(context.SipAccounts);
        return tenants.Select(row => new TenantConfiguration
        {
            Tenant = row,
            Version = seq,
            Plans = Documents(planOwners[row.Id], plans[row.Id]),
            Menus = Documents(menuOwners[row.Id], menus[row.Id]),
            Schedules = ByName(schedules[row.Id], static one => one.Name),
            Queues = ByName(queues[row.Id], static one => one.Name),
            Boxes = ByName(boxes[row.Id], static one => one.Box),
            Users = ByName(users[row.Id], static one => one.Name),
            Accounts = accounts[row.Id].Where(static one => !one.Disabled).Select(static one => one.Name).ToFrozenSet(StringComparer.Ordinal),
            Prompts = prompts[row.Id].GroupBy(static one => one.Name, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(static group => group.Key, static group => ByName(group, static one => one.Language), StringComparer.OrdinalIgnoreCase),
        });

        async Task<ILookup<Guid, T>> Of<T>(IQueryable<T> rows)
            where T : TenantRow => (await rows.AsNoTracking().Where(row => tenant == null || row.TenantId == tenant).ToListAsync(cancellationToken)).ToLookup(static row => row.TenantId);

        async Task<ILookup<Guid, T>> Published<T>(IQueryable<T> rows)
            where T : RevisionRow => (await rows.AsNoTracking().Where(row => row.State == RevisionState.Published && (tenant == null || row.TenantId == tenant)).ToListAsync(cancellationToken)).ToLookup(static row => row.TenantId);
    }

    private static FrozenDictionary<string, PublishedDocument> Documents(IEnumerable<RevisedRow> owners, IEnumerable<RevisionRow> revisions)
    {
        Dictionary<Guid, RevisionRow> byId = revisions.ToDictionary(static row => row.Id);
        return ByName(owners.Where(row => row.PublishedId is { } id && byId.ContainsKey(id)).Select(row => new PublishedDocument(row, byId[row.PublishedId!.Value])), static one => one.Owner.Name);
    }

    // Names are unique as the database compares them; where two differ in case alone the first has the name.
    private static FrozenDictionary<string, T> ByName<T>(IEnumerable<T> rows, Func<T, string> name)
        => rows.DistinctBy(name, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(name, StringComparer.OrdinalIgnoreCase);
}
