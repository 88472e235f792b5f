namespace MediaCore.Numbers.Model;

/// <summary>A key that a program calls the API with. The key itself is shown once; here is what recognises it.</summary>
public sealed class ApiKey : TenantRow
{
    /// <summary>What people call it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The person whose permissions bound it; null for a key of the tenant itself.</summary>
    public Guid? UserId { get; set; }

    /// <summary>The public part of the key, which finds it; unique.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>SHA-256 of the whole key, hexadecimal.</summary>
    [Secret]
    public string Hash { get; set; } = "";

    /// <summary>What it may do, as <c>resource:verb</c>, one a line; see <see cref="Identity.Permissions"/>.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>Networks it may be used from, one a line; empty for everywhere.</summary>
    public string Networks { get; set; } = "";

    /// <summary>When it ends, milliseconds of Unix time; null for never.</summary>
    public long? ExpiresAtMs { get; set; }

    /// <summary>When it was withdrawn; null while it is not.</summary>
    public long? RevokedAtMs { get; set; }

    /// <summary>The key that it takes the place of; both work until that one expires.</summary>
    public Guid? RotatedFromId { get; set; }

    /// <summary>When it was last used, to five minutes; null for never.</summary>
    public long? LastUsedAtMs { get; set; }
}
