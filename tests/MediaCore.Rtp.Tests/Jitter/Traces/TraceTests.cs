using MediaCore.Rtp.Jitter;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Jitter.Traces;

/// <summary>Goal: at the same late loss, the adaptive buffer's mean delay is at most 0.9 of the best fixed buffer's. What is compared with what: <see cref="PlayoutSimulation"/>.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    /// <summary>The trace files: seed 100 of every kind. Constants were chosen on seeds 1 to 4.</summary>
    [Theory]
    [InlineData("wifi-bursts", 0.75)]
    [InlineData("mobile-handover", 0.95)]
    [InlineData("lan-drift", 0.85)]
    [InlineData("slow-congestion", 0.75)]
    [InlineData("bufferbloat-steps", 0.5)]
    public void MeanDelay_AtTheSameLateLoss_IsBelowTheBestFixedBuffers(string name, double most)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Jitter", "Traces", $"{name}.txt");
        PlayoutResult result = PlayoutSimulation.Run(DelayTrace.Parse(name, File.ReadAllText(path)), JitterBufferOptions.Default);
        output.WriteLine($"{result.Ratio:F3} {result}");
        Assert.InRange(result.Ratio, 0.1, most);
        Assert.InRange(result.LateLoss, 0, 0.04);
    }

    [Theory]
    [InlineData(TraceKind.WifiBursts)]
    [InlineData(TraceKind.MobileHandover)]
    [InlineData(TraceKind.LanDrift)]
    [InlineData(TraceKind.SlowCongestion)]
    [InlineData(TraceKind.BufferbloatSteps)]
    internal void MeanDelay_OfSeedsThatWereNotLookedAt_IsBelowTheBestFixedBuffersToo(TraceKind kind)
    {
        double logarithms = 0;
        const int seeds = 5;
        for (ulong seed = 201; seed < 201 + seeds; seed++)
        {
            PlayoutResult result = PlayoutSimulation.Run(TraceGenerator.Create(kind, seed, 9000), JitterBufferOptions.Default);
            output.WriteLine($"{seed}: {result.Ratio:F3} {result}");
            logarithms += Math.Log(result.Ratio);
        }

        Assert.InRange(Math.Exp(logarithms / seeds), 0.1, 0.95);
    }

    [Fact]
    public void Fixed_OnASteadyNetwork_IsNotBeatenByMagic()
    {
        // A control of the comparison: where delays are independent and their law never changes, nothing can be gained. A simulation that lets the buffer win here is wrong.
        SplitMix random = new(5);
        int[] delays = [.. Enumerable.Range(0, 9000).Select(_ => (int)random.Exponential(100))];
        PlayoutResult result = PlayoutSimulation.Run(new DelayTrace("steady", delays, [.. Enumerable.Repeat(true, 9000)], 0), JitterBufferOptions.Default);
        output.WriteLine($"{result.Ratio:F3} {result}");
        Assert.InRange(result.Ratio, 0.9, 1.3);
    }

    [Fact]
    public void Trace_AsText_IsReadAsItWasWritten()
    {
        DelayTrace trace = TraceGenerator.Create(TraceKind.LanDrift, 3, 300);
        DelayTrace read = DelayTrace.Parse(trace.Name, trace.Format("a test"));
        Assert.Equal((trace.Packets, trace.DriftPartsPerMillion), (read.Packets, read.DriftPartsPerMillion));
        for (int i = 0; i < trace.Packets; i++)
        {
            Assert.Equal((trace.DelayMicroseconds(i), trace.IsSpeech(i)), (read.DelayMicroseconds(i), read.IsSpeech(i)));
        }
    }
}
