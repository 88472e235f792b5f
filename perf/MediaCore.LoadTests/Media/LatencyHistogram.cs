using System.Numerics;

namespace MediaCore.LoadTests.Media;

/// <summary>Counts durations in buckets no wider than a 32nd of their value, from 1 µs to an hour. One thread adds, another may <see cref="TakeAndClear"/> at any time: a count may then fall into the next period, none is lost.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBuckets = 32;
    private const int Buckets = 32 * SubBuckets;

    private long[] _counts = new long[Buckets];

    /// <summary>Adds one.</summary>
    public void Add(long nanoseconds) => Interlocked.Increment(ref Volatile.Read(ref _counts)[IndexOf(nanoseconds)]);

    /// <summary>What was counted since the last call.</summary>
    public LatencySummary TakeAndClear() => Summarize(Interlocked.Exchange(ref _counts, new long[Buckets]));

    /// <summary>The same, and adds it to another one, which no other thread uses.</summary>
    public LatencySummary MoveTo(LatencyHistogram sum)
    {
        long[] counts = Interlocked.Exchange(ref _counts, new long[Buckets]);
        for (int i = 0; i < Buckets; i++)
        {
            sum._counts[i] += counts[i];
        }

        return Summarize(counts);
    }

    private static LatencySummary Summarize(long[] counts)
    {
        long total = counts.Sum();
        return new LatencySummary(total, Percentile(counts, total, 0.5), Percentile(counts, total, 0.99), Percentile(counts, total, 0.999), Percentile(counts, total, 1));
    }

    private static int IndexOf(long nanoseconds)
    {
        uint microseconds = (uint)Math.Clamp(nanoseconds / 1000, 0, uint.MaxValue >> 1);
        if (microseconds < SubBuckets)
        {
            return (int)microseconds;
        }

        int shift = BitOperations.Log2(microseconds) - 5;
        return (shift * SubBuckets) + (int)(microseconds >> shift);
    }

    /// <summary>The upper edge of the bucket that holds the percentile, in µs.</summary>
    private static double Percentile(long[] counts, long total, double fraction)
    {
        long rank = (long)Math.Ceiling(total * fraction);
        long seen = 0;
        for (int i = 0; i < counts.Length && total > 0; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                int shift = i < 2 * SubBuckets ? 0 : (i / SubBuckets) - 1;
                return (long)(i - (shift * SubBuckets) + 1) << shift;
            }
        }

        return 0;
    }
}
