using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class RateGateTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(10, 5)]
    [InlineData(0.5, 3)]
    [InlineData(333, 20)]
    public void TryTake_InAnyStretchOfTime_LetsThroughAtMostBurstAndRate_AndNoLess(double perSecond, int burst)
    {
        var random = new Random(20261122);
        var gate = new RateGate();
        var taken = new List<long>();
        long now = 5_000_000_000;
        double tokens = burst;
        double interval = Math.Ceiling(1e9 / perSecond);
        long last = now;
        for (int i = 0; i < 5_000; i++)
        {
            now += random.NextInt64((long)(interval * 1.2));

            // The bucket as a textbook has it; where it is within a nanosecond of a whole token both answers are right.
            tokens = Math.Min(burst, tokens + ((now - last) / interval));
            last = now;
            bool let = gate.TryTake(new Timestamp(now), perSecond, burst);
            Assert.True(let == tokens >= 1 || Math.Abs(tokens - 1) < 1e-6, $"at {now} with {tokens} tokens: {let}");
            if (let)
            {
                tokens--;
                taken.Add(now);
            }
        }

        for (int first = 0; first < taken.Count; first += 7)
        {
            for (int end = first; end < Math.Min(taken.Count, first + 200); end++)
            {
                Assert.True(end - first + 1 <= burst + ((taken[end] - taken[first]) / interval) + 1e-6);
            }
        }
    }

    [Fact]
    public void TryTake_AtOneMoment_GivesTheBurst_OnAClockThatStartsAnywhere()
    {
        foreach (long start in (long[])[-5_000_000_000, 0, 1, 5_000_000_000])
        {
            var gate = new RateGate();
            Assert.Equal(4, Enumerable.Range(0, 10).Count(_ => gate.TryTake(new Timestamp(start), 2, 4)));
            Assert.False(gate.TryTake(new Timestamp(start + 499_999_999), 2, 4));
            Assert.True(gate.TryTake(new Timestamp(start + 500_000_000), 2, 4));
        }
    }

    [Fact]
    public async Task TryTake_ByManyThreadsAtOneMoment_GivesTheBurstOnce()
    {
        var gate = new StrongBox();
        int taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                if (gate.Gate.TryTake(new Timestamp(1_000), 1, 1_000))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        })));
        Assert.Equal(1_000, taken);
    }

    private sealed class StrongBox
    {
        public RateGate Gate;
    }
}
