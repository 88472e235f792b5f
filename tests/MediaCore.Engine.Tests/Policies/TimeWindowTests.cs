using System.Globalization;
using MediaCore.Engine.Policies;
using NodaTime;

namespace MediaCore.Engine.Tests.Policies;

public sealed class TimeWindowTests
{
    private static readonly DateTimeZone Berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
    private static readonly IsoDayOfWeek[] WorkingDays = [IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday];

    [Theory]
    [InlineData("2026-11-23T06:59:59Z", false)]
    [InlineData("2026-11-23T07:00:00Z", true)]
    [InlineData("2026-11-23T16:59:59Z", true)]
    [InlineData("2026-11-23T17:00:00Z", false)]
    [InlineData("2026-11-22T12:00:00Z", false)]
    [InlineData("2026-07-20T06:00:00Z", true)]
    [InlineData("2026-07-20T05:59:00Z", false)]
    public void Window_OfWorkingHours_FollowsTheZonesClock(string moment, bool isOpen) =>
        Assert.Equal(isOpen, new TimeWindow(Berlin, WorkingDays, new LocalTime(8, 0), new LocalTime(18, 0)).Contains(At(moment)));

    [Theory]
    [InlineData("2026-11-27T21:00:00Z", true)]
    [InlineData("2026-11-28T04:59:00Z", true)]
    [InlineData("2026-11-28T05:00:00Z", false)]
    [InlineData("2026-11-28T21:30:00Z", false)]
    [InlineData("2026-11-27T04:00:00Z", false)]
    public void Window_OverMidnight_BelongsToTheDayItBeginsOn(string moment, bool isOpen) =>
        Assert.Equal(isOpen, new TimeWindow(Berlin, [IsoDayOfWeek.Friday], new LocalTime(22, 0), new LocalTime(6, 0)).Contains(At(moment)));

    [Theory]
    [InlineData("2026-10-25T00:30:00Z", true)]
    [InlineData("2026-10-25T01:30:00Z", true)]
    [InlineData("2026-10-25T02:30:00Z", false)]
    [InlineData("2026-03-29T00:30:00Z", false)]
    [InlineData("2026-03-29T01:30:00Z", false)]
    public void Window_OfTheHourThatTheClocksRepeatOrSkip(string moment, bool isOpen) =>
        Assert.Equal(isOpen, new TimeWindow(Berlin, [], new LocalTime(2, 0), new LocalTime(3, 0)).Contains(At(moment)));

    [Theory]
    [InlineData("2026-11-28T23:30:00Z", true)]
    [InlineData("2026-11-29T22:59:00Z", true)]
    [InlineData("2026-11-29T23:00:00Z", false)]
    public void Window_WithoutHours_IsTheWholeDay(string moment, bool isOpen) =>
        Assert.Equal(isOpen, new TimeWindow(Berlin, [IsoDayOfWeek.Sunday], LocalTime.Midnight, LocalTime.Midnight).Contains(At(moment)));

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}
