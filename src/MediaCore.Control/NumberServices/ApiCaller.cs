using Grpc.Core;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Storage;

namespace MediaCore.Control.NumberServices;

/// <summary>Who makes a call of the API, for which tenant.</summary>
/// <param name="Name">Who: <c>key:PREFIX</c>, or the name of a control token.</param>
/// <param name="Source">The address that the call comes from.</param>
/// <param name="Home">The caller's own tenant.</param>
/// <param name="Scope">The tenant that the call acts for: <paramref name="Home"/>, or one below it.</param>
internal sealed record ApiCaller(string Name, string Source, TenantScope Home, TenantScope Scope)
{
    private const string StateKey = "mediacore.api-caller";

    /// <summary>The caller's API key; null for a control token or a caller over loopback.</summary>
    public ApiKeyIdentity? ApiKey { get; init; }

    /// <summary>Whether it may change things; of those without an API key.</summary>
    public bool IsOperator { get; init; }

    /// <summary>The tenant's identifier.</summary>
    public Guid TenantId => Scope.TenantId;

    /// <summary>What stands in the audit.</summary>
    public string Actor => $"{Name}@{Source}";

    /// <summary>Whether the caller may do something.</summary>
    public bool Allows(string permission) => ApiKey?.Allows(permission) ?? (IsOperator || Permissions.Allow("*:read", permission));

    /// <summary>Who changes, and what, for the audit.</summary>
    public ChangeOrigin Origin(string action) => new(Actor, action);

    /// <summary>Nobody hands out what he does not have.</summary>
    public void MustHave(IEnumerable<string> permissions)
    {
        if (permissions.FirstOrDefault(permission => !Allows(permission)) is { } missing)
        {
            throw ApiErrors.Denied($"You do not have {missing}, and so cannot hand it out.");
        }
    }

    /// <summary>The caller of a call that <see cref="ApiInterceptor"/> has let in.</summary>
    public static ApiCaller Of(ServerCallContext context) => (ApiCaller)context.UserState[StateKey];

    /// <summary>Leaves it with the call.</summary>
    public void Enter(ServerCallContext context) => context.UserState[StateKey] = this;
}
