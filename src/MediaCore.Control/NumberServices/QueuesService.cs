using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Queues</c>.</summary>
/// <param name="store">The database.</param>
/// <param name="check">Says what is wrong with the settings of a queue.</param>
/// <param name="desks">The queues of this server; null where it runs none.</param>
/// <param name="time">The clock of watches.</param>
public sealed class QueuesService(ServiceStore store, DocumentCheck check, QueueDesks? desks, TimeProvider time) : Queues.QueuesBase
{
    /// <summary>A day: nobody waits, rings or writes notes for longer.</summary>
    private const int MaxSeconds = 86_400;

    private readonly Rows<Model.CallQueue> _rows = new(store, "queue", static row => row.Name);
    private readonly Rows<Model.QueueMembership> _members = new(store, "membership");
    private readonly AgentRows _agents = new(store);
    private int _watches;

    /// <inheritdoc/>
    public override async Task<ListQueuesResponse> ListQueues(PageRequest request, ServerCallContext context)
    {
        (List<Model.CallQueue> rows, string next) = await _rows.ListAsync(context, request.PageSize, request.PageToken);
        return new ListQueuesResponse { Queues = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override Task<Queue> GetQueue(EntityRequest request, ServerCallContext context) => _rows.GetAsync(context, request.Id, ToMessage);

    /// <inheritdoc/>
    public override async Task<Queue> CreateQueue(QueueChange request, ServerCallContext context) => ToMessage(await _rows.CreateAsync(context, async _ =>
    {
        var row = new Model.CallQueue { Name = ApiMapping.Name(request.Name) };
        await ApplyAsync(row, request, context);
        return row;
    }));

    /// <inheritdoc/>
    public override async Task<Queue> UpdateQueue(QueueChange request, ServerCallContext context)
        => ToMessage(await _rows.ChangeAsync(context, request.Id, request.Etag, (_, row) => ApplyAsync(row, request, context)));

    /// <inheritdoc/>
    public override Task<Done> DeleteQueue(DeleteEntityRequest request, ServerCallContext context) => _rows.DeleteAsync(context, request.Id, request.Etag, async (database, row) =>
    {
        if (await database.QueueEntries.AnyAsync(entry => entry.QueueId == row.Id && entry.State == Model.QueueEntryState.Waiting, context.CancellationToken))
        {
            throw ApiErrors.Precondition("Callers wait in this queue.");
        }

        if (await database.Assignments.AnyAsync(each => each.TargetId == row.Id && (each.UntilMs == null || each.UntilMs > store.NowMs), context.CancellationToken))
        {
            throw ApiErrors.Precondition("A number leads to this queue: assign it elsewhere first.");
        }

        // Deleted here and not by the database, so that the audit has them.
        database.RemoveRange(await database.QueueMemberships.Where(member => member.QueueId == row.Id).ToListAsync(context.CancellationToken));
    });

    /// <inheritdoc/>
    public override async Task<ListMembersResponse> ListMembers(ListMembersRequest request, ServerCallContext context)
    {
        Guid? queue = request.Queue.Length > 0 ? await _rows.GetAsync(context, request.Queue, static row => row.Id) : null;
        (List<Model.QueueMembership> rows, string next) = await _members.ListAsync(context, request.PageSize, request.PageToken, rows => queue is { } one ? rows.Where(row => row.QueueId == one) : rows);
        return new ListMembersResponse { Members = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<Member> SetMember(MemberChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        return ToMessage(ApiErrors.Take(await store.ChangeAsync<Model.QueueMembership>(caller.Scope, caller.Origin("membership.set"), async database =>
        {
            Model.CallQueue queue = await _rows.FindAsync(database, caller, request.Queue, context.CancellationToken, "queue");
            Model.Agent agent = await _agents.FindAsync(database, caller, request.Agent, context.CancellationToken, "agent");
            Model.QueueMembership? row = await database.QueueMemberships.SingleOrDefaultAsync(each => each.QueueId == queue.Id && each.AgentId == agent.Id, context.CancellationToken);
            if (row is null)
            {
                row = new Model.QueueMembership { TenantId = caller.TenantId, QueueId = queue.Id, AgentId = agent.Id };
                database.Add(row);
            }

            row.Tier = request.HasTier ? ApiMapping.Number(request.Tier, 1, 100, "tier") : row.Tier;
            row.Penalty = request.HasPenalty ? ApiMapping.Number(request.Penalty, 0, 1000, "penalty") : row.Penalty;
            row.Paused = request.HasPaused ? request.Paused : row.Paused;
            return row;
        }, context.CancellationToken)));
    }

    /// <inheritdoc/>
    public override async Task<Done> RemoveMember(RemoveMemberRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        ApiErrors.Take(await store.ChangeAsync<bool>(caller.Scope, caller.Origin("membership.remove"), async database =>
        {
            Model.CallQueue queue = await _rows.FindAsync(database, caller, request.Queue, context.CancellationToken, "queue");
            Model.Agent agent = await _agents.FindAsync(database, caller, request.Agent, context.CancellationToken, "agent");
            database.Remove(
                await database.QueueMemberships.SingleOrDefaultAsync(each => each.QueueId == queue.Id && each.AgentId == agent.Id, context.CancellationToken)
                ?? throw ApiErrors.NotFound("The agent is not in this queue."));
            return true;
        }, context.CancellationToken));
        return new Done();
    }

    /// <inheritdoc/>
    public override async Task<Live> GetLive(LiveRequest request, ServerCallContext context)
    {
        LiveView view = await ViewAsync(request, context);
        return await view.ReadAsync(context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task WatchLive(LiveRequest request, IServerStreamWriter<Live> responseStream, ServerCallContext context)
    {
        LiveView view = await ViewAsync(request, context);
        int seconds = request.EverySeconds == 0 ? 1 : ApiMapping.Number(request.EverySeconds, 1, 60, "every_seconds");
        if (Interlocked.Increment(ref _watches) > ApiLimits.MaxWatches)
        {
            Interlocked.Decrement(ref _watches);
            throw ApiErrors.TooMany($"There are {ApiLimits.MaxWatches} watches of queues already.", TimeSpan.FromSeconds(seconds));
        }

        try
        {
            using PeriodicTimer timer = new(TimeSpan.FromSeconds(seconds), time);
            Live? before = null;
            do
            {
                Live now = await view.ReadAsync(context.CancellationToken);
                if (before is null || !LiveView.AreAlike(before, now))
                {
                    await responseStream.WriteAsync(now, context.CancellationToken);
                    before = now;
                }
            }
            while (await timer.WaitForNextTickAsync(context.CancellationToken));
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // Whoever watched is gone, or the server ends.
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
    }

    private async Task<LiveView> ViewAsync(LiveRequest request, ServerCallContext context)
    {
        string? queue = request.Queue.Length > 0 ? await _rows.GetAsync(context, request.Queue, static row => row.Name) : null;
        return new LiveView(store, desks ?? throw ApiErrors.Precondition("This server runs no queues."), ApiCaller.Of(context), queue, time);
    }

    private async Task ApplyAsync(Model.CallQueue row, QueueChange request, ServerCallContext context)
    {
        row.Name = request.HasName ? ApiMapping.Name(request.Name) : row.Name;
        row.Strategy = request.HasStrategy ? ApiMapping.Name(request.Strategy, "strategy") : row.Strategy;
        row.MaxEntries = request.HasMaxEntries ? ApiMapping.Number(request.MaxEntries, 1, 100_000, "max_entries") : row.MaxEntries;
        row.MaxWaitSeconds = request.HasMaxWaitSeconds ? ApiMapping.Number(request.MaxWaitSeconds, 0, MaxSeconds, "max_wait_seconds") : row.MaxWaitSeconds;
        row.RingSeconds = request.HasRingSeconds ? ApiMapping.Number(request.RingSeconds, 1, 180, "ring_seconds") : row.RingSeconds;
        row.WrapUpSeconds = request.HasWrapUpSeconds ? ApiMapping.Number(request.WrapUpSeconds, 0, MaxSeconds, "wrap_up_seconds") : row.WrapUpSeconds;
        row.ServiceLevelSeconds = request.HasServiceLevelSeconds ? ApiMapping.Number(request.ServiceLevelSeconds, 1, MaxSeconds, "service_level_seconds") : row.ServiceLevelSeconds;
        row.Priority = request.HasPriority ? ApiMapping.Number(request.Priority, -1000, 1000, "priority") : row.Priority;
        row.Settings = request.HasSettings ? ApiMapping.Json(request.Settings, "settings") : row.Settings;
        if ((request.HasSettings || request.HasStrategy)
            && await check(ApiCaller.Of(context).Scope, row.Id, row.Settings, context.CancellationToken) is { Count: > 0 } errors)
        {
            throw ApiErrors.Invalid(errors);
        }
    }

    private static Queue ToMessage(Model.CallQueue row) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        Name = row.Name,
        Strategy = row.Strategy,
        MaxEntries = row.MaxEntries,
        MaxWaitSeconds = row.MaxWaitSeconds,
        RingSeconds = row.RingSeconds,
        WrapUpSeconds = row.WrapUpSeconds,
        ServiceLevelSeconds = row.ServiceLevelSeconds,
        Priority = row.Priority,
        Settings = row.Settings,
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };

    private static Member ToMessage(Model.QueueMembership row) => new()
    {
        QueueId = row.QueueId.ToString(),
        AgentId = row.AgentId.ToString(),
        Tier = row.Tier,
        Penalty = row.Penalty,
        Paused = row.Paused,
    };
}
