using MediaCore.Transport.Native;

namespace MediaCore.Transport.Polling;

/// <summary>
/// A sleep of microseconds that packets do not end: what a busy shard does before it looks at its sockets, so that several packets share a wake-up
/// (docs/adr/0014-gathering-packets.md). Blocks the calling thread.
/// </summary>
public static unsafe class ShortSleep
{
    /// <summary>
    /// Lets the calling thread's timers fire when they are due. By default Linux adds up to 50 µs so that wake-ups come together (prctl(2), PR_SET_TIMERSLACK). A system that refuses keeps its
    /// slack, and sleeps are that much longer.
    /// </summary>
    public static void MakePrecise() => _ = NativeLibc.ProcessControl(NativeSocketConstants.SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Sleeps; a signal may end it early. Nothing for a time that is not positive.</summary>
    /// <param name="duration">At most a second: this is no way to wait for anything.</param>
    public static void For(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, TimeSpan.FromSeconds(1));
        if (duration <= TimeSpan.Zero)
        {
            return;
        }

        long* time = stackalloc long[2];
        (time[0], time[1]) = Math.DivRem(duration.Ticks * 100, 1_000_000_000L);
        _ = NativeLibc.NanoSleep(time, null);
    }
}
