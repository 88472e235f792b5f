using System.Globalization;

namespace MediaCore.Numbers.Schedules;

/// <summary>Hours of a day by its wall clock.</summary>
/// <param name="FromMinutes">First minute of the day in it, 0 to 1439.</param>
/// <param name="ToMinutes">First minute no longer in it: at most 1440 where it ends with the day, more where it goes on into the next day; less than 2880.</param>
public readonly record struct OpenInterval(int FromMinutes, int ToMinutes)
{
    /// <summary>Minutes of a day by the wall clock.</summary>
    public const int DayMinutes = 24 * 60;

    /// <summary>A whole day.</summary>
    public static readonly OpenInterval WholeDay = new(0, DayMinutes);

    /// <summary>Whether it goes on into the next day.</summary>
    public bool CrossesMidnight => ToMinutes > DayMinutes;

    /// <summary>Reads <c>09:00-17:30</c>. An end that is not after the beginning is on the next day; <c>24:00</c> is the end of the day.</summary>
    public static bool TryParse(string text, out OpenInterval interval)
    {
        ArgumentNullException.ThrowIfNull(text);
        interval = default;
        if (text.Split('-') is not [var first, var last] || !TryReadTime(first.Trim(), out int from) || !TryReadTime(last.Trim(), out int to) || from == DayMinutes || from == to)
        {
            return false;
        }

        interval = new OpenInterval(from, to > from ? to : to + DayMinutes);
        return true;
    }

    private static bool TryReadTime(string text, out int minutes)
    {
        minutes = 0;
        if (text is not [_, _, ':', _, _] || !int.TryParse(text.AsSpan(0, 2), NumberStyles.None, null, out int hours) || !int.TryParse(text.AsSpan(3), NumberStyles.None, null, out int rest))
        {
            return false;
        }

        minutes = (hours * 60) + rest;
        return rest < 60 && minutes <= DayMinutes;
    }
}
