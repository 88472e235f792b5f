using FsCheck.Xunit;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Schedules;
using NodaTime;

namespace MediaCore.Numbers.Tests.Schedules;

public sealed class SchedulePropertyTests
{
    private static readonly string[] s_zones = ["Etc/UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/St_Johns", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "Antarctica/Troll"];
    private static readonly string[] s_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    [Property(MaxTest = 300)]
    public void Until_IsTheFirstMomentAtWhichTheStateDiffers(int seed)
    {
        var random = new Random(seed);
        (Schedule row, DateTimeOffset now) = Make(random);
        ScheduleState state = ScheduleEvaluator.Evaluate(row, now);
        DateTimeOffset end = state.Until ?? now.AddYears(5);
        Assert.True(end > now);
        Assert.All(Enumerable.Range(0, 30).Select(_ => now + TimeSpan.FromTicks((long)((end - now).Ticks * random.NextDouble()))).Append(end - TimeSpan.FromTicks(1)), at => Assert.Equal(state.IsOpen, Fresh(row, at).IsOpen));
        if (state.Until is { } until)
        {
            Assert.NotEqual(state.IsOpen, Fresh(row, until).IsOpen);
        }
    }

    /// <summary>Far from any change of the clocks the wall clock alone decides.</summary>
    [Property(MaxTest = 300)]
    public void Week_OnOrdinaryDays_IsWhatTheWallClockSays(int seed)
    {
        var random = new Random(seed);
        (Schedule row, DateTimeOffset now) = Make(random, withDays: false);
        DateTimeZone zone = DateTimeZoneProviders.Tzdb[row.TimeZone];
        var at = Instant.FromDateTimeOffset(now);
        if (zone.GetZoneInterval(at - Duration.FromDays(3)) != zone.GetZoneInterval(at + Duration.FromDays(3)))
        {
            return;
        }

        LocalDateTime wall = at.InZone(zone).LocalDateTime;
        int minutes = (wall.Hour * 60) + wall.Minute;
        ScheduleHours hours = ScheduleHours.Parse(row.Hours, new Numbers.Documents.DocumentErrors())!;
        bool expected = hours.GetRule(wall.Date).Intervals.Any(interval => minutes >= interval.FromMinutes && minutes < interval.ToMinutes)
            || hours.GetRule(wall.Date.PlusDays(-1)).Intervals.Any(interval => minutes + 1440 < interval.ToMinutes);
        Assert.Equal(expected, ScheduleEvaluator.Evaluate(row, now).IsOpen);
    }

    /// <summary>A row of its own, so that nothing is remembered from before.</summary>
    private static ScheduleState Fresh(Schedule row, DateTimeOffset at) => ScheduleEvaluator.Evaluate(new Schedule { TimeZone = row.TimeZone, Hours = row.Hours }, at);

    private static (Schedule Row, DateTimeOffset Now) Make(Random random, bool withDays = true)
    {
        IEnumerable<string> week = s_days.Where(_ => random.Next(4) > 0).Select(day => $"\"{day}\": {Hours(random)}");
        var days = new List<string>();
        var holidays = new List<string>();
        var begin = new DateTime(random.Next(2005, 2040), 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int i = 0; withDays && i < random.Next(5); i++)
        {
            DateTime date = begin.AddDays(random.Next(800));
            string dates = random.Next(3) switch
            {
                0 => $"\"date\": \"{date:yyyy-MM-dd}\"",
                1 => $"\"from\": \"{date:yyyy-MM-dd}\", \"to\": \"{date.AddDays(random.Next(20)):yyyy-MM-dd}\"",
                _ => $"\"from\": \"{date:MM-dd}\", \"to\": \"{date.AddDays(random.Next(20)):MM-dd}\"",
            };
            (random.Next(2) == 0 ? days : holidays).Add($"{{ \"name\": \"d{i}\", {dates}, \"hours\": {Hours(random)} }}");
        }

        string document = $"{{ \"week\": {{ {string.Join(", ", week)} }}, \"exceptions\": [{string.Join(", ", days)}], \"holidays\": [{string.Join(", ", holidays)}] }}";
        string zone = s_zones[random.Next(s_zones.Length)];
        Assert.Empty(ScheduleEvaluator.Check(zone, document));
        return (new Schedule { TimeZone = zone, Hours = document }, new DateTimeOffset(begin.AddMinutes(random.Next(400 * 24 * 60)), TimeSpan.Zero));
    }

    private static string Hours(Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return "\"open\"";
            case 1:
                return "\"closed\"";
            default:
                int first = random.Next(0, 700);
                int second = random.Next(first + 1, 1000);
                int third = random.Next(second, 1400);
                int end = random.Next(third + 1, third + 900);
                return $"[\"{Time(first)}-{Time(second)}\", \"{Time(third)}-{Time(end == 1440 ? 1440 : end % 1440)}\"]";
        }
    }

    private static string Time(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";
}
