namespace MediaCore.Numbers.Events;

/// <summary>Bounds of events on their way out.</summary>
public static class EventLimits
{
    /// <summary>Events that are numbered in one transaction: one of call records (<see cref="Storage.CallRecordImporter.BatchRecords"/>).</summary>
    public const int NumberedAtOnce = 500;

    /// <summary>Events that are handed to a broker before its cursor is written: what may come twice after a crash.</summary>
    public const int PublishedAtOnce = 200;

    /// <summary>Rows that are deleted in one transaction, so that no other writer waits long.</summary>
    public const int DeletedAtOnce = 1_000;

    /// <summary>How often it is looked for new events, and for deliveries that are due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How often old events and deliveries are looked for.</summary>
    public static readonly TimeSpan TidyInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long events and deliveries are kept: a month of looking back, and three times what a delivery is tried for.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>How long a node works for a webhook or a broker before it says so again: four times the longest attempt, and what others wait for when it dies.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
}
