using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Identity;

/// <summary>Tenants, their people and what these may do.</summary>
public sealed class Tenants(ServiceStore store)
{
    /// <summary>Makes a tenant with the roles of <see cref="Permissions.Presets"/>, below <paramref name="parent"/> or the platform. Who may is the caller's to see to.</summary>
    public Task<StoreResult<Tenant>> CreateAsync(string name, string actor, TenantKind kind = TenantKind.Customer, string timeZone = "Etc/UTC", string language = "en", Guid? parent = null, CancellationToken cancellationToken = default)
        => store.ChangeAsync<Tenant>(TenantScope.Platform, new ChangeOrigin(actor, "tenant.create"), context =>
        {
            string? wrong = CheckName(name)
                ?? (kind == TenantKind.Platform ? "There is one platform, and it is there." : null)
                ?? (NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is null ? $"'{timeZone}' is no time zone: write its IANA name, as Europe/Berlin." : null);
            if (wrong is not null)
            {
                return Task.FromResult<StoreResult<Tenant>>(StoreResult.Invalid(wrong));
            }

            var tenant = new Tenant { ParentId = parent ?? Tenant.PlatformId, Kind = kind, Name = name, TimeZone = timeZone, Language = language };
            context.Tenants.Add(tenant);
            foreach ((string role, string[] permissions) in Permissions.Presets)
            {
                context.Roles.Add(new Role { TenantId = tenant.Id, Name = role, Permissions = Permissions.Join(permissions) });
            }

            return Task.FromResult<StoreResult<Tenant>>(tenant);
        }, cancellationToken);

    /// <summary>Suspends a tenant, or ends that: its numbers are not routed and its keys are refused meanwhile.</summary>
    public Task<StoreResult<Tenant>> SuspendAsync(Guid tenantId, bool suspended, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<Tenant>(TenantScope.Platform, new ChangeOrigin(actor, suspended ? "tenant.suspend" : "tenant.resume"), async context =>
        {
            if (tenantId == Tenant.PlatformId)
            {
                return StoreResult.Invalid("The platform cannot be suspended.");
            }

            if (await context.Tenants.SingleOrDefaultAsync(row => row.Id == tenantId, cancellationToken) is not { } tenant)
            {
                return StoreResult.NotFound($"There is no tenant {tenantId}.");
            }

            tenant.Suspended = suspended;
            return tenant;
        }, cancellationToken);

    /// <summary>Makes a person, with roles by name.</summary>
    public Task<StoreResult<User>> CreateUserAsync(TenantScope scope, string name, string displayName, IReadOnlyCollection<string> roles, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<User>(scope, new ChangeOrigin(actor, "user.create"), async context =>
        {
            if (CheckName(name) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            var user = new User { TenantId = scope.TenantId, Name = name, DisplayName = displayName };
            context.Users.Add(user);
            foreach (string role in roles.Distinct(StringComparer.Ordinal))
            {
                Guid tenant = scope.TenantId;
                if (await context.Roles.SingleOrDefaultAsync(row => row.TenantId == tenant && row.Name == role, cancellationToken) is not { } found)
                {
                    return StoreResult.NotFound($"There is no role '{role}'.");
                }

                context.UserRoles.Add(new UserRole { TenantId = tenant, UserId = user.Id, RoleId = found.Id });
            }

            return user;
        }, cancellationToken);

    private static string? CheckName(string name)
        => string.IsNullOrWhiteSpace(name) || name.Length > InventoryLimits.MaxLabelCharacters ? $"A name has 1 to {InventoryLimits.MaxLabelCharacters} characters." : null;
}
