namespace MediaCore.Numbers.Model;

/// <summary>
/// One change of one row: who, when, what it was before and after. Written in the transaction of the change, never changed, and chained: each entry's hash
/// covers the one before it, so that one that was altered or taken out shows (<see cref="Storage.AuditChain"/>).
/// </summary>
public sealed class AuditEvent
{
    /// <summary>1, 2, 3 … without a gap; also the version of the inventory.</summary>
    public long Seq { get; set; }

    /// <summary>Whose row it was; the platform for rows of no tenant.</summary>
    public Guid TenantId { get; set; }

    /// <summary>When, milliseconds of Unix time.</summary>
    public long AtMs { get; set; }

    /// <summary>Who: a user, a key, <c>system</c>.</summary>
    public string Actor { get; set; } = "";

    /// <summary>What was done, as <c>number.buy</c>.</summary>
    public string Action { get; set; } = "";

    /// <summary>Kind of row.</summary>
    public string Entity { get; set; } = "";

    /// <summary>The row.</summary>
    public Guid EntityId { get; set; }

    /// <summary>Columns that changed, <c>{"state": ["Available", "Reserved"]}</c>; null for no value, secrets as <c>***</c>.</summary>
    public string Changes { get; set; } = "";

    /// <summary>Hash of the entry before.</summary>
    public string PreviousHash { get; set; } = "";

    /// <summary>SHA-256 of the columns above, hexadecimal.</summary>
    public string Hash { get; set; } = "";
}

/// <summary>The end of the audit's chain; one row, which every change takes on.</summary>
public sealed class StoreState
{
    /// <summary>Always 1.</summary>
    public int Id { get; set; }

    /// <summary>Highest <see cref="AuditEvent.Seq"/>.</summary>
    public long Seq { get; set; }

    /// <summary>Its hash.</summary>
    public string Hash { get; set; } = "";
}
