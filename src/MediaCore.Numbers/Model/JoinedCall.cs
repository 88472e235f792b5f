namespace MediaCore.Numbers.Model;

/// <summary>
/// A call as a business sees it: the engine's records of all the calls that belong to it (<see cref="CallLink"/>), what was decided, who waited where, joined into one by <see cref="Records.CallJoiner"/>. One for each tenant that had a part in it.
/// Made anew when more of it becomes known, and then has a new <see cref="Seq"/>.
/// </summary>
public sealed class JoinedCall : IRecordRow
{
    /// <summary>The call that the others belong to.</summary>
    public string CallId { get; set; } = "";

    /// <summary>Who sees it.</summary>
    public Guid TenantId { get; set; }

    /// <summary>Grows with each write, over all tenants, in the order in which writes become visible: who has read up to one misses nothing behind it.</summary>
    public long Seq { get; set; }

    /// <summary>The virtual number; null for none.</summary>
    public string? Number { get; set; }

    /// <summary>When it began, milliseconds of Unix time.</summary>
    public long StartedAtMs { get; set; }

    /// <summary>What came of it (<see cref="Records.CallDisposition"/>), in snake_case.</summary>
    public string Disposition { get; set; } = "";

    /// <summary>The queues that it waited in, each between line breaks, so that one is found by its name; empty for none.</summary>
    public string Queues { get; set; } = "";

    /// <summary>The agents who took it, each between line breaks; empty for none.</summary>
    public string Agents { get; set; } = "";

    /// <summary>Its tags, each between line breaks; empty for none.</summary>
    public string Tags { get; set; } = "";

    /// <summary>The numbers and names of the others who had a part in it, each between line breaks.</summary>
    public string Peers { get; set; } = "";

    /// <summary>All of it, a JSON object (docs/call-records.md).</summary>
    public string Document { get; set; } = "{}";
}
