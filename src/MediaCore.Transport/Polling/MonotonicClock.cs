using System.Diagnostics;
using MediaCore.Primitives;

namespace MediaCore.Transport.Polling;

/// <summary>
/// The clock that shells read before they call a core: CLOCK_MONOTONIC on Linux, which neither steps nor runs backwards when the time of
/// day is set. Reading it is a vDSO call of some 20 ns and allocates nothing.
/// </summary>
public static class MonotonicClock
{
    private static readonly long s_frequency = Stopwatch.Frequency;

    /// <summary>The present moment.</summary>
    public static Timestamp Now => new(ToNanoseconds(Stopwatch.GetTimestamp(), s_frequency));

    /// <summary>Converts ticks of any frequency without overflow, however long the machine has been up.</summary>
    internal static long ToNanoseconds(long ticks, long frequency)
    {
        if (frequency == 1_000_000_000)
        {
            return ticks;
        }

        (long seconds, long rest) = Math.DivRem(ticks, frequency);
        return (seconds * 1_000_000_000) + (long)((Int128)rest * 1_000_000_000 / frequency);
    }
}
