using System.Text.Json;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Agents</c>.</summary>
/// <param name="store">The database.</param>
/// <param name="desks">The queues of this server; null where it runs none.</param>
public sealed class AgentsService(ServiceStore store, QueueDesks? desks) : Agents.AgentsBase
{
    private readonly Rows<Model.Agent> _rows = new(store, "agent");
    private readonly Rows<Model.User> _users = new(store, "user", static row => row.Name);
    private readonly AgentRows _agents = new(store);

    /// <inheritdoc/>
    public override async Task<ListAgentsResponse> ListAgents(PageRequest request, ServerCallContext context)
    {
        (List<Model.Agent> rows, string next) = await _rows.ListAsync(context, request.PageSize, request.PageToken);
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        Guid[] users = [.. rows.Select(static row => row.UserId)];
        Dictionary<Guid, string> names = await database.Users.AsNoTracking().Where(user => users.Contains(user.Id)).ToDictionaryAsync(static user => user.Id, static user => user.Name, context.CancellationToken);
        return new ListAgentsResponse { Agents = { rows.Select(row => ToMessage(row, names[row.UserId])) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<Agent> GetAgent(EntityRequest request, ServerCallContext context)
    {
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        return await NameAsync(database, await _agents.FindAsync(database, ApiCaller.Of(context), request.Id, context.CancellationToken), context);
    }

    /// <inheritdoc/>
    public override async Task<Agent> CreateAgent(AgentChange request, ServerCallContext context)
    {
        Model.Agent made = await _rows.CreateAsync(context, async database =>
        {
            var row = new Model.Agent
            {
                UserId = (await _users.FindAsync(database, ApiCaller.Of(context), request.User, context.CancellationToken, "user")).Id,
                PresenceSinceMs = store.NowMs,
            };
            Apply(row, request);
            return row;
        });
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        return await NameAsync(database, made, context);
    }

    /// <inheritdoc/>
    public override async Task<Agent> UpdateAgent(AgentChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        return ApiErrors.Take(await store.ChangeAsync<Agent>(caller.Scope, caller.Origin(request.HasPresence ? "agent.presence" : "agent.change"), async database =>
        {
            Model.Agent row = await _agents.FindAsync(database, caller, request.Id, context.CancellationToken);
            Rows<Model.Agent>.MustBe(row, request.Etag);
            Apply(row, request);
            await database.SaveChangesAsync(context.CancellationToken);
            return await NameAsync(database, row, context);
        }, context.CancellationToken));
    }

    /// <inheritdoc/>
    public override async Task<Done> DeleteAgent(DeleteEntityRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        ApiErrors.Take(await store.ChangeAsync<bool>(caller.Scope, caller.Origin("agent.delete"), async database =>
        {
            Model.Agent row = await _agents.FindAsync(database, caller, request.Id, context.CancellationToken);
            Rows<Model.Agent>.MustBe(row, request.Etag);

            // Deleted here and not by the database, so that the audit has them.
            database.RemoveRange(await database.QueueMemberships.Where(member => member.AgentId == row.Id).ToListAsync(context.CancellationToken));
            database.Remove(row);
            return true;
        }, context.CancellationToken));
        return new Done();
    }

    /// <inheritdoc/>
    public override async Task<Done> EndWrapUp(EntityRequest request, ServerCallContext context)
    {
        Guid agent;
        await using (ServiceContext database = store.Open(ApiCaller.Of(context).Scope))
        {
            agent = (await _agents.FindAsync(database, ApiCaller.Of(context), request.Id, context.CancellationToken)).Id;
        }

        return desks is not null && await desks.EndWrapUpAsync(ApiCaller.Of(context).TenantId, agent) ? new Done() : throw ApiErrors.Precondition("The agent has no wrap-up on this server.");
    }

    private void Apply(Model.Agent row, AgentChange request)
    {
        (Model.AgentPresence Presence, string Reason) before = (row.Presence, row.Reason);
        if (request.HasPresence)
        {
            Model.AgentPresence presence = ApiMapping.From<Model.AgentPresence>(request.Presence, null, "presence");
            row.Reason = presence == Model.AgentPresence.NotReady ? row.Reason : "";
            row.Presence = presence;
        }

        row.Reason = request.HasReason ? ApiMapping.Text(request.Reason, "reason", QueueLimits.MaxReasonCharacters) : row.Reason;
        if (before != (row.Presence, row.Reason))
        {
            // Queues take what is newer, also of two words in one millisecond.
            row.PresenceSinceMs = Math.Max(store.NowMs, row.PresenceSinceMs + 1);
        }

        row.MaxNoAnswer = request.HasMaxNoAnswer ? ApiMapping.Number(request.MaxNoAnswer, 0, 1000, "max_no_answer") : row.MaxNoAnswer;
        if (request.HasSkills)
        {
            using var skills = JsonDocument.Parse(ApiMapping.Json(request.Skills, "skills", 64 * 1024));
            if (skills.RootElement.EnumerateObject().Any(static skill => skill.Value.ValueKind != JsonValueKind.Number || !skill.Value.TryGetInt32(out int level) || level is < 0 or > 100))
            {
                throw ApiErrors.Invalid("skills", "A skill has a level of 0 to 100: {\"billing\": 80}.");
            }

            row.Skills = request.Skills;
        }
    }

    private static async Task<Agent> NameAsync(ServiceContext database, Model.Agent row, ServerCallContext context)
        => ToMessage(row, await database.Users.Where(user => user.Id == row.UserId).Select(static user => user.Name).SingleAsync(context.CancellationToken));

    private static Agent ToMessage(Model.Agent row, string name) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        UserId = row.UserId.ToString(),
        Name = name,
        Presence = ApiMapping.To<Agent.Types.Presence>(row.Presence),
        Reason = row.Reason,
        PresenceSince = ApiMapping.Time(row.PresenceSinceMs),
        Skills = row.Skills,
        MaxNoAnswer = row.MaxNoAnswer,
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };
}
