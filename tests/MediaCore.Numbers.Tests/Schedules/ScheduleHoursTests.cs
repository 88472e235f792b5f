using System.Text.Json;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Schedules;

namespace MediaCore.Numbers.Tests.Schedules;

public sealed class ScheduleHoursTests
{
    [Fact]
    public void Document_WithManyMistakes_IsToldAllOfThem_WithTheirPaths()
    {
        var errors = new DocumentErrors();
        Assert.Null(ScheduleHours.Parse(
            """
            {
              "week": { "mon": ["9-17"], "wensday": "open", "thu-fri": "closed", "fri": ["09:00-17:00"], "sat": ["09:00-12:00", "11:00-13:00"], "sun": 7 },
              "exceptions": [{ "date": "2026-02-30", "hours": "open" }, { "name": "x", "date": "12-24" }, { "name": "y", "hours": "closed" }, { "name": "z", "from": "2026-01-01", "to": "01-05", "hours": "open" }],
              "holidays": [{ "name": "h", "dates": [] }, 5],
              "hours": {}
            }
            """,
            errors));
        Assert.Equal(
            [
                "$.week.mon[0]", "$.week.wensday", "$.week.fri", "$.week.sat[1]", "$.week.sun",
                "$.exceptions[0].name", "$.exceptions[0].date", "$.exceptions[1].hours", "$.exceptions[2]", "$.exceptions[3].from",
                "$.holidays[0].dates", "$.holidays[1]", "$.hours",
            ],
            errors.All.Select(static error => error.Path));
        Assert.All(errors.All, static error => Assert.False(string.IsNullOrWhiteSpace(error.Message)));
    }

    [Theory]
    [InlineData("09:00-17:30", 540, 1050)]
    [InlineData("22:00 - 03:00", 1320, 1620)]
    [InlineData("00:00-24:00", 0, 1440)]
    [InlineData("17:00-00:00", 1020, 1440)]
    public void Interval_IsRead(string text, int from, int to)
    {
        Assert.True(OpenInterval.TryParse(text, out OpenInterval interval));
        Assert.Equal(new OpenInterval(from, to), interval);
    }

    [Theory]
    [InlineData("09:00-09:00")]
    [InlineData("24:00-09:00")]
    [InlineData("09:60-10:00")]
    [InlineData("09:00-24:01")]
    [InlineData("9:00-10:00")]
    [InlineData("+9:00-10:00")]
    [InlineData("09:00")]
    [InlineData("09:00-10:00-11:00")]
    public void Interval_ThatIsNone_IsRefused(string text) => Assert.False(OpenInterval.TryParse(text, out _));

    [Fact]
    public void Schema_KnowsTheMembersThatTheReaderKnows()
    {
        using var schema = JsonDocument.Parse(ScheduleSchema.Json);
        Assert.Equal(["$schema", "exceptions", "holidays", "week"], Names(schema.RootElement.GetProperty("properties")));
        Assert.Equal(["date", "dates", "from", "hours", "name", "to"], Names(schema.RootElement.GetProperty("$defs").GetProperty("days").GetProperty("properties")));

        // The reader says what it knows when it meets what it does not.
        var errors = new DocumentErrors();
        ScheduleHours.Parse("""{ "?": 1, "holidays": [{ "name": "a", "from": "01-01", "to": "01-02", "?": 1 }] }""", errors);
        Assert.Equal(["is not known here; known are date, dates, from, hours, name, to", "is not known here; known are $schema, exceptions, holidays, week"], errors.All.Select(static error => error.Message));
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal);
}
