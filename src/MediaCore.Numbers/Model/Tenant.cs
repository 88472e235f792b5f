namespace MediaCore.Numbers.Model;

/// <summary>Place of a tenant in the tree.</summary>
public enum TenantKind : byte
{
    /// <summary>The operator of the servers; there is one.</summary>
    Platform,

    /// <summary>Sells to tenants of its own.</summary>
    Reseller,

    /// <summary>A customer.</summary>
    Customer,
}

/// <summary>Who numbers, plans and people belong to.</summary>
public sealed class Tenant : Row
{
    /// <summary>The platform's own tenant, made with the database.</summary>
    public static readonly Guid PlatformId = new("00000000-0000-7000-8000-000000000001");

    /// <summary>The reseller or the platform above it; null for the platform.</summary>
    public Guid? ParentId { get; set; }

    /// <summary>Place in the tree.</summary>
    public TenantKind Kind { get; set; } = TenantKind.Customer;

    /// <summary>Name, unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>A suspended tenant's numbers are not routed and its keys are refused.</summary>
    public bool Suspended { get; set; }

    /// <summary>Trunks of the server's configuration that its documents may name beside those that every tenant may (<c>trunks[].forTenants</c>), one a line. The operator's to say.</summary>
    public string Trunks { get; set; } = "";

    /// <summary>Whether codes that its phones dial (<see cref="Dialling.FeatureCodes"/>) do nothing.</summary>
    public bool NoFeatureCodes { get; set; }

    /// <summary>Time zone of what names none, an IANA name.</summary>
    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>Language of what names none, RFC 5646.</summary>
    public string Language { get; set; } = "en";

    /// <summary>Whether every call of its numbers is recorded.</summary>
    public bool RecordsCalls { get; set; }

    /// <summary>Days that recordings are kept; 0 for as long as nobody deletes them.</summary>
    public int RecordingDays { get; set; }
}
