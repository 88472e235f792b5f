namespace MediaCore.Numbers.Schedules;

/// <summary>What decides whether a schedule is open. Of those that say something about a day the greatest is in force.</summary>
public enum ScheduleReason
{
    /// <summary>The document or the time zone cannot be read, so it is closed. What was checked when it was stored is not.</summary>
    Unreadable,

    /// <summary>The hours of the week.</summary>
    Week,

    /// <summary>A holiday.</summary>
    Holiday,

    /// <summary>An exception.</summary>
    Exception,

    /// <summary>It was set by hand.</summary>
    Override,
}
