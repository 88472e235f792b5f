namespace MediaCore.Numbers.Model;

/// <summary>What a schedule is set to by hand.</summary>
public enum ScheduleOverride : byte
{
    /// <summary>Nothing: it follows its hours.</summary>
    None,

    /// <summary>Open.</summary>
    Open,

    /// <summary>Closed.</summary>
    Closed,
}

/// <summary>Business hours. What is in force: the override, before exceptions, before holidays, before the week.</summary>
public sealed class Schedule : TenantRow
{
    /// <summary>Name, unique within the tenant.</summary>
    public string Name { get; set; } = "";

    /// <summary>Time zone, an IANA name.</summary>
    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>The week, the exceptions and the holidays, a JSON document.</summary>
    public string Hours { get; set; } = "{}";

    /// <summary>What it is set to by hand.</summary>
    public ScheduleOverride Override { get; set; }

    /// <summary>End of the override; null until it is taken away.</summary>
    public long? OverrideUntilMs { get; set; }
}
