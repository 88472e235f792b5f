using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Dialling;

/// <summary>What people set by their phones.</summary>
/// <param name="store">The database.</param>
public sealed class PersonSettings(ServiceStore store)
{
    /// <summary>Changes a person's row; false where there is none (any more).</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="user">The person, who is the one that changes it.</param>
    /// <param name="code">What was asked for, for the audit.</param>
    /// <param name="change">Changes it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<bool> ChangeAsync(Guid tenant, Guid user, string code, Action<User> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        StoreResult<User> result = await store.ChangeAsync<User>(TenantScope.Of(tenant), new ChangeOrigin($"phone:{user}", $"user.{code}"), async context =>
        {
            if (await context.Users.SingleOrDefaultAsync(row => row.Id == user, cancellationToken) is not { } row)
            {
                return StoreResult.NotFound("There is no such user.");
            }

            change(row);
            return row;
        }, cancellationToken);
        return result.IsDone;
    }
}
