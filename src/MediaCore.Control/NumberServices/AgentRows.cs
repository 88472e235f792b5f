using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Control.NumberServices;

/// <summary>Agents, who are named by their users.</summary>
internal sealed class AgentRows(ServiceStore store)
{
    private readonly Rows<Agent> _agents = new(store, "agent");
    private readonly Rows<User> _users = new(store, "user", static row => row.Name);

    /// <summary>The agent of an identifier, or of a user's name.</summary>
    public async Task<Agent> FindAsync(ServiceContext context, ApiCaller caller, string id, CancellationToken cancellationToken, string field = "id")
    {
        if (Guid.TryParse(id, out _))
        {
            return await _agents.FindAsync(context, caller, id, cancellationToken, field);
        }

        Guid user = (await _users.FindAsync(context, caller, id, cancellationToken, field)).Id;
        return await context.Agents.SingleOrDefaultAsync(row => row.UserId == user, cancellationToken) ?? throw ApiErrors.NotFound("This user is no agent.");
    }
}
