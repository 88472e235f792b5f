using System.Globalization;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Schedules;

namespace MediaCore.Numbers.Tests.Schedules;

public sealed class ScheduleEvaluatorTests
{
    private const string Office = """{ "week": { "mon-fri": ["09:00-12:00", "13:00-17:30"] } }""";
    private const string SundayFromHalfPastTwo = """{ "week": { "sun": ["02:30-10:00"] } }""";
    private const string SundayToHalfPastTwo = """{ "week": { "sun": ["01:00-02:30"] } }""";
    private const string Night = """{ "week": { "thu": ["22:00-03:00"] } }""";
    private const string Mondays = """{ "week": { "mon": ["09:00-17:00"] } }""";
    private const string Always = """{ "week": { "mon-sun": "open" } }""";

    [Theory]

    // The week.
    [InlineData("Etc/UTC", Office, "2026-11-23T08:59:59Z", false, "2026-11-23T09:00:00Z")]
    [InlineData("Etc/UTC", Office, "2026-11-23T09:00:00Z", true, "2026-11-23T12:00:00Z")]
    [InlineData("Etc/UTC", Office, "2026-11-23T12:00:00Z", false, "2026-11-23T13:00:00Z")]
    [InlineData("Etc/UTC", Office, "2026-11-27T17:30:00Z", false, "2026-11-30T09:00:00Z")]
    [InlineData("Etc/UTC", Always, "2026-11-27T17:30:00Z", true, null)]
    [InlineData("Etc/UTC", "{}", "2026-11-27T17:30:00Z", false, null)]

    // The hour that the clocks skip: what begins or ends in it does so when they skip it.
    [InlineData("Europe/Berlin", SundayFromHalfPastTwo, "2026-03-29T00:59:59Z", false, "2026-03-29T01:00:00Z")]
    [InlineData("Europe/Berlin", SundayFromHalfPastTwo, "2026-03-29T01:00:00Z", true, "2026-03-29T08:00:00Z")]
    [InlineData("Europe/Berlin", SundayToHalfPastTwo, "2026-03-29T00:59:59Z", true, "2026-03-29T01:00:00Z")]
    [InlineData("Europe/Berlin", SundayToHalfPastTwo, "2026-03-29T01:00:00Z", false, "2026-04-04T23:00:00Z")]

    // The hour that they repeat: it begins with the first 02:30 and ends with the last.
    [InlineData("Europe/Berlin", SundayFromHalfPastTwo, "2026-10-25T00:29:59Z", false, "2026-10-25T00:30:00Z")]
    [InlineData("Europe/Berlin", SundayFromHalfPastTwo, "2026-10-25T01:15:00Z", true, "2026-10-25T09:00:00Z")]
    [InlineData("Europe/Berlin", SundayToHalfPastTwo, "2026-10-24T23:00:00Z", true, "2026-10-25T01:30:00Z")]
    [InlineData("Europe/Berlin", SundayToHalfPastTwo, "2026-10-25T01:30:00Z", false, "2026-11-01T00:00:00Z")]

    // Days are those of the schedule's zone, not of the server's.
    [InlineData("America/New_York", Office, "2026-11-21T00:30:00Z", false, "2026-11-23T14:00:00Z")]
    [InlineData("America/New_York", Office, "2026-11-20T22:29:59Z", true, "2026-11-20T22:30:00Z")]
    [InlineData("Pacific/Auckland", Mondays, "2026-06-07T20:59:59Z", false, "2026-06-07T21:00:00Z")]
    [InlineData("Pacific/Kiritimati", Mondays, "2026-06-07T19:00:00Z", true, "2026-06-08T03:00:00Z")]
    [InlineData("Asia/Kolkata", Mondays, "2026-06-08T03:29:59Z", false, "2026-06-08T03:30:00Z")]
    [InlineData("Asia/Kathmandu", Mondays, "2026-06-08T03:15:00Z", true, "2026-06-08T11:15:00Z")]
    [InlineData("Pacific/Chatham", Mondays, "2026-06-07T20:14:59Z", false, "2026-06-07T20:15:00Z")]

    // Chatham's clocks go from 03:45 back to 02:45 (14:00 UTC of the day before).
    [InlineData("Pacific/Chatham", """{ "week": { "sun": ["03:00-12:00"] } }""", "2026-04-04T13:14:59Z", false, "2026-04-04T13:15:00Z")]
    [InlineData("Pacific/Chatham", """{ "week": { "sun": ["03:00-12:00"] } }""", "2026-04-04T14:05:00Z", true, "2026-04-04T23:15:00Z")]

    // Zones that gave daylight saving up.
    [InlineData("America/Sao_Paulo", Mondays, "2018-12-03T10:59:59Z", false, "2018-12-03T11:00:00Z")]
    [InlineData("America/Sao_Paulo", Mondays, "2019-12-02T11:59:59Z", false, "2019-12-02T12:00:00Z")]
    [InlineData("America/Mexico_City", Mondays, "2022-07-04T13:59:59Z", false, "2022-07-04T14:00:00Z")]
    [InlineData("America/Mexico_City", Mondays, "2023-07-03T14:59:59Z", false, "2023-07-03T15:00:00Z")]
    [InlineData("Asia/Amman", Mondays, "2022-01-03T06:59:59Z", false, "2022-01-03T07:00:00Z")]
    [InlineData("Asia/Amman", Mondays, "2023-01-02T05:59:59Z", false, "2023-01-02T06:00:00Z")]

    // Midnight itself is skipped (São Paulo 2018), or the whole day (Apia had no 30 December 2011, a Friday).
    [InlineData("America/Sao_Paulo", """{ "week": { "sun": "open" } }""", "2018-11-04T02:59:59Z", false, "2018-11-04T03:00:00Z")]
    [InlineData("America/Sao_Paulo", """{ "week": { "sun": "open" } }""", "2018-11-04T03:00:00Z", true, "2018-11-05T02:00:00Z")]
    [InlineData("Pacific/Apia", """{ "week": { "fri": "open" } }""", "2011-12-30T09:59:00Z", false, "2012-01-05T10:00:00Z")]

    // Over midnight, and into a holiday.
    [InlineData("Etc/UTC", Night, "2026-12-18T02:59:59Z", true, "2026-12-18T03:00:00Z")]
    [InlineData("Etc/UTC", """{ "week": { "thu": ["22:00-03:00"] }, "holidays": [{ "name": "Christmas", "date": "12-25" }] }""", "2026-12-24T23:00:00Z", true, "2026-12-25T00:00:00Z")]
    [InlineData("Etc/UTC", """{ "week": { "thu-fri": ["22:00-03:00"] }, "holidays": [{ "name": "Christmas", "date": "12-24" }] }""", "2026-12-24T23:00:00Z", false, "2026-12-25T22:00:00Z")]
    [InlineData("Etc/UTC", """{ "exceptions": [{ "name": "Party", "date": "2026-12-31", "hours": ["20:00-03:00"] }], "holidays": [{ "name": "New Year", "date": "01-01" }] }""", "2026-12-31T23:59:59Z", true, "2027-01-01T03:00:00Z")]

    // An exception before a holiday before the week; rows of days, over the end of the year as well.
    [InlineData("Etc/UTC", """{ "week": { "mon-sun": "open" }, "holidays": [{ "name": "Closed week", "from": "12-24", "to": "01-02" }] }""", "2026-12-23T12:00:00Z", true, "2026-12-24T00:00:00Z")]
    [InlineData("Etc/UTC", """{ "week": { "mon-sun": "open" }, "holidays": [{ "name": "Closed week", "from": "12-24", "to": "01-02" }] }""", "2027-01-01T12:00:00Z", false, "2027-01-03T00:00:00Z")]
    [InlineData("Etc/UTC", """{ "holidays": [{ "name": "Christmas", "date": "12-25" }], "exceptions": [{ "name": "Emergency", "from": "2026-12-25", "to": "2026-12-26", "hours": ["10:00-11:00"] }] }""", "2026-12-25T10:30:00Z", true, "2026-12-25T11:00:00Z")]
    [InlineData("Etc/UTC", """{ "week": { "mon-sun": "open" }, "holidays": [{ "name": "Leap day", "date": "02-29" }] }""", "2027-02-28T12:00:00Z", true, "2028-02-29T00:00:00Z")]
    [InlineData("Etc/UTC", """{ "week": { "mon-sun": "open" }, "holidays": [{ "name": "Leap day", "date": "02-29" }] }""", "2096-03-01T00:00:00Z", true, "2104-02-29T00:00:00Z")]
    [InlineData("Etc/UTC", """{ "week": { "mon-sun": "open" }, "holidays": [{ "name": "Good Friday", "dates": ["2026-04-03", "2027-03-26"] }] }""", "2026-04-04T00:00:00Z", true, "2027-03-26T00:00:00Z")]
    public void State_AtAMoment_AndUntilWhen(string zone, string hours, string now, bool isOpen, string? until)
    {
        Assert.Empty(ScheduleEvaluator.Check(zone, hours));
        ScheduleState state = ScheduleEvaluator.Evaluate(new Schedule { TimeZone = zone, Hours = hours }, Time(now));
        Assert.Equal((isOpen, until is null ? null : Time(until)), (state.IsOpen, state.Until));
    }

    [Theory]
    [InlineData("2026-12-25T09:00:00Z", ScheduleReason.Holiday, "Christmas")]
    [InlineData("2026-12-24T09:00:00Z", ScheduleReason.Exception, "Short day")]
    [InlineData("2026-12-23T09:00:00Z", ScheduleReason.Week, "")]
    public void Reason_SaysWhatDecides(string now, ScheduleReason reason, string name)
    {
        var row = new Schedule { Hours = """{ "week": { "mon-fri": ["08:00-17:00"] }, "exceptions": [{ "name": "Short day", "date": "12-24", "hours": ["08:00-12:00"] }], "holidays": [{ "name": "Christmas", "from": "12-24", "to": "12-26" }] }""" };
        ScheduleState state = ScheduleEvaluator.Evaluate(row, Time(now));
        Assert.Equal((reason, name), (state.Reason, state.Name));
    }

    [Theory]
    [InlineData(ScheduleOverride.Open, "2026-11-23T08:00:00Z", "2026-11-23T07:00:00Z", true, "2026-11-23T08:00:00Z", ScheduleReason.Override)]
    [InlineData(ScheduleOverride.Open, "2026-11-23T10:00:00Z", "2026-11-23T07:00:00Z", true, "2026-11-23T12:00:00Z", ScheduleReason.Override)]
    [InlineData(ScheduleOverride.Closed, "2026-11-23T10:00:00Z", "2026-11-23T09:59:59Z", false, "2026-11-23T10:00:00Z", ScheduleReason.Override)]
    [InlineData(ScheduleOverride.Closed, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z", true, "2026-11-23T12:00:00Z", ScheduleReason.Week)]
    [InlineData(ScheduleOverride.Closed, null, "2026-11-23T09:59:59Z", false, null, ScheduleReason.Override)]
    [InlineData(ScheduleOverride.None, "2026-11-23T10:00:00Z", "2026-11-23T09:30:00Z", true, "2026-11-23T12:00:00Z", ScheduleReason.Week)]
    public void Override_IsBeforeAll_AndEnds(ScheduleOverride way, string? end, string now, bool isOpen, string? until, ScheduleReason reason)
    {
        var row = new Schedule { Hours = Office, Override = way, OverrideUntilMs = end is null ? null : Time(end).ToUnixTimeMilliseconds() };
        ScheduleState state = ScheduleEvaluator.Evaluate(row, Time(now));
        Assert.Equal((isOpen, until is null ? null : Time(until), reason), (state.IsOpen, state.Until, state.Reason));
    }

    [Fact]
    public void Row_ThatIsChanged_IsReadAgain()
    {
        var row = new Schedule { Hours = Office };
        Assert.True(ScheduleEvaluator.Evaluate(row, Time("2026-11-23T10:00:00Z")).IsOpen);
        row.TimeZone = "America/New_York";
        Assert.False(ScheduleEvaluator.Evaluate(row, Time("2026-11-23T10:00:00Z")).IsOpen);
        row.Hours = Always;
        Assert.True(ScheduleEvaluator.Evaluate(row, Time("2026-11-23T10:00:00Z")).IsOpen);
    }

    [Theory]
    [InlineData("Nowhere/Land", Office)]
    [InlineData("Etc/UTC", "no JSON")]
    public void Row_ThatCannotBeRead_IsClosed_AndSaysSo(string zone, string hours)
    {
        Assert.NotEmpty(ScheduleEvaluator.Check(zone, hours));
        Assert.Equal(new ScheduleState(false, null, ScheduleReason.Unreadable, ""), ScheduleEvaluator.Evaluate(new Schedule { TimeZone = zone, Hours = hours }, Time("2026-11-23T10:00:00Z")));
    }

    [Fact]
    public void Moments_AtTheEndsOfTime_AreAnswered()
    {
        var row = new Schedule { TimeZone = "Pacific/Chatham", Hours = Office, Override = ScheduleOverride.Open, OverrideUntilMs = long.MaxValue };
        Assert.True(ScheduleEvaluator.Evaluate(row, DateTimeOffset.MaxValue).IsOpen);
        row.Override = ScheduleOverride.None;
        Assert.NotNull(ScheduleEvaluator.Evaluate(row, DateTimeOffset.MinValue).Until);
        Assert.NotNull(ScheduleEvaluator.Evaluate(row, DateTimeOffset.MaxValue).Until);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
