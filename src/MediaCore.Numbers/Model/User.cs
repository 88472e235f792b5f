namespace MediaCore.Numbers.Model;

/// <summary>A person of a tenant. How a person signs in comes with the panel.</summary>
public sealed class User : TenantRow
{
    /// <summary>Name that is signed in with, unique within the tenant.</summary>
    public string Name { get; set; } = "";

    /// <summary>Name that people see.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>Mail address; null for none.</summary>
    public string? Mail { get; set; }

    /// <summary>Account (address of record) of the person's phones; null for none.</summary>
    public string? Account { get; set; }

    /// <summary>Digits under which menus reach the person, unique within the tenant; null for none.</summary>
    public string? Extension { get; set; }

    /// <summary>Whether the person's phones are left alone.</summary>
    public bool DoNotDisturb { get; set; }

    /// <summary>The number that the person's calls go to in place of the phones, E.164; null for none.</summary>
    public string? ForwardTo { get; set; }

    /// <summary>A disabled person can do nothing.</summary>
    public bool Disabled { get; set; }
}

/// <summary>A set of permissions by name.</summary>
public sealed class Role : TenantRow
{
    /// <summary>Name, unique within the tenant.</summary>
    public string Name { get; set; } = "";

    /// <summary>Permissions as <c>resource:verb</c>, one a line; see <see cref="Identity.Permissions"/>.</summary>
    public string Permissions { get; set; } = "";
}

/// <summary>A role that a user has.</summary>
public sealed class UserRole : TenantRow
{
    /// <summary>The user.</summary>
    public Guid UserId { get; set; }

    /// <summary>The role.</summary>
    public Guid RoleId { get; set; }
}
