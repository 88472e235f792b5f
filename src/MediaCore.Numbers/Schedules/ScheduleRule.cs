using NodaTime;

namespace MediaCore.Numbers.Schedules;

/// <summary>What is said about the hours of certain days: a day of the week, an exception, a holiday.</summary>
/// <param name="Reason">Which of these.</param>
/// <param name="Name">Name; empty for a day of the week.</param>
/// <param name="Dates">The days of an exception or holiday.</param>
/// <param name="Intervals">When it is open on such a day, in order; none for closed.</param>
public sealed record ScheduleRule(ScheduleReason Reason, string Name, IReadOnlyList<ScheduleDates> Dates, IReadOnlyList<OpenInterval> Intervals)
{
    /// <summary>Whether it says something about a day.</summary>
    public bool Has(LocalDate date)
    {
        foreach (ScheduleDates dates in Dates)
        {
            if (dates.Contains(date))
            {
                return true;
            }
        }

        return false;
    }
}
