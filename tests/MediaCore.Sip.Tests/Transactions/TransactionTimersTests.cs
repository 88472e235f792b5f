using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class TransactionTimersTests
{
    [Fact]
    public void Default_IsTable4()
    {
        TransactionTimers timers = TransactionTimers.Default;
        TimeSpan timeout = TimeSpan.FromSeconds(32);
        Assert.All(
            [timers.TimerB, timers.TimerD, timers.TimerF, timers.TimerH, timers.TimerJ, timers.TimerL, timers.TimerM, timers.Timeout],
            value => Assert.Equal(timeout, value));
        Assert.Equal(TimeSpan.FromSeconds(5), timers.TimerI);
        Assert.Equal(TimeSpan.FromSeconds(5), timers.TimerK);
    }

    [Fact]
    public void Derived_FollowT1_UnlessSet_AndTimerD_NeverGoesBelow32Seconds()
    {
        TransactionTimers quick = new() { T1 = TimeSpan.FromMilliseconds(100), TimerB = TimeSpan.FromSeconds(3) };
        Assert.Equal(TimeSpan.FromSeconds(3), quick.TimerB);
        Assert.Equal(TimeSpan.FromMilliseconds(6400), quick.TimerF);
        Assert.Equal(TimeSpan.FromSeconds(32), quick.TimerD);
        Assert.Equal(TimeSpan.FromSeconds(64), new TransactionTimers { T1 = TimeSpan.FromSeconds(1) }.TimerD);
    }

    [Fact]
    public void NotPositive_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransactionTimers { T1 = TimeSpan.Zero });
}
