using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Tests.Control;

public sealed class CallEventFanTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Event_ComesToWhoWantsIt_AndToNobodyElse(bool first, bool second)
    {
        var one = new Listener { IsWanted = first, WantsRegistrations = second };
        var two = new Listener { IsWanted = second, WantsRegistrations = first };
        var fan = new CallEventFan(one, two);
        Assert.Equal(first || second, fan.IsWanted);
        Assert.Equal(first || second, fan.WantsRegistrations);
        fan.Publish(new TalkStarted { CallId = "c" });
        fan.Publish(new RegistrationChanged { Account = "alice", Contacts = 1, Reason = RegistrationReason.Registered });
        Assert.Equal((first ? 1 : 0) + (second ? 1 : 0), one.Got);
        Assert.Equal((first ? 1 : 0) + (second ? 1 : 0), two.Got);
    }

    private sealed class Listener : ICallEvents
    {
        public bool IsWanted { get; init; }

        public bool WantsRegistrations { get; init; }

        public int Got { get; private set; }

        public void Publish(CallEvent callEvent) => Got++;
    }
}
