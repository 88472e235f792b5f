using MediaCore.Litmus;
using Xunit.Abstractions;

namespace MediaCore.Primitives.Tests;

/// <summary>The litmus of perf/MediaCore.Litmus, short. It races threads, so it is about time; nothing in it waits for a clock to be right.</summary>
public sealed class SessionTableLitmusTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_realRace = TimeSpan.FromSeconds(1);

    // A control stops at its first violation, usually within milliseconds; the bound is for a machine that is busy with other things.
    private static readonly TimeSpan s_controlBound = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Faults => [.. Enum.GetNames<Fault>()];

    [Theory]
    [MemberData(nameof(Faults))]
    public void BrokenControl_IsCaught(string fault)
    {
        LitmusResult result = SessionTableLitmus.Of(Enum.Parse<Fault>(fault)).Run(s_controlBound, stopAtViolation: true);
        output.WriteLine(result.ToString());
        Assert.False(result.IsClean, $"The control was not caught, so a clean race of the real table would say nothing: {result}");
    }

    [Fact]
    public void RealTable_Interrupted_IsClean() => AssertClean(new RealSessionMap<Interrupted>());

    [Fact]
    public void RealTable_AtFullSpeed_IsClean() => AssertClean(new RealSessionMap<Uninterrupted>());

    private void AssertClean(ISessionMap map)
    {
        LitmusResult result = new SessionTableLitmus(map).Run(s_realRace, stopAtViolation: false);
        output.WriteLine(result.ToString());
        Assert.True(result.Hits > 0 && result.Writes > 0);
        Assert.True(result.IsClean, result.ToString());
    }
}
