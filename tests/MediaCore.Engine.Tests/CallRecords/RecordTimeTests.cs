using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Tests.CallRecords;

public sealed class RecordTimeTests
{
    private static readonly DateTimeOffset s_moment = new(2026, 3, 1, 12, 30, 5, 250, TimeSpan.FromHours(2));

    [Fact]
    public void Moment_WithAnOffset_IsTheSameMomentInUtc()
    {
        var leg = new LegRecord { LegId = "a-0", InvitedAt = s_moment, AnsweredAt = s_moment };

        Assert.Equal(s_moment, leg.InvitedAt);
        Assert.Equal(TimeSpan.Zero, leg.InvitedAt.Offset);
        Assert.Equal(s_moment, leg.AnsweredAt);
    }

    [Fact]
    public void Moment_NotSetOrSetToNull_IsNull()
    {
        var leg = new LegRecord { LegId = "a-0", AnsweredAt = null };
        CallRecord call = new() { CallId = "a", AnsweredAt = s_moment };

        Assert.Null(leg.RingingAt);
        Assert.Null(leg.AnsweredAt);
        Assert.Null((call with { AnsweredAt = null }).AnsweredAt);
        Assert.Equal(call, call with { AnsweredAt = s_moment.ToUniversalTime() });
    }
}
