using NodaTime;
using NodaTime.Text;

namespace MediaCore.Numbers.Schedules;

/// <summary>A day or a row of days: of one year, or of every year. What is given for every 29 February is there in leap years alone.</summary>
public readonly record struct ScheduleDates
{
    private readonly LocalDate _from;
    private readonly LocalDate _to;
    private readonly int _yearlyFrom;
    private readonly int _yearlyTo;

    private ScheduleDates(LocalDate from, LocalDate to)
    {
        _from = from;
        _to = to;
    }

    private ScheduleDates(AnnualDate from, AnnualDate to)
    {
        _yearlyFrom = Key(from.Month, from.Day);
        _yearlyTo = Key(to.Month, to.Day);
    }

    /// <summary>Whether it is every year.</summary>
    public bool IsYearly => _yearlyFrom != 0;

    /// <summary>Reads <c>2026-12-24</c> or <c>12-24</c> (every year), and to where it goes, in the same form. Yearly ones may go over the end of the year.</summary>
    public static bool TryParse(string from, string to, out ScheduleDates dates)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        dates = default;
        if (LocalDatePattern.Iso.Parse(from) is { Success: true } first && LocalDatePattern.Iso.Parse(to) is { Success: true } last && first.Value <= last.Value && first.Value.Year >= 1900)
        {
            dates = new ScheduleDates(first.Value, last.Value);
            return true;
        }

        if (AnnualDatePattern.Iso.Parse(from) is { Success: true } begins && AnnualDatePattern.Iso.Parse(to) is { Success: true } ends)
        {
            dates = new ScheduleDates(begins.Value, ends.Value);
            return true;
        }

        return false;
    }

    /// <summary>Whether a day is among them.</summary>
    public bool Contains(LocalDate date)
    {
        if (!IsYearly)
        {
            return date >= _from && date <= _to;
        }

        int key = Key(date.Month, date.Day);
        return _yearlyFrom <= _yearlyTo ? key >= _yearlyFrom && key <= _yearlyTo : key >= _yearlyFrom || key <= _yearlyTo;
    }

    private static int Key(int month, int day) => (month * 100) + day;
}
