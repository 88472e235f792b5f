using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Queues;

/// <summary>An agent with the account of his phones.</summary>
internal sealed record RosterAgent(Agent Row, string Account);

/// <summary>What has changed of one tenant's queues and agents.</summary>
internal sealed record RosterChange(Guid TenantId)
{
    public List<CallQueue> Queues { get; } = [];

    public List<Guid> GoneQueues { get; } = [];

    public List<RosterAgent> Agents { get; } = [];

    public List<Guid> GoneAgents { get; } = [];

    public List<QueueMembership> Members { get; } = [];

    /// <summary>Schedules that are others than before: business hours, or an override.</summary>
    public List<Schedule> Schedules { get; } = [];

    /// <summary>Memberships that there are not any more, by their identifiers.</summary>
    public List<Guid> GoneMembers { get; } = [];
}

/// <summary>Reads queues, agents and memberships: all of them once, then those that the audit says have changed.</summary>
internal sealed class RosterReader(ServiceStore store)
{
    private static readonly string[] s_kinds = [nameof(CallQueue), nameof(Agent), nameof(QueueMembership), nameof(User), nameof(Schedule)];
    private long _seq = -1;

    /// <summary>What has changed since the last time; nothing is remembered where that fails.</summary>
    public async Task<IReadOnlyCollection<RosterChange>> ReadAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        long newest = await context.State.AsNoTracking().Select(static row => row.Seq).SingleAsync(cancellationToken);
        if (newest == _seq)
        {
            return [];
        }

        var changes = new Dictionary<Guid, RosterChange>();
        if (_seq < 0)
        {
            await ReadAllAsync(context, changes, cancellationToken);
        }
        else
        {
            await ReadChangedAsync(context, newest, changes, cancellationToken);
        }

        _seq = newest;
        return changes.Values;
    }

    private static async Task ReadAllAsync(ServiceContext context, Dictionary<Guid, RosterChange> changes, CancellationToken cancellationToken)
    {
        foreach (CallQueue queue in await context.Queues.AsNoTracking().ToListAsync(cancellationToken))
        {
            Of(changes, queue.TenantId).Queues.Add(queue);
        }

        Dictionary<Guid, User> users = await context.Users.AsNoTracking().Where(user => context.Agents.Any(agent => agent.UserId == user.Id)).ToDictionaryAsync(static user => user.Id, cancellationToken);
        foreach (Agent agent in await context.Agents.AsNoTracking().ToListAsync(cancellationToken))
        {
            Of(changes, agent.TenantId).Agents.Add(new RosterAgent(agent, AccountOf(users.GetValueOrDefault(agent.UserId))));
        }

        foreach (QueueMembership member in await context.QueueMemberships.AsNoTracking().OrderBy(static row => row.CreatedAtMs).ThenBy(static row => row.Id).ToListAsync(cancellationToken))
        {
            Of(changes, member.TenantId).Members.Add(member);
        }
    }

    private async Task ReadChangedAsync(ServiceContext context, long newest, Dictionary<Guid, RosterChange> changes, CancellationToken cancellationToken)
    {
        var changed = await context.Audit.AsNoTracking().Where(row => row.Seq > _seq && row.Seq <= newest && s_kinds.Contains(row.Entity))
            .Select(static row => new { row.Entity, row.EntityId, row.TenantId }).Distinct().ToListAsync(cancellationToken);
        foreach (var kind in changed.GroupBy(static row => row.Entity))
        {
            Dictionary<Guid, Guid> tenants = kind.DistinctBy(static row => row.EntityId).ToDictionary(static row => row.EntityId, static row => row.TenantId);
            foreach (Guid[] ids in tenants.Keys.Chunk(500))
            {
                switch (kind.Key)
                {
                    case nameof(CallQueue):
                        List<CallQueue> queues = await context.Queues.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancellationToken);
                        queues.ForEach(queue => Of(changes, queue.TenantId).Queues.Add(queue));
                        Gone(ids, queues, tenants, changes, static change => change.GoneQueues);
                        break;
                    case nameof(QueueMembership):
                        List<QueueMembership> members = await context.QueueMemberships.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancellationToken);
                        members.ForEach(member => Of(changes, member.TenantId).Members.Add(member));
                        Gone(ids, members, tenants, changes, static change => change.GoneMembers);
                        break;
                    case nameof(Schedule):
                        // A schedule that is gone is nothing to who waits: he came while it was there, and goes by it.
                        List<Schedule> schedules = await context.Schedules.AsNoTracking().Where(row => ids.Contains(row.Id) && context.Queues.Any(queue => queue.TenantId == row.TenantId)).ToListAsync(cancellationToken);
                        schedules.ForEach(schedule => Of(changes, schedule.TenantId).Schedules.Add(schedule));
                        break;
                    default:
                        List<Agent> agents = await context.Agents.AsNoTracking().Where(row => ids.Contains(row.Id) || ids.Contains(row.UserId)).ToListAsync(cancellationToken);
                        Guid[] userIds = [.. agents.Select(static agent => agent.UserId)];
                        Dictionary<Guid, User> users = await context.Users.AsNoTracking().Where(row => userIds.Contains(row.Id)).ToDictionaryAsync(static row => row.Id, cancellationToken);
                        agents.ForEach(agent => Of(changes, agent.TenantId).Agents.Add(new RosterAgent(agent, AccountOf(users.GetValueOrDefault(agent.UserId)))));
                        if (kind.Key == nameof(Agent))
                        {
                            Gone(ids, agents, tenants, changes, static change => change.GoneAgents);
                        }

                        break;
                }
            }
        }
    }

    private static void Gone<T>(Guid[] ids, List<T> found, Dictionary<Guid, Guid> tenants, Dictionary<Guid, RosterChange> changes, Func<RosterChange, List<Guid>> list)
        where T : Row
    {
        foreach (Guid id in ids.Except(found.Select(static row => row.Id)))
        {
            list(Of(changes, tenants[id])).Add(id);
        }
    }

    private static string AccountOf(User? user) => user is { Disabled: false, Account: { } account } ? account : "";

    private static RosterChange Of(Dictionary<Guid, RosterChange> changes, Guid tenant)
    {
        if (!changes.TryGetValue(tenant, out RosterChange? change))
        {
            changes.Add(tenant, change = new RosterChange(tenant));
        }

        return change;
    }
}
