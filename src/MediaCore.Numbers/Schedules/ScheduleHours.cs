using System.Text.Json;
using MediaCore.Numbers.Documents;
using NodaTime;

namespace MediaCore.Numbers.Schedules;

/// <summary>
/// The document of a schedule (<see cref="Model.Schedule.Hours"/>): the hours of the week, exceptions and holidays. Its form stands in <c>schedule.schema.json</c>.
/// <code>
/// {
///   "week": { "mon-thu": ["09:00-12:00", "13:00-17:30"], "fri": ["22:00-03:00"] },
///   "exceptions": [{ "name": "Stocktaking", "date": "2027-01-04", "hours": "closed" }],
///   "holidays": [{ "name": "Christmas", "from": "12-24", "to": "12-26" }]
/// }
/// </code>
/// Days of the week that are not named are closed. Of several exceptions of one day the first counts.
/// </summary>
public sealed class ScheduleHours
{
    private static readonly string[] s_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly IReadOnlyList<OpenInterval> s_open = [OpenInterval.WholeDay];

    private readonly ScheduleRule[] _week;

    private ScheduleHours(ScheduleRule[] week, IReadOnlyList<ScheduleRule> exceptions, IReadOnlyList<ScheduleRule> holidays)
    {
        _week = week;
        Exceptions = exceptions;
        Holidays = holidays;
    }

    /// <summary>Exceptions, in the document's order.</summary>
    public IReadOnlyList<ScheduleRule> Exceptions { get; }

    /// <summary>Holidays, in the document's order.</summary>
    public IReadOnlyList<ScheduleRule> Holidays { get; }

    /// <summary>Whether it never changes: no exceptions, no holidays, and a week that is open or closed throughout.</summary>
    internal bool IsConstant => Exceptions.Count == 0 && Holidays.Count == 0
        && (_week.All(static day => day.Intervals.Count == 0) || _week.All(static day => day.Intervals is [var only] && only == OpenInterval.WholeDay));

    /// <summary>What is said about a day by whom it counts: an exception, else a holiday, else the week.</summary>
    public ScheduleRule GetRule(LocalDate date) => Find(Exceptions, date) ?? Find(Holidays, date) ?? _week[(int)date.DayOfWeek - 1];

    /// <summary>Reads a document; null, with all that is wrong, where it is not right.</summary>
    public static ScheduleHours? Parse(string json, DocumentErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        int before = errors.All.Count;
        if (DocumentObject.Parse(json, errors) is not { } document)
        {
            return null;
        }

        _ = document.Any("$schema");
        ScheduleRule[] week = ReadWeek(document.Object("week"));
        var hours = new ScheduleHours(week, ReadDays(document, "exceptions", ScheduleReason.Exception), ReadDays(document, "holidays", ScheduleReason.Holiday));
        document.Finish();
        return errors.All.Count == before ? hours : null;
    }

    private static ScheduleRule? Find(IReadOnlyList<ScheduleRule> rules, LocalDate date)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Has(date))
            {
                return rules[i];
            }
        }

        return null;
    }

    private static ScheduleRule[] ReadWeek(DocumentObject? section)
    {
        var week = new IReadOnlyList<OpenInterval>?[7];
        foreach ((string name, JsonElement value, string path) in section?.Members ?? [])
        {
            IReadOnlyList<OpenInterval> intervals = ReadHours(value, path, section!.Errors);
            string[] ends = name.Split('-', 2);
            int first = Array.IndexOf(s_days, ends[0]);
            int last = Array.IndexOf(s_days, ends[^1]);
            if (first < 0 || last < 0)
            {
                section.Errors.Add(path, "is no day or range of days; write mon, tue, wed, thu, fri, sat, sun, or mon-fri");
                continue;
            }

            for (int day = first; ; day = (day + 1) % 7)
            {
                if (week[day] is not null)
                {
                    section.Errors.Add(path, $"names {s_days[day]}, which another key has already; name each day once");
                }

                week[day] = intervals;
                if (day == last)
                {
                    break;
                }
            }
        }

        return [.. week.Select(static intervals => new ScheduleRule(ScheduleReason.Week, "", [], intervals ?? []))];
    }

    private static List<ScheduleRule> ReadDays(DocumentObject document, string name, ScheduleReason reason)
    {
        List<ScheduleRule> rules = [];
        foreach ((JsonElement value, string path) in document.Array(name, ScheduleLimits.MaxDays))
        {
            if (DocumentObject.From(value, path, document.Errors) is not { } section)
            {
                continue;
            }

            string title = section.Text("name", ScheduleLimits.MaxNameCharacters, isRequired: true) ?? "";
            List<ScheduleDates> dates = ReadDates(section);
            IReadOnlyList<OpenInterval> intervals = [];
            if (section.Any("hours") is { } hours)
            {
                intervals = ReadHours(hours, section.At("hours"), section.Errors);
            }
            else if (reason == ScheduleReason.Exception)
            {
                section.Error("hours", "is missing: \"open\", \"closed\" or intervals as [\"09:00-12:00\"]");
            }

            section.Finish();
            rules.Add(new ScheduleRule(reason, title, dates, intervals));
        }

        return rules;
    }

    /// <summary>One of <c>date</c>, <c>dates</c>, and <c>from</c> with <c>to</c>.</summary>
    private static List<ScheduleDates> ReadDates(DocumentObject section)
    {
        List<(string From, string To, string Path)> texts = [];
        bool[] given = [section.Any("date") is not null, section.Any("dates") is not null, section.Any("from") is not null || section.Any("to") is not null];
        if (given.Count(static one => one) != 1)
        {
            section.Errors.Add(section.Path, "needs exactly one of date, dates, and from with to");
            return [];
        }

        if (given[0] && section.Text("date", 10) is { } date)
        {
            texts.Add((date, date, section.At("date")));
        }

        foreach ((JsonElement value, string path) in section.Array("dates", ScheduleLimits.MaxDates))
        {
            string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            texts.Add((text, text, path));
        }

        if (given[1] && texts.Count == 0)
        {
            section.Error("dates", "has no date");
        }

        if (given[2] && section.Text("from", 10, isRequired: true) is { } from && section.Text("to", 10, isRequired: true) is { } to)
        {
            texts.Add((from, to, section.At("from")));
        }

        List<ScheduleDates> dates = [];
        foreach ((string first, string last, string path) in texts)
        {
            if (ScheduleDates.TryParse(first, last, out ScheduleDates one))
            {
                dates.Add(one);
            }
            else
            {
                section.Errors.Add(path, first == last
                    ? $"\"{first}\" is no date; write 2026-12-24, or 12-24 for every year"
                    : $"\"{first}\" to \"{last}\" are no days one after the other; write both as 2026-12-24, or both as 12-24 for every year");
            }
        }

        return dates;
    }

    /// <summary><c>"open"</c>, <c>"closed"</c> or intervals.</summary>
    private static IReadOnlyList<OpenInterval> ReadHours(JsonElement value, string path, DocumentErrors errors)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is "open" or "closed")
        {
            return value.GetString() == "open" ? s_open : [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > ScheduleLimits.MaxIntervals)
        {
            errors.Add(path, $"is \"open\", \"closed\" or at most {ScheduleLimits.MaxIntervals} intervals, as [\"09:00-12:00\", \"13:00-17:30\"]");
            return [];
        }

        List<OpenInterval> intervals = [];
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            string at = DocumentErrors.Join(path, index++);
            if (element.ValueKind != JsonValueKind.String || !OpenInterval.TryParse(element.GetString()!, out OpenInterval interval))
            {
                errors.Add(at, $"{element.GetRawText()} is no interval; write \"09:00-17:30\", \"22:00-03:00\" over midnight, \"00:00-24:00\" for the whole day");
            }
            else if (intervals.Exists(other => interval.FromMinutes < other.ToMinutes && other.FromMinutes < interval.ToMinutes))
            {
                errors.Add(at, "overlaps another interval of the day");
            }
            else
            {
                intervals.Add(interval);
            }
        }

        intervals.Sort(static (one, other) => one.FromMinutes.CompareTo(other.FromMinutes));
        return intervals;
    }
}
