namespace MediaCore.Numbers.Model;

/// <summary>A row with a key of its own (UUID version 7, so that rows made one after the other lie side by side) and a counter of its changes.</summary>
public abstract class Row
{
    /// <summary>Key, UUID version 7 (RFC 9562 §5.7).</summary>
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Counts the changes of the row; one who writes what another has changed meanwhile is refused.</summary>
    public int Version { get; set; }

    /// <summary>Sequence number of the last audit entry of this row; the routing snapshot asks for rows above what it has.</summary>
    public long ChangedSeq { get; set; }

    /// <summary>When it was made, milliseconds of Unix time.</summary>
    public long CreatedAtMs { get; set; }
}

/// <summary>A row of one tenant: no query sees it but that tenant's and the platform's.</summary>
public abstract class TenantRow : Row
{
    /// <summary>The tenant.</summary>
    public Guid TenantId { get; set; }
}

/// <summary>
/// A row that is history itself (a call, a message): written by the system at the rate of traffic, so it takes no turn among the changes of the
/// configuration and has no audit entry.
/// </summary>
public interface IRecordRow;

/// <summary>A column whose value never goes into the audit.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
