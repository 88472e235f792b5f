using MediaCore.Smpp.Pdus;

namespace MediaCore.Smpp.Tests.Pdus;

public sealed class SmppTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", null)]
    [InlineData("260302103000004+", "2026-03-02T09:30:00Z")]
    [InlineData("260302073000004-", "2026-03-02T08:30:00Z")]
    [InlineData("000002063000000R", "2026-03-04T15:00:00Z")]
    [InlineData("000100000000000R", "2026-04-02T08:30:00Z")]
    public void Time_IsRead(string text, string? at)
    {
        Assert.True(SmppTime.TryRead(text, Now, out DateTimeOffset? read));
        Assert.Equal(at is null ? null : DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), read);
    }

    [Theory]
    [InlineData("26030210300000+")]
    [InlineData("261302103000004+")]
    [InlineData("260302103000049+")]
    [InlineData("260302103000000X")]
    [InlineData("26030210300000٤+")]
    public void WhatIsNoTime_IsNotRead(string text) => Assert.False(SmppTime.TryRead(text, Now, out _));

    [Fact]
    public void WrittenTimes_AreReadAsTheyWere()
    {
        Assert.Equal("000002033000000R", SmppTime.Relative(new TimeSpan(2, 3, 30, 0)));
        Assert.Equal("000099000000000R", SmppTime.Relative(TimeSpan.FromDays(1000)));
        Assert.Equal("260302083000000+", SmppTime.Absolute(Now));
        Assert.True(SmppTime.TryRead(SmppTime.Absolute(Now), default, out DateTimeOffset? at));
        Assert.Equal(Now, at);
    }
}
