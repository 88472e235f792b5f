using System.Globalization;
using MediaCore.Engine.Policies;
using NodaTime;
using NodaTime.Text;

namespace MediaCore.Server.Configuration;

/// <summary>An element of <c>routes[].when</c>: <c>{ "days": ["mon-fri"], "from": "08:00", "to": "18:00", "zone": "Europe/Berlin" }</c>.</summary>
internal static class TimeWindowSettings
{
    private static readonly string[] s_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<TimeWindow> ReadAll(SectionReader route)
    {
        List<TimeWindow> result = [];
        foreach (SectionReader section in route.Sections("when"))
        {
            HashSet<IsoDayOfWeek> days = [];
            foreach (ConfigurationText text in section.Texts("days"))
            {
                if (!TryReadDays(text.Value, days))
                {
                    section.Error(text, $"\"{text.Value}\" is no day or range of days; write mon, tue, wed, thu, fri, sat, sun, or mon-fri");
                }
            }

            LocalTime from = ReadTime(section, "from");
            LocalTime to = ReadTime(section, "to");
            ConfigurationText zone = section.Text("zone", "UTC");
            section.Finish();
            if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone.Value) is { } known)
            {
                result.Add(new TimeWindow(known, days, from, to));
            }
            else
            {
                string hint = KeySuggestion.Find(zone.Value, DateTimeZoneProviders.Tzdb.Ids) is { } near ? $"; did you mean \"{near}\"?" : ", as Europe/Berlin or America/New_York";
                section.Error(zone, $"\"{zone.Value}\" is no time zone of the IANA list{hint}");
            }
        }

        return result;
    }

    private static LocalTime ReadTime(SectionReader section, string name)
    {
        ConfigurationText text = section.Text(name, "00:00");
        if (text.Value == "24:00" && name == "to")
        {
            return LocalTime.Midnight;
        }

        ParseResult<LocalTime> parsed = LocalTimePattern.Create("HH:mm", CultureInfo.InvariantCulture).Parse(text.Value);
        if (!parsed.Success)
        {
            section.Error(text, $"\"{text.Value}\" is no time of day; write hours and minutes, as 08:30");
        }

        return parsed.Success ? parsed.Value : LocalTime.Midnight;
    }

    /// <summary>A day, or a range that may go over the end of the week.</summary>
    private static bool TryReadDays(string text, HashSet<IsoDayOfWeek> days)
    {
        string[] ends = text.ToLowerInvariant().Split('-', 2);
        int first = Array.IndexOf(s_days, ends[0]);
        int last = Array.IndexOf(s_days, ends[^1]);
        if (first < 0 || last < 0)
        {
            return false;
        }

        for (int day = first; ; day = (day + 1) % s_days.Length)
        {
            days.Add((IsoDayOfWeek)(day + 1));
            if (day == last)
            {
                return true;
            }
        }
    }
}
