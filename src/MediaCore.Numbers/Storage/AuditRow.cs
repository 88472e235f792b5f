namespace MediaCore.Numbers.Storage;

/// <summary>Table <c>audit_entries</c>; only ever added to.</summary>
internal sealed class AuditRow
{
    /// <summary>Never reused (AUTOINCREMENT), so the highest is the inventory's version.</summary>
    public long Id { get; set; }

    public long AtMs { get; set; }

    public string Actor { get; set; } = "";

    public string Action { get; set; } = "";

    public string Subject { get; set; } = "";

    public string Detail { get; set; } = "";
}
