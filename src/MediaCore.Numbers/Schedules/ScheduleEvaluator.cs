using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using NodaTime;

namespace MediaCore.Numbers.Schedules;

/// <summary>Says whether a schedule is open: by the override, else by an exception, else by a holiday, else by the week, all in the schedule's own time zone, whatever the server's is.</summary>
public static class ScheduleEvaluator
{
    /// <summary>The schedule at a moment. Safe from any thread; what a row says is read once and kept as long as the row stays as it is.</summary>
    public static ScheduleState Evaluate(Schedule row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        var calendar = ScheduleCalendar.Of(row);
        if (row.Override == ScheduleOverride.None || row.OverrideUntilMs <= now.ToUnixTimeMilliseconds())
        {
            return calendar.Evaluate(Instant.FromDateTimeOffset(now));
        }

        bool isOpen = row.Override == ScheduleOverride.Open;
        DateTimeOffset? until = null;
        if (row.OverrideUntilMs is { } endMs)
        {
            DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(endMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
            ScheduleState after = calendar.Evaluate(Instant.FromDateTimeOffset(end));
            until = after.IsOpen == isOpen ? after.Until : end;
        }

        return new ScheduleState(isOpen, until, ScheduleReason.Override, "");
    }

    /// <summary>All that is wrong with a schedule's time zone and document, for whoever stores one; nothing for one that is right.</summary>
    public static IReadOnlyList<DocumentError> Check(string timeZone, string hours)
    {
        var errors = new DocumentErrors();
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is null)
        {
            errors.Add("timeZone", $"\"{timeZone}\" is no time zone of the IANA list; write one as Europe/Berlin or America/New_York");
        }

        ScheduleHours.Parse(hours, errors);
        return errors.All;
    }
}
