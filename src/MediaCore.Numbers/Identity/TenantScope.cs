using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Identity;

/// <summary>
/// On whose behalf the database is looked at. Everything that reads or writes has one: a tenant sees its own rows and the numbers that are nobody's, the
/// platform sees all.
/// </summary>
public sealed record TenantScope
{
    private TenantScope(Guid tenantId, bool isPlatform)
    {
        TenantId = tenantId;
        IsPlatform = isPlatform;
    }

    /// <summary>The operator of the servers, and the server itself.</summary>
    public static TenantScope Platform { get; } = new(Tenant.PlatformId, isPlatform: true);

    /// <summary>The tenant whose rows are made in this scope.</summary>
    public Guid TenantId { get; }

    /// <summary>Whether all tenants' rows are seen.</summary>
    public bool IsPlatform { get; }

    /// <summary>One tenant.</summary>
    /// <exception cref="ArgumentException">The platform is no tenant like others: say <see cref="Platform"/>.</exception>
    public static TenantScope Of(Guid tenantId)
        => tenantId != Guid.Empty && tenantId != Tenant.PlatformId
            ? new(tenantId, isPlatform: false)
            : throw new ArgumentException("A tenant's own identifier is needed here.", nameof(tenantId));
}
