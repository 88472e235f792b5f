using MediaCore.Primitives;

namespace MediaCore.Litmus;

/// <summary>
/// Gives the processor away at one point in 64, chosen at random. Left to themselves, two cores interleave within the few nanoseconds between
/// two steps so rarely that a missing check survives seconds of racing on a busy machine; interrupted, it shows in milliseconds.
/// </summary>
internal readonly struct Interrupted : IInterleaving
{
    private const uint OneIn = 64;

    [ThreadStatic]
    private static uint t_state;

    public static void Point()
    {
        uint state = t_state == 0 ? (uint)Environment.CurrentManagedThreadId * 2_654_435_761u : t_state;
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        t_state = state;
        if ((state >> 8) % OneIn == 0)
        {
            Thread.Yield();
        }
    }
}
