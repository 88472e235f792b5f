using System.Net;
using MediaCore.Control.Authentication;

namespace MediaCore.Control.Tests.Authentication;

public class FailureGateTests
{
    private static readonly IPAddress s_source = IPAddress.Parse("192.0.2.1");

    [Fact]
    public void Source_ThatGoesOnFailing_IsToldToWait_AndOthersAreNot()
    {
        Ticks time = new();
        FailureGate gate = new(time);
        for (int i = 0; i < FailureGate.MaxFailures; i++)
        {
            Assert.True(gate.TryCount(s_source));
        }

        Assert.False(gate.TryCount(s_source));
        Assert.True(gate.TryCount(IPAddress.Parse("192.0.2.2")));
        Assert.True(gate.TryCount(null));
        time.Now += FailureGate.Window;
        Assert.True(gate.TryCount(s_source));
    }

    [Fact]
    public void Sources_AreBounded()
    {
        FailureGate gate = new(new Ticks());
        for (int i = 0; i < FailureGate.MaxSources + 10; i++)
        {
            Assert.True(gate.TryCount(new IPAddress(0x0100_0000L + i)));
        }
    }

    private sealed class Ticks : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
