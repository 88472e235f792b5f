namespace MediaCore.Numbers.Schedules;

/// <summary>Bounds of a schedule's document, and what is looked at to say when it changes.</summary>
public static class ScheduleLimits
{
    /// <summary>Intervals of one day: more than any shop closes and opens again.</summary>
    public const int MaxIntervals = 24;

    /// <summary>Exceptions, and holidays: a country has some fifteen holidays a year, entered for some decades.</summary>
    public const int MaxDays = 1_000;

    /// <summary>Dates of one exception or holiday; one that moves is entered year by year.</summary>
    public const int MaxDates = 100;

    /// <summary>Characters of a name.</summary>
    public const int MaxNameCharacters = 120;

    /// <summary>How far ahead a change is looked for. A 29 February may be eight years away (1896 to 1904, 2096 to 2104).</summary>
    public const int MaxDaysAhead = 9 * 366;
}
